from __future__ import annotations

from dataclasses import replace

import pytest

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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("See [the docs](https://example.org/a_(b)) first.", "See the docs first."),
        ('A [b](c "A title") d ![a boat](boat.png).', "A b d a boat."),
        ("[![a badge](https://b.org/x.svg)](https://b.org) Text", "a badge Text"),
        ("**[Bold](x)** and [two](y), [three](z)", "**Bold** and two, three"),
        ("![](picture.png)", "![](picture.png)"),
        ("handlers[name](event) and a](b)", "handlers[name](event) and a](b)"),
        ("[open](never closed", "[open](never closed"),
        ("[a] (b)", "[a] (b)"),
    ],
)
def test_links_in_markdown_are_embedded_without_their_addresses(text: str, said: str) -> None:
    assert as_read_out("notes/a.MD", text) == said
    assert as_read_out("notes/a.txt", text) == text


def test_passage_and_sentences_are_embedded_as_read_out_and_searched_as_they_stand() -> None:
    text = "See [the docs](https://example.org)."
    linked = replace(
        PASSAGE, document_id="a.md", text=text, sentences=(Sentence(0, len(text), text),)
    )
    assert embedding_text(linked) == "Rivers\nSee the docs."
    assert embedding_sentences(linked) == ["See the docs."]
    assert lexical_text(linked).endswith(text)


def test_many_open_brackets_take_no_time() -> None:
    for unit in ("[", "[a](", "](", "[](", "![", "[a](b("):
        assert as_read_out("a.md", unit * 20_000 + "](")
