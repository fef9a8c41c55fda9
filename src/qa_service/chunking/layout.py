"""Where text divides on the page: trimmed spans, lines, paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from qa_service.records import Span

_NEWLINE = r"(?>\r\n|[\n\r\x85\u2028])"
_LINE_END = re.compile(_NEWLINE)
# A blank line, a page break, or Unicode's own paragraph separator.
_PARAGRAPH_END = re.compile(rf"{_NEWLINE}\s*{_NEWLINE}|[\f\u2029]")

# Nobody wraps lines this wide: a median line longer than this is a paragraph of its own.
_PARAGRAPH_LINE = 160
# Prose is seldom wrapped narrower than this, and then some line begins in lower case.
_NARROW = 60
# Whitespace is looked through in pieces of this many characters.
_BLANK_PIECE = 256


def trim(text: str, start: int, end: int) -> Span | None:
    """Return the span without its outer whitespace, or None when nothing else is in it.

    Costs what the whitespace does: the rest is not copied, so that a long line can be trimmed again
    after each piece cut from it.
    """
    while start < end and text[start].isspace():
        head = text[start : min(start + _BLANK_PIECE, end)]
        start += len(head) - len(head.lstrip())
    while start < end and text[end - 1].isspace():
        tail = text[max(start, end - _BLANK_PIECE) : end]
        end -= len(tail) - len(tail.rstrip())
    return Span(start, end) if start < end else None


def paragraphs(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the trimmed paragraphs of ``text[start:end]``, in order.

    Blank lines divide them; so does every line end where whole paragraphs stand on one line each.
    """
    for block in _divided(text, start, end, _PARAGRAPH_END):
        rows = list(lines(text, block.start, block.end))
        lengths = sorted(row.end - row.start for row in rows)
        if lengths[len(rows) // 2] >= _PARAGRAPH_LINE and not is_wrapped(text, rows):
            yield from rows
        else:
            yield block


def lines(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the trimmed, non-blank lines of ``text[start:end]``, in order."""
    return _divided(text, start, end, _LINE_END)


def is_wrapped(text: str, rows: Sequence[Span]) -> bool:
    """Tell whether line breaks fall where the next word had no room left, as in wrapped prose."""
    if len(rows) < 2:
        return True
    width = max(row.end - row.start for row in rows)
    if len(rows) > 2 and width < _NARROW and not any(text[row.start].islower() for row in rows):
        return False  # verses, addresses, a table of contents
    full = 0
    for row, following in pairwise(rows):
        word = text[following.start : following.end][:width].split(None, 1)[0]
        full += row.end - row.start + 1 + len(word) > width
    return full * 2 > len(rows) - 1


def _divided(text: str, start: int, end: int, divider: re.Pattern[str]) -> Iterator[Span]:
    at = start
    for match in divider.finditer(text, start, end):
        if span := trim(text, at, match.start()):
            yield span
        at = match.end()
    if span := trim(text, at, end):
        yield span


def outside(start: int, end: int, holes: tuple[Span, ...]) -> Iterator[Span]:
    """Yield what remains of ``start .. end`` after the holes, in order; holes may overlap."""
    at = start
    for hole in sorted(holes, key=lambda span: (span.start, span.end)):
        if hole.start >= end:
            break
        if hole.start > at:
            yield Span(at, hole.start)
        at = max(at, hole.end)
    if at < end:
        yield Span(at, end)
