from __future__ import annotations

from dataclasses import replace

from qa_service.index.building.context import embedding_text, lexical_text, titled
from qa_service.records import Passage

PASSAGE = Passage(
    "a.txt#char=0,4", "a.txt", "Rivers", 0, 4, "Text", 1, section=("Rivers", "Lengths")
)


def test_words_of_title_and_headings_are_searched_with_the_text() -> None:
    assert lexical_text(PASSAGE) == "Rivers\nLengths\nText"


def test_a_heading_as_long_as_a_book_is_searched_by_its_beginning() -> None:
    long = replace(PASSAGE, title="Title " * 9_000, section=("First " * 9_000, "Second " * 9_000))
    words = lexical_text(long).split()
    assert {"Title", "First", "Second"} <= set(words)
    assert words[-1] == "Text"
    assert len(words) < 600


def test_a_passage_is_embedded_below_its_title_once() -> None:
    assert embedding_text(PASSAGE) == "Rivers\nText"
    assert titled("Rivers", "Rivers\n\nText") == "Rivers\n\nText"
    assert titled("", "Text") == "Text"


def test_a_long_title_does_not_crowd_out_the_text() -> None:
    assert len(titled("t" * 5000, "Text")) < 200
