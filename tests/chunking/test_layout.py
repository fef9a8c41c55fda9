from __future__ import annotations

from qa_service.chunking.layout import is_wrapped, lines, outside, paragraphs, trim
from qa_service.records import Span

LONG = "A line that holds a whole paragraph, as exports from databases do. " * 3


def found(text: str) -> list[str]:
    return [text[span.start : span.end] for span in paragraphs(text, 0, len(text))]


def test_trimming_leaves_a_true_span_or_none() -> None:
    assert trim(" \u3000a b\n", 0, 6) == Span(2, 5)
    assert trim("abc", 1, 1) is None
    assert trim(" \n\u2028", 0, 3) is None


def test_long_whitespace_is_trimmed_whole() -> None:
    blank = " \t\u3000" * 1_000
    text = f"{blank}a{blank}b{blank}"
    assert trim(text, 0, len(text)) == Span(len(blank), 2 * len(blank) + 2)
    assert trim(blank, 0, len(blank)) is None


def test_blank_lines_page_breaks_and_separators_divide_paragraphs() -> None:
    text = "a\nb\n\nc\n \t\nd\fe\u2029f\r\n\r\ng\r\rh"
    assert found(text) == ["a\nb", "c", "d", "e", "f", "g", "h"]


def test_a_windows_line_end_is_one_line_end() -> None:
    assert found("a\r\nb") == ["a\r\nb"]
    assert [(s.start, s.end) for s in lines("a\r\nb\rc", 0, 6)] == [(0, 1), (3, 4), (5, 6)]


def test_paragraphs_on_one_line_each_are_divided_by_the_line_end() -> None:
    assert found(f"{LONG}\n{LONG}{LONG}\nShort.") == [
        LONG.strip(),
        (LONG + LONG).strip(),
        "Short.",
    ]


def test_wrapped_prose_is_recognised() -> None:
    def wrapped(text: str) -> bool:
        return is_wrapped(text, list(lines(text, 0, len(text))))

    assert wrapped("one line")
    assert wrapped("prose that is wrapped at\nthirty characters or so,\nand ends here.")
    assert not wrapped("Jane Doe\n12 Long Street Name\nBaku")
    assert not wrapped("a short one\na line that is very much longer than the first\nb\nc")


def test_holes_are_left_out_even_when_they_overlap() -> None:
    holes = (Span(8, 20), Span(1, 3), Span(2, 4))
    assert list(outside(0, 10, holes)) == [Span(0, 1), Span(4, 8)]
    assert list(outside(0, 10, ())) == [Span(0, 10)]
    assert list(outside(0, 10, (Span(0, 10),))) == []
    assert list(outside(5, 10, (Span(0, 6), Span(12, 13)))) == [Span(6, 10)]
