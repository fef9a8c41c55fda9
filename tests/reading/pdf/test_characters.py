from __future__ import annotations

import pytest

from qa_service.reading.pdf.characters import SOFT_HYPHEN, cleaned


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("word", "word"),
        ("e\ufb03cient \ufb01nding \ufb02ow", "efficient finding flow"),
        ("hyphen\x02", "hyphen-"),
        ("hyphen\ufffe", "hyphen-"),
        (f"soft{SOFT_HYPHEN}", f"soft{SOFT_HYPHEN}"),
        ("\ufeb3\ufe94", "سة"),
        ("\ufefb", "لا"),
        ("\u2f00", "一"),
        ("\uf0b7", "•"),
        ("a\u200b\u200e\ufeffb\x00", "ab"),
        ("½ ² ﹪ ｱ", "½ ² ﹪ ｱ"),
        ("👍🏽 \ue000", "👍🏽 \ue000"),
    ],
)
def test_words_are_as_typed_and_nothing_visible_is_lost(written: str, typed: str) -> None:
    assert cleaned(written) == typed
