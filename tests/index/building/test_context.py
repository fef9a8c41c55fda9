from __future__ import annotations

from dataclasses import replace

from qa_service.index.building.context import (
    as_read_out,
    embedding_sentences,
    embedding_text,
    lexical_text,
    titled,
)
from qa_service.records import Passage, Sentence

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


def test_links_are_read_out_in_markdown_alone_and_never_to_nothing() -> None:
    text = "See [the docs](https://example.org)."
    assert as_read_out("notes/a.MD", text) == "See the docs."
    assert as_read_out("notes/a.txt", text) == text
    assert as_read_out("notes/a.md", "![](picture.png)") == "![](picture.png)"


def test_passage_and_sentences_are_embedded_as_read_out_and_searched_as_they_stand() -> None:
    text = "See [the docs](https://example.org)."
    linked = replace(
        PASSAGE, document_id="a.md", text=text, sentences=(Sentence(0, len(text), text),)
    )
    assert embedding_text(linked) == "Rivers\nSee the docs."
    assert embedding_sentences(linked) == ["See the docs."]
    assert lexical_text(linked).endswith(text)
