"""Documents into units, the parts that passages are made of: headings, paragraphs, blocks."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from qa_service.chunking.cutting import cut_long
from qa_service.chunking.layout import lines, outside, paragraphs
from qa_service.chunking.packing import pack
from qa_service.chunking.sentences import split_sentences
from qa_service.records import Document, Heading, Span


class Kind(Enum):
    """What a unit is, which decides what it may be joined with and where it may be cut."""

    HEADING = "heading"
    PROSE = "prose"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Unit:
    """One heading, paragraph or block as sentence spans, under its path of headings.

    ``region`` numbers the stretches between boilerplate: units of two regions are never joined.
    A heading's own path ends with itself.
    """

    kind: Kind
    spans: tuple[Span, ...]
    section: tuple[str, ...]
    region: int


def units_of(document: Document, sentence_characters: int) -> Iterator[Unit]:
    """Yield the document's units in order; their spans hold everything but boilerplate.

    No span is longer than ``sentence_characters`` (see ``split_sentences``).
    """
    text = document.text
    islands = _islands(document)
    path: list[Heading] = []
    for region, stretch in enumerate(outside(0, len(text), document.boilerplate)):
        at = stretch.start
        for island in _within(islands, stretch):
            start, end = max(island.start, at), min(island.end, stretch.end)
            if start >= end:
                continue
            yield from _prose(text, at, start, sentence_characters, _names(path), region)
            if isinstance(island, Heading):
                # A heading closes every section of its level and below.
                path = [above for above in path if above.level < island.level] + [island]
                spans = list(cut_long(text, start, end, sentence_characters))
                kind = Kind.HEADING
            else:
                spans = _block_spans(text, start, end, sentence_characters)
                kind = Kind.BLOCK
            if spans:
                yield Unit(kind, tuple(spans), _names(path), region)
            at = end
        yield from _prose(text, at, stretch.end, sentence_characters, _names(path), region)


def _islands(document: Document) -> list[Heading | Span]:
    """Return blocks and headings in order; a heading inside a block is the block's."""
    blocks = sorted(document.blocks, key=lambda block: (block.start, block.end))
    starts = [block.start for block in blocks]
    headings = []
    for heading in document.headings:
        before = bisect_left(starts, heading.end)  # so many blocks begin before the heading ends
        if not before or blocks[before - 1].end <= heading.start:
            headings.append(heading)
    return sorted([*headings, *blocks], key=lambda island: (island.start, island.end))


def _within(islands: Sequence[Heading | Span], stretch: Span) -> Iterator[Heading | Span]:
    """Yield the islands that reach into the stretch; one may reach into several."""
    first = bisect_right(islands, stretch.start, key=lambda island: island.end)
    stop = bisect_left(islands, stretch.end, key=lambda island: island.start)
    return (islands[i] for i in range(first, stop))


def _names(path: Sequence[Heading]) -> tuple[str, ...]:
    return tuple(heading.text for heading in path)


def _prose(
    text: str, start: int, end: int, longest: int, section: tuple[str, ...], region: int
) -> Iterator[Unit]:
    for paragraph in paragraphs(text, start, end):
        spans = split_sentences(text, paragraph.start, paragraph.end, max_characters=longest)
        yield Unit(Kind.PROSE, tuple(spans), section, region)


def _block_spans(text: str, start: int, end: int, longest: int) -> list[Span]:
    """Return the block as near-equal runs of whole lines; only a longer line is cut itself."""
    rows = list(lines(text, start, end))
    if not rows:
        return []
    costs = [after.start - row.start for row, after in pairwise(rows)]
    costs.append(rows[-1].end - rows[-1].start)
    return [
        piece
        for first, stop in pack(costs, longest)
        for piece in cut_long(text, rows[first].start, rows[stop - 1].end, longest)
    ]
