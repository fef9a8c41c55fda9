from __future__ import annotations

from collections.abc import Sequence

import pytest

from qa_service.records import Span
from qa_service.retrieval.windows import fitting_windows

TEXT = "One two three. Four five. Six seven eight nine. Ten."
SENTENCES = [Span(0, 14), Span(15, 25), Span(26, 47), Span(48, 52)]


def at_most(characters: int) -> object:
    def fits(texts: Sequence[str]) -> list[bool]:
        return [len(text) <= characters for text in texts]

    return fits


def test_what_fits_stays_whole() -> None:
    assert fitting_windows(TEXT, SENTENCES, at_most(52)) == [TEXT]


@pytest.mark.parametrize("characters", [26, 30, 51])
def test_what_does_not_is_cut_between_the_sentences_nearest_to_its_middle(characters: int) -> None:
    assert fitting_windows(TEXT, SENTENCES, at_most(characters)) == [
        "One two three. Four five.",
        "Six seven eight nine. Ten.",
    ]


def test_one_half_may_need_cutting_and_the_other_not() -> None:
    text = "A. B. C. " + "d" * 20 + "."
    sentences = [Span(0, 2), Span(3, 5), Span(6, 8), Span(9, 30)]
    assert fitting_windows(text, sentences, at_most(22)) == ["A. B. C.", "d" * 20 + "."]


def test_a_sentence_too_long_by_itself_is_cut_at_a_boundary_inside_it() -> None:
    assert fitting_windows(TEXT, SENTENCES, at_most(12)) == [
        "One two",
        "three.",
        "Four five.",
        "Six seven",
        "eight nine.",
        "Ten.",
    ]


def test_a_single_character_that_never_fits_is_kept_for_the_model_to_refuse() -> None:
    assert fitting_windows("ab", [Span(0, 2)], at_most(0)) == ["a", "b"]
