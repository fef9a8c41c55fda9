from __future__ import annotations

import pytest

from qa_service.reading.language_codes import language_code


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ("en", "en"),
        ("en-GB", "en"),
        ("pt_BR", "pt"),
        ("zh-Hans-CN", "zh"),
        (" DE ", "de"),
        ("deu", "de"),
        ("ger", "de"),
        ("Deutsch", "de"),
        ("English (United Kingdom)", "en"),
        ("русский", "ru"),
        ("nb", "no"),
        ("nn-NO", "no"),
        ("az-Latn", "az"),
        ("iw", "he"),
    ],
)
def test_codes_and_names_in_many_forms_are_understood(stated: str, code: str) -> None:
    assert language_code(stated) == code


@pytest.mark.parametrize(
    "stated", ["", "und", "mul", "x-klingon", "xx", "12", None, 5, ["en"], "-"]
)
def test_anything_else_states_no_language(stated: object) -> None:
    assert language_code(stated) == ""
