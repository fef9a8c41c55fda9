from __future__ import annotations

import pytest

from qa_service.index.lexical.normalization import fold_case, fold_turkic_case, normalize


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Straße", "strasse"),
        ("ÉCOLE", "ecole"),
        ("e\u0301cole", "ecole"),
        ("ﬁne Ｆｕｌｌ x²", "fine full x2"),
        ("İstanbul ıstanbul", "istanbul istanbul"),
        ("Ёлка", "елка"),
        ("чай", "чай"),
    ],
)
def test_case_composition_and_latin_accents_are_levelled(text: str, normal: str) -> None:
    assert normalize(text) == normal
    assert normalize(normal) == normal


def test_folding_the_case_alone_keeps_accents_composed() -> None:
    assert fold_case("ÉCOLE e\u0301cole") == "école école"
    assert fold_case("PLAIN") == "plain"


def test_the_turkish_capital_of_dotless_i_is_plain_i() -> None:
    assert fold_turkic_case("ISPARTA İZMİR I\u0307zmir") == "ısparta izmir izmir"
    assert fold_case("ISPARTA") == "isparta"
