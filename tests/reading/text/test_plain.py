from __future__ import annotations

from pathlib import Path

import pytest

from qa_service.reading.files import CorpusFile, read_bytes
from qa_service.reading.formats import parse
from qa_service.reading.text.plain import read_text
from qa_service.reading.walk import walk
from qa_service.records import Document, Heading, Span

PROSE = "A paragraph of ordinary prose that goes on for long enough to be the body of a section."


def read(text: str, name: str = "some-file.txt") -> Document:
    return read_text(CorpusFile(name, Path("/x") / name, 1), text.encode())


def headings(document: Document) -> list[tuple[int, str]]:
    return [(heading.level, heading.text) for heading in document.headings]


def test_the_sample_article_has_its_title_and_its_navigation_line_marked() -> None:
    corpus = Path(__file__).parents[3] / "corpus"
    (file,) = walk(corpus, max_bytes=10_000, max_documents=10).files
    document = parse(file, read_bytes(file))
    assert document.text == file.path.read_text(encoding="utf-8")
    assert document.title == "Strategic dimensions of Azerbaijan–China relations"
    assert headings(document) == [(1, document.title)]
    assert document.boilerplate == (Span(0, 27),)
    assert document.text[:27] == "Вернуться назад Распечатать"


def test_a_short_first_line_above_a_blank_line_is_the_title() -> None:
    document = read(f"\n  The Title \n\n{PROSE}\n")
    assert document.title == "The Title"
    assert document.headings == (Heading(1, "The Title", 3, 12),)
    assert document.text[3:12] == "The Title"


def test_a_first_line_that_is_a_question_may_be_a_title() -> None:
    assert read(f"Who owns the Arctic?\n\n{PROSE}").title == "Who owns the Arctic?"


@pytest.mark.parametrize(
    "first",
    [
        "This is a sentence.",
        "Ingredients:",
        "Part of\na paragraph",
        "x" * 201,
        "- an item",
        "https://example.org/page",
        "12345",
        "=====",
        "name\tvalue",
    ],
)
def test_other_first_lines_are_no_title(first: str) -> None:
    document = read(f"{first}\n\n{PROSE}")
    assert document.title == "Some file"
    assert document.headings == ()


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("2. Materials and methods", 2),
        ("2.1 Study sites", 3),
        ("Chapter IV", 2),
        ("Глава 3", 2),
        ("第三章 经济", 2),
        ("RESULTS", 2),
        ("Early Life and Education", 2),
        ("Introduction", 2),
    ],
)
def test_lines_that_are_surely_headings_are_recorded(line: str, level: int) -> None:
    document = read(f"Title\n\n{PROSE}\n\n{line}\n\n{PROSE}")
    assert headings(document) == [(1, "Title"), (level, line)]
    for heading in document.headings:
        assert document.text[heading.start : heading.end] == heading.text


@pytest.mark.parametrize(
    "line",
    [
        "an ordinary short line",
        "He came, and he saw",
        "It was over.",
        "What now?",
        "1.5 litres",
        "(c) 2004",
        "USA",
        "A. B.",
    ],
)
def test_doubtful_lines_are_no_headings(line: str) -> None:
    assert headings(read(f"Title\n\n{PROSE}\n\n{line}\n\n{PROSE}"))[1:] == []


def test_short_lines_one_after_another_are_no_headings() -> None:
    assert headings(read(f"Title\n\n{PROSE}\n\nJohn Smith\n\nMary Brown\n\nThe End")) == [
        (1, "Title")
    ]


def test_a_list_of_names_directly_above_prose_is_not_a_heading() -> None:
    assert headings(read(f"{PROSE}\n\nJohn Smith\nMary Brown\n\n{PROSE}")) == []
