"""Running headers, footers, page numbers and watermarks: what repeats from page to page."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qa_service.reading.pdf.lines import Line, lines_of
from qa_service.reading.pdf.page import Group, Page
from qa_service.reading.pdf.runs import Run
from qa_service.reading.pdf.words import SLANTING, Box

# A header lies in the outer eighth of its page, and hardly more than four lines deep.
_MARGIN = 0.125
_DEEPEST = 4
# The same place: a few points, for the baselines of odd and even pages may differ a little.
_STEP = 4
_NUMBER = re.compile(r"\d+")
_ROMAN = re.compile(r"[ivxlc]{1,7}")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
# Numbered headings at the top of each page ("Chapter 3") are larger than the body.
_LARGEST = 1.1
_WATERMARK = 1.8
# Parts of a header ("Title      Chapter      7") stand further apart than words ever do.
_MOST_PARTS = 4
_WIDE_GAP = 3


@dataclass(frozen=True, slots=True)
class Parted:
    """A page without its furniture, and the furniture as lines."""

    page: Page
    furniture: tuple[Line, ...]

    @property
    def is_silent(self) -> bool:
        """Whether it shows a picture and no text of its own, as a scan does."""
        return self.page.pictured and not self.page.groups


@dataclass(frozen=True, slots=True)
class _Entry:
    """A run of a margin: its group's turn and its index there, and its box on the page."""

    where: tuple[int, int]
    run: Run
    box: Box


@dataclass(frozen=True, slots=True)
class _Key:
    """What some runs say and at which height, and whether half of the pages must have it."""

    where: tuple[tuple[int, int], ...]
    text: str
    place: int
    everywhere: bool


def body_size(pages: Sequence[Page]) -> float:
    """Return the font size in points of most characters; 0 where there is no text."""
    weights: Counter[float] = Counter()
    for page in pages:
        for group in page.groups:
            for run in group.runs:
                weights[run.size] += len(run.text)
    return max(weights, key=lambda size: (weights[size], -size), default=0.0)


def is_fixed(pages: Sequence[Page]) -> bool:
    """Tell whether most text has characters that are all equally wide, as typewriters write."""
    weight = 0
    for page in pages:
        for group in page.groups:
            weight += sum(len(run.text) if run.fixed else -len(run.text) for run in group.runs)
    return weight > 0


def part_furniture(pages: Sequence[Page], body: float) -> list[Parted]:
    """Return the pages with what repeats on them apart.

    Furniture is text in a margin that stands at the same height on several pages and is the same
    but for a number that counts the pages, and slanting or very large text that is the same at the
    same place on at least half of the pages.
    """
    keys = {page.number: list(_keys(page, body)) for page in pages}
    pages_of: dict[tuple[str, int], set[int]] = defaultdict(set)
    for number, found in keys.items():
        for key in found:
            pages_of[key.text, key.place].add(number)
    few = 2 if len(pages) <= 4 else 3
    many = max(3, (len(pages) + 1) // 2)
    parted = []
    for page in pages:
        repeated: set[tuple[int, int]] = set()
        for key in keys[page.number]:
            near = (pages_of.get((key.text, key.place + step), ()) for step in (-1, 0, 1))
            if len(set().union(*near)) >= (many if key.everywhere else few):
                repeated.update(key.where)
        repeated |= _lone_number(page)
        parted.append(_part(page, repeated) if repeated else Parted(page, ()))
    return parted


def _keys(page: Page, body: float) -> Iterator[_Key]:
    for row in _margins(page):
        text = " ".join(_folded(entry.run) for entry in row)
        yield from _row_keys(row, text, page.number, body)
        if 1 < len(row) <= _MOST_PARTS:
            for entry in row:
                if _is_apart(entry, row):
                    yield from _row_keys([entry], _folded(entry.run), page.number, body)
    for group in page.groups:
        for index, run in enumerate(group.runs):
            if group.turn == SLANTING or run.size > _WATERMARK * body:
                text = f"{round(run.x0 / _STEP)} {_folded(run)}"
                yield _Key(((group.turn, index),), text, round(run.middle / _STEP), True)


def _row_keys(row: Sequence[_Entry], text: str, page: int, body: float) -> Iterator[_Key]:
    where = tuple(entry.where for entry in row)
    place = round((row[0].box[1] + row[0].box[3]) / 2 / _STEP)
    yield _Key(where, text, place, False)
    if max(entry.run.size for entry in row) <= _LARGEST * body:
        for counting in _counting(text, page):
            yield _Key(where, counting, place, False)


def _folded(run: Run) -> str:
    return " ".join(run.text.casefold().split())


def _is_apart(entry: _Entry, row: Sequence[_Entry]) -> bool:
    """Tell whether a wide gap parts the run from its row: words of a stretched line are not."""
    wide = _WIDE_GAP * entry.run.size
    return all(
        other is entry or other.box[0] - entry.box[2] > wide or entry.box[0] - other.box[2] > wide
        for other in row
    )


def _margins(page: Page) -> Iterator[list[_Entry]]:
    """Yield the rows of the upper and of the lower margin, the outermost first."""
    entries = [
        _Entry(
            (group.turn, index), run, page.displayed((run.x0, run.y0, run.x1, run.y1), group.turn)
        )
        for group in page.groups
        if group.turn != SLANTING
        for index, run in enumerate(group.runs)
    ]
    upper = [entry for entry in entries if entry.box[3] <= _MARGIN * page.height]
    lower = [entry for entry in entries if entry.box[1] >= (1 - _MARGIN) * page.height]
    yield from _rows(sorted(upper, key=lambda entry: entry.box[1]))
    yield from _rows(sorted(lower, key=lambda entry: -entry.box[3]))


def _rows(entries: Sequence[_Entry]) -> list[list[_Entry]]:
    rows: list[list[_Entry]] = []
    for entry in entries:
        box = entry.box
        if rows and min(box[3], rows[-1][0].box[3]) > max(box[1], rows[-1][0].box[1]):
            rows[-1].append(entry)
        elif len(rows) == _DEEPEST:
            break
        else:
            rows.append([entry])
    return [sorted(row, key=lambda entry: entry.box[0]) for row in rows]


def _counting(text: str, page: int) -> Iterator[str]:
    """Yield the text with its first, then its last number told relative to the page's."""
    if _ROMAN.fullmatch(text):
        yield f"<{_roman(text) - page}>"
        return
    numbers = list(_NUMBER.finditer(text))
    for match in numbers[:1] + numbers[1:][-1:]:
        if len(match[0]) <= 6:
            yield f"{text[: match.start()]}<{int(match[0]) - page}>{text[match.end() :]}"


def _roman(text: str) -> int:
    values = [_ROMAN_VALUES[c] for c in text]
    after = [*values[1:], 0]
    return sum(-v if v < following else v for v, following in zip(values, after, strict=True))


def _lone_number(page: Page) -> set[tuple[int, int]]:
    """Return the page's own number where it stands alone in a row of a margin."""
    return {
        row[0].where
        for row in _margins(page)
        if len(row) == 1 and row[0].run.text.strip("-–— ") == str(page.number)
    }


def _part(page: Page, repeated: set[tuple[int, int]]) -> Parted:
    groups: list[Group] = []
    lines: list[Line] = []
    for group in page.groups:
        taken = [run for i, run in enumerate(group.runs) if (group.turn, i) in repeated]
        left = tuple(run for i, run in enumerate(group.runs) if (group.turn, i) not in repeated)
        lines += [replace(line, row=False) for line in lines_of(taken, page.number, group.turn)]
        if left:
            groups.append(Group(group.turn, left))
    return Parted(replace(page, groups=tuple(groups)), tuple(lines))
