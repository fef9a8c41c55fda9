"""Reading order: the runs of a page, column by column.

A recursive cut in the manner of Nagy and Seth ("Hierarchical representation of optically scanned
documents", ICPR 1984), with one change: what crosses a gutter (a title, a wide figure's caption)
does not forbid the cut but divides the page into bands, each read column by column.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from qa_service.reading.pdf.runs import Run

_DEPTH = 12
_FEWEST_LINES = 3
# Shorter runs are cells of a table rather than lines of a column.
_COLUMN_CHARACTERS = 14
_NARROWEST_GUTTER = 0.6  # font sizes
# Fewest characters that begin at a column's edge, as a share, and most edges that are tried.
_LEAST_SHARE = 0.03
_CANDIDATES = 8


def reading_order(runs: Sequence[Run]) -> list[list[Run]]:
    """Return the runs as regions to be read one after another, each from top to bottom.

    Every run, or its two halves where a gutter runs through it, lies in exactly one region.
    """
    return _ordered(list(runs), _DEPTH)


def _ordered(runs: list[Run], depth: int) -> list[list[Run]]:
    bands = _best_cut(runs) if depth and len(runs) > 2 else None
    if bands is None:
        return [runs] if runs else []
    regions: list[list[Run]] = []
    undivided: list[Run] = []
    backwards = 2 * sum(run.right_to_left for run in runs) > len(runs)
    for band in bands:
        if band.divided:
            regions += _ordered(undivided, depth - 1)
            undivided = []
            for side in (band.right, band.left) if backwards else (band.left, band.right):
                regions += _ordered(side, depth - 1)
        else:
            undivided += band.left + band.crossing + band.right
    return regions + _ordered(undivided, depth - 1)


@dataclass(slots=True)
class _Band:
    """What lies at one height left of a gutter, right of it, and across it."""

    left: list[Run] = field(default_factory=list)
    right: list[Run] = field(default_factory=list)
    crossing: list[Run] = field(default_factory=list)
    divided: bool = False

    @property
    def is_small(self) -> bool:
        """Whether it has two sides, but too few lines to tell columns from a table's row."""
        return (
            bool(self.left and self.right)
            and not self.divided
            and min(len(self.left), len(self.right)) < _FEWEST_LINES
            and _Side.of(self.left).is_text
            and _Side.of(self.right).is_text
        )

    @property
    def is_one_sided(self) -> bool:
        return not self.crossing and not (self.left and self.right)

    def add(self, other: _Band) -> None:
        self.left += other.left
        self.right += other.right
        self.crossing += other.crossing


def _best_cut(runs: list[Run]) -> list[_Band] | None:
    """Return the bands at the gutter that divides most text, or None where none divides any."""
    weights: Counter[int] = Counter()
    for run in runs:
        weights[round(run.x0 / 2)] += len(run.text)
    least = _LEAST_SHARE * sum(weights.values())
    best: list[_Band] | None = None
    most = 0
    seen = {min(run.x0 for run in runs)}
    # The edges of columns are where most text begins; words of stretched lines begin anywhere.
    for place, weight in sorted(weights.items(), key=lambda item: (-item[1], item[0])):
        if len(seen) > _CANDIDATES or weight < least:
            break
        edge = min(run.x0 for run in runs if abs(round(run.x0 / 2) - place) <= 1)
        if edge in seen:
            continue
        seen.add(edge)
        bands = _bands(edge, runs)
        divided = sum(
            min(_characters(band.left), _characters(band.right)) for band in bands if band.divided
        )
        if divided > most:
            best, most = bands, divided
    return best


def _bands(edge: float, runs: list[Run]) -> list[_Band]:
    """Return what lies left of ``edge``, right of it and across it, from top to bottom.

    Bands end where something crosses the gutter, and where blank space crosses the page: a table
    below two columns may leave the same gutter free. Those read by columns are ``divided``.
    """
    left, right, crossing = _sides(edge, runs)
    if not left or not right:
        return []
    placed = [(run.y0, run.y1, 0, run) for run in left]
    placed += [(run.y0, run.y1, 1, run) for run in right]
    placed += [(run.y0, run.y1, 2, run) for run in crossing]
    placed.sort(key=lambda item: (item[0] + item[1], item[2]))
    bands = [_Band()]
    lowest = placed[0][1]
    across = False
    for top, bottom, side, run in placed:
        blank = top - lowest > 0.6 * run.size
        if blank or (side == 2) != across:
            bands.append(_Band())
        across = side == 2
        band = bands[-1]
        (band.left, band.right, band.crossing)[side].append(run)
        lowest = bottom if blank else max(lowest, bottom)
    for band in bands:
        fewest = min(len(band.left), len(band.right))
        band.divided = fewest > 1 and (
            _are_columns(band.left, band.right)
            if fewest >= _FEWEST_LINES
            else _are_alike(band.left, band.right)
        )
    return _merged(bands)


def _merged(bands: list[_Band]) -> list[_Band]:
    """Return the bands, columns made whole that only blank space divides."""
    merged: list[_Band] = []
    for band in bands:
        last = merged[-1] if merged else None
        if last is not None and last.divided and (band.divided or band.is_small):
            last.add(band)
        elif last is not None and last.is_small and (band.divided or band.is_small):
            last.add(band)
            last.divided = band.divided or _are_columns(last.left, last.right)
        elif last is not None and last.is_one_sided and band.is_one_sided:
            last.add(band)
        else:
            merged.append(band)
    return _with_ends(merged)


def _with_ends(bands: list[_Band]) -> list[_Band]:
    """Return the bands with one side alone made part of the columns above or below it.

    Only the end of a longer column is: lines that fill it. A heading above the full width is not.
    """
    whole: list[_Band] = []
    for i, band in enumerate(bands):
        above = whole[-1] if whole and whole[-1].divided else None
        if above is None:
            whole.append(band)
        elif band.divided:
            above.add(band)
        elif band.is_one_sided and band.left + band.right:
            beside = bands[i + 1] if i + 1 < len(bands) else None
            goes_on = beside is not None and beside.divided
            if goes_on or not band.left or _fills(band.left, above.left):
                above.add(band)
            else:
                whole.append(band)
        else:
            whole.append(band)
    return whole


def _fills(runs: list[Run], column: list[Run]) -> bool:
    """Tell whether most of the runs are about as wide as the column's."""
    width = max(run.x1 for run in column) - min(run.x0 for run in column)
    wide = sum(run.x1 - run.x0 for run in runs if run.x1 - run.x0 >= 0.75 * width)
    return 2 * wide >= sum(run.x1 - run.x0 for run in runs)


def _sides(edge: float, runs: list[Run]) -> tuple[list[Run], list[Run], list[Run]]:
    """Return the runs left of the edge, right of it, and across it."""
    left: list[Run] = []
    right: list[Run] = []
    crossing: list[Run] = []
    for run in runs:
        if run.x0 >= edge - 1:
            right.append(run)
        elif run.x1 <= edge - _NARROWEST_GUTTER * run.size:
            left.append(run)
        else:
            crossing.append(run)
    halves = [_halves(run, edge) for run in crossing]
    # Columns may stand so close that lines run into one; then not just one line does.
    if 2 * sum(half is not None for half in halves) >= max(len(crossing), 2 * _FEWEST_LINES):
        for half in halves:
            if half is not None:
                left.append(half[0])
                right.append(half[1])
        crossing = [run for run, half in zip(crossing, halves, strict=True) if half is None]
    return left, right, crossing


def _halves(run: Run, edge: float) -> tuple[Run, Run] | None:
    """Return the run in two where one of its wider spaces ends at the edge."""
    for at, begin, end in run.gaps:
        if abs(end - edge) <= 1.5:
            before = tuple(gap for gap in run.gaps if gap[0] < at)
            after = tuple((a - at - 1, b, e) for a, b, e in run.gaps if a > at)
            return (
                replace(run, text=run.text[:at], x1=begin, gaps=before),
                replace(run, text=run.text[at + 1 :], x0=end, gaps=after),
            )
    return None


def _are_columns(left: list[Run], right: list[Run]) -> bool:
    """Tell whether two sides are columns of running text rather than cells of a table."""
    sides = _Side.of(left), _Side.of(right)
    if not all(side.is_text for side in sides):
        return False
    if sides[0].bottom <= sides[1].top or sides[1].bottom <= sides[0].top:
        return False
    first, second = sides
    if all(side.lines >= _FEWEST_LINES for side in sides):
        if first.is_full and second.is_full:
            return True
        # A sidebar: its lines do not stand beside the main column's.
        return (first.is_full or second.is_full) and _alignment(left, right) < 0.5
    # The last lines of an article: as wide as the other column.
    longer = max(sides, key=lambda side: side.lines)
    shorter = min(sides, key=lambda side: side.lines)
    return (
        longer.lines >= _FEWEST_LINES
        and longer.is_full
        and abs(shorter.width - longer.width) <= 0.15 * longer.width
    )


def _are_alike(left: list[Run], right: list[Run]) -> bool:
    """Tell whether two sides of a few lines are equally wide and filled: the end of columns."""
    sides = _Side.of(left), _Side.of(right)
    widths = [side.width for side in sides]
    return (
        all(side.is_text and side.is_full and side.lines > 1 for side in sides)
        and max(widths) - min(widths) <= 0.05 * max(widths)
        and max(side.top for side in sides) < min(side.bottom for side in sides)
    )


@dataclass(frozen=True, slots=True)
class _Side:
    lines: int
    width: float
    top: float
    bottom: float
    is_text: bool
    is_full: bool

    @classmethod
    def of(cls, runs: list[Run]) -> _Side:
        start = min(run.x0 for run in runs)
        width = max(run.x1 for run in runs) - start
        rows: list[list[float]] = []  # middle, left, right
        for run in sorted(runs, key=lambda run: run.middle):
            if rows and run.middle - rows[-1][0] < 0.4 * run.size:
                rows[-1][1] = min(rows[-1][1], run.x0)
                rows[-1][2] = max(rows[-1][2], run.x1)
            else:
                rows.append([run.middle, run.x0, run.x1])
        letters = sum(run.letters for run in runs)
        spaces = sum(run.text.count(" ") for run in runs)
        full = sum(x1 - x0 >= 0.75 * width for _, x0, x1 in rows)
        return cls(
            lines=len(rows),
            width=width,
            top=min(run.y0 for run in runs),
            bottom=max(run.y1 for run in runs),
            is_text=_usual_width(runs) >= _COLUMN_CHARACTERS
            and letters >= 0.6 * (_characters(runs) - spaces),
            is_full=2 * full >= len(rows),
        )


def _usual_width(runs: list[Run]) -> float:
    """Return the width of the run that the middle character stands in.

    Not that of the middle run: a stretched line falls into words, and columns have such lines.
    """
    widths = sorted(_width(run) for run in runs)
    left = sum(widths) / 2
    for width in widths:
        left -= width
        if left <= 0:
            break
    return width


def _width(run: Run) -> float:
    """Return the run's length in Latin characters: an ideograph is as wide as two."""
    return max(len(run.text), (run.x1 - run.x0) / (0.5 * max(run.size, 1.0)))


def _alignment(left: list[Run], right: list[Run]) -> float:
    """Return the share of the shorter side's runs that have a run of the other at their height."""
    few, many = sorted((left, right), key=len)
    heights = sorted(run.middle for run in many)
    beside = 0
    for run in few:
        at = bisect_right(heights, run.middle - 0.2 * run.size)
        beside += at < len(heights) and heights[at] <= run.middle + 0.2 * run.size
    return beside / len(few)


def _characters(runs: list[Run]) -> int:
    return sum(len(run.text) for run in runs)
