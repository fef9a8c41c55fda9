from __future__ import annotations

import pytest
from tests.reading.pdf_parts import line, page

from qa_service.reading.pdf.paragraphs import Block, Joint
from qa_service.reading.pdf.writing import Vocabulary, Writer, join_text
from qa_service.records import Place

WORDS = Vocabulary(
    frozenset(["well-known", "wind-swept", "transportation", "data", "driven", "under"])
)


@pytest.mark.parametrize(
    ("text", "following", "whole"),
    [
        ("the transpor-", "tation of", "the transportation of"),
        ("a well-", "known writer", "a well-known writer"),
        ("a wind-", "swept pier", "a wind-swept pier"),
        ("the data-", "driven study", "the data-driven study"),
        ("a self-", "taught writer", "a self-taught writer"),
        ("an experi-", "ment", "an experiment"),
        ("soft\u00ad", "ened", "softened"),
        ("pre-", "and postwar", "pre- and postwar"),
        ("COVID-", "19", "COVID-19"),
        ("Jean-", "Paul", "Jean-Paul"),
        ("a dash -", "then more", "a dash - then more"),
        ("a dash—", "then more", "a dash—then more"),
        ("and/", "or", "and/or"),
        ("plain", "words", "plain words"),
        ("港口在洪", "水之后", "港口在洪水之后"),
        ("전체", "문장", "전체 문장"),
    ],
)
def test_lines_are_joined_as_they_were_before_they_were_divided(
    text: str, following: str, whole: str
) -> None:
    kept, between = join_text(text, following, WORDS)
    assert kept + between + following == whole


def test_the_vocabulary_knows_no_half_of_a_divided_word() -> None:
    lines = [line("the transpor-", 0, 0), line("tation of well-known sand", 0, 12)]
    assert Vocabulary.of(lines).words == {"the", "of", "well-known", "sand"}


def test_every_line_has_its_place_and_a_divided_word_lies_in_two() -> None:
    writer = Writer({1: page(1), 2: page(2)}, WORDS)
    lines = line("the transpor-", 50, 700), line("tation of sand", 50, 90, page=2)
    writer.write(Block(lines, (Joint.SPACE,)), 0)
    writer.write(Block((line("Heading", 50, 120, page=2),)), 2)
    writer.write_furniture([line("7", 300, 770, page=2)])
    assert writer.text == "the transportation of sand\n\nHeading\n\n7"
    assert writer.places[:2] == [
        Place(0, 12, 1, (50, 700, 115, 711)),
        Place(12, 26, 2, (50, 90, 120, 101)),
    ]
    assert [(h.level, h.text, h.start, h.end) for h in writer.headings] == [(2, "Heading", 28, 35)]
    assert [(s.start, s.end) for s in writer.boilerplate] == [(37, 38)]
    assert [writer.text[p.start : p.end] for p in writer.places[2:]] == ["Heading", "7"]


def test_soft_hyphens_within_lines_are_dropped() -> None:
    writer = Writer({1: page(1)}, WORDS)
    writer.write(Block((line("inter\u00adesting", 50, 100),)), 0)
    assert writer.text == "interesting"


def test_listings_are_indented_and_kept_whole() -> None:
    writer = Writer({1: page(1)}, WORDS)
    lines = line("if x:", 50, 100), line("return", 70, 112)
    writer.write(Block(lines, (Joint.BREAK,), code=True), 0)
    assert writer.text == "if x:\n    return"
    assert [writer.text[b.start : b.end] for b in writer.blocks] == [writer.text]
    assert writer.text[writer.places[1].start :] == "return"
