"""Runs into lines of text: what stands at one height in one region, and the rows of tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa_service.reading.pdf.runs import GAP, Run
from qa_service.reading.pdf.words import Box

CELL_DIVIDER = " | "
_FEWEST_ROWS = 3
_CLOSING = ".,;:!?)]}»”’%"
_MOST_CELL_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text on a page; ``row`` marks a table's.

    ``box`` is upright as those of runs are; ``middle`` is the height of most of its text.
    """

    text: str
    box: Box
    middle: float
    page: int
    turn: int
    size: float
    bold: bool
    right_to_left: bool
    fixed: bool = False
    row: bool = False


def lines_of(region: Sequence[Run], page: int, turn: int) -> list[Line]:
    """Return the lines of a region, from top to bottom; rows of a clear table by cells.

    Every run is in exactly one line. A table is clear where at least three rows in succession
    have cells, and the gaps between them lie one below the other.
    """
    rows = _rows(region)
    cells = [_cells(row) for row in rows]
    tabular = _tabular(cells)
    return [
        _line(row, parts, page, turn, is_row)
        for row, parts, is_row in zip(rows, cells, tabular, strict=True)
    ]


def _rows(region: Sequence[Run]) -> list[list[Run]]:
    """Return the runs that stand at one height together, each row in reading order."""
    rows: list[list[Run]] = []
    tallest: Run | None = None
    for run in sorted(region, key=lambda run: (run.middle, run.x0)):
        if tallest is not None and _beside(run, tallest):
            rows[-1].append(run)
            if run.y1 - run.y0 > tallest.y1 - tallest.y0 and run.y1 - run.y0 < 2 * run.size:
                tallest = run
        else:
            rows.append([run])
            tallest = run
    for row in rows:
        backwards = 2 * sum(run.right_to_left for run in row) > len(row)
        row.sort(key=lambda run: run.x0, reverse=backwards)
    return rows


def _beside(run: Run, other: Run) -> bool:
    overlap = min(run.y1, other.y1) - max(run.y0, other.y0)
    return overlap > 0.5 * min(run.y1 - run.y0, other.y1 - other.y0)


def _cells(row: list[Run]) -> list[list[Run]]:
    """Return the row's runs as cells: wide gaps divide them."""
    cells = [[row[0]]]
    for before, run in pairwise(row):
        gap = max(run.x0 - before.x1, before.x0 - run.x1)
        if gap > GAP * max(run.size, before.size):
            cells.append([run])
        else:
            cells[-1].append(run)
    return cells


def _tabular(rows: list[list[list[Run]]]) -> list[bool]:
    """Tell of each row whether it is one of a clear table."""
    verdicts = [False] * len(rows)
    first = 0
    while first < len(rows):
        stop = first + 1
        while stop < len(rows) and _continues(rows[stop - 1], rows[stop]):
            stop += 1
        if stop - first >= _FEWEST_ROWS:
            verdicts[first:stop] = [True] * (stop - first)
        first = stop
    return verdicts


def _continues(above: list[list[Run]], row: list[list[Run]]) -> bool:
    if len(above) < 2 or len(row) < 2:
        return False
    size = max(row[0][0].size, 1.0)
    if row[0][0].y0 - above[0][0].y1 > 2.5 * size:
        return False
    if max(len(cell[0].text) for cell in (*above, *row)) > 2 * _MOST_CELL_CHARACTERS:
        return False
    few, many = sorted((_gaps(above), _gaps(row)), key=len)
    return all(
        any(min(end, far) - max(begin, near) >= 0.4 * size for near, far in many)
        for begin, end in few
    )


def _gaps(cells: list[list[Run]]) -> list[tuple[float, float]]:
    """Return from and to which x the gaps between the cells reach."""
    spans = sorted((min(run.x0 for run in cell), max(run.x1 for run in cell)) for cell in cells)
    return [(end, begin) for (_, end), (begin, _) in pairwise(spans)]


def _joined(cell: list[Run]) -> str:
    text = cell[0].text
    for before, run in pairwise(cell):
        # After a raised number the sentence's own mark begins a run.
        close = run.text[0] in _CLOSING and abs(run.x0 - before.x1) < 0.2 * run.size
        text += run.text if close else f" {run.text}"
    return text


def _line(row: list[Run], cells: list[list[Run]], page: int, turn: int, is_row: bool) -> Line:
    parts = [_joined(cell) for cell in cells]
    weight = sum(len(run.text) for run in row)
    longest = max(row, key=lambda run: len(run.text))
    return Line(
        text=(CELL_DIVIDER if is_row else " ").join(parts),
        box=(
            min(run.x0 for run in row),
            min(run.top for run in row),
            max(run.x1 for run in row),
            max(run.bottom for run in row),
        ),
        middle=longest.middle,
        page=page,
        turn=turn,
        size=longest.size,
        bold=sum(len(run.text) for run in row if run.bold) > 0.6 * weight,
        right_to_left=longest.right_to_left,
        fixed=all(run.fixed for run in row),
        row=is_row,
    )
