from __future__ import annotations

from qa_service.chunking.units import Kind, units_of
from qa_service.records import Heading, Span

from .counting import document


def test_units_come_in_order_with_kind_section_and_region() -> None:
    text = "Nav\n\n# A\none. two\n\ncode\n\nBack\n\n## B\n\nthree"
    source = document(
        text,
        headings=(Heading(2, "B", 31, 35), Heading(1, "A", 5, 8)),
        boilerplate=(Span(25, 29), Span(0, 3)),
        blocks=(Span(19, 23),),
    )
    units = list(units_of(source, 350))
    assert [
        (unit.kind, text[unit.spans[0].start : unit.spans[-1].end], unit.section) for unit in units
    ] == [
        (Kind.HEADING, "# A", ("A",)),
        (Kind.PROSE, "one. two", ("A",)),
        (Kind.BLOCK, "code", ("A",)),
        (Kind.HEADING, "## B", ("A", "B")),
        (Kind.PROSE, "three", ("A", "B")),
    ]
    assert len({unit.region for unit in units[:3]}) == 1
    assert units[3].region == units[4].region != units[0].region


def test_a_heading_closes_sections_of_its_level_and_below() -> None:
    text = "1\n\n2\n\n3\n\n4\n\nx"
    levels = [1, 3, 2, 1]
    headings = tuple(
        Heading(level, text[3 * i], 3 * i, 3 * i + 1) for i, level in enumerate(levels)
    )
    sections = [unit.section for unit in units_of(document(text, headings=headings), 350)]
    assert sections == [("1",), ("1", "2"), ("1", "3"), ("4",), ("4",)]


def test_a_block_across_boilerplate_is_divided_by_it() -> None:
    source = document("aa\nnav\nbb", boilerplate=(Span(3, 6),), blocks=(Span(0, 9),))
    assert [unit.spans for unit in units_of(source, 350)] == [(Span(0, 2),), (Span(7, 9),)]
    assert {unit.kind for unit in units_of(source, 350)} == {Kind.BLOCK}


def test_a_line_of_code_longer_than_a_sentence_is_cut() -> None:
    source = document("x" * 100 + "\ny", blocks=(Span(0, 102),))
    (unit,) = units_of(source, 40)
    assert max(span.end - span.start for span in unit.spans) <= 40
