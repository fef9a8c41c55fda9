from __future__ import annotations

from qa_service.reading.html.writer import LineWriter, Tally
from qa_service.records import Span


def test_a_line_begins_with_its_pending_line_ends_and_marker() -> None:
    writer = LineWriter()
    writer.divide(2)
    writer.add(" one ")
    assert writer.end_line() == Span(0, 3)
    writer.divide(1)
    writer.divide(2)
    writer.marker = "- "
    writer.divide(2)
    writer.add(" \n two")
    assert writer.end_line() == Span(5, 10)
    assert "".join(writer.parts) == "one\n\n- two"
    assert writer.length == 10
    assert writer.last_line == "two"


def test_a_blank_line_is_not_written_and_spends_nothing() -> None:
    writer = LineWriter()
    writer.add("a")
    writer.end_line()
    writer.divide(2)
    writer.add("\xa0 ")
    assert writer.end_line() is None
    assert (writer.length, writer.pending) == (1, 2)


def test_verbatim_text_keeps_its_white_space() -> None:
    writer = LineWriter(verbatim=True)
    writer.add("\n  a  b\n\n c \n\n")
    assert writer.end_line() == Span(0, 10)
    assert "".join(writer.parts) == "  a  b\n\n c"


def test_counts_tell_links_and_sentences_apart() -> None:
    writer = LineWriter()
    before = writer.counts()
    writer.add("It rains. It snows! At 3.5 degrees")
    writer.add("link.", in_link=True)
    writer.add(" | ")
    assert Tally.between(before, writer.counts()) == Tally(39, 5, 0, 2)
