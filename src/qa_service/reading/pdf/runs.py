"""Runs: stretches of words on one baseline of a PDF's page, without a wide gap."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from qa_service.reading.pdf.words import SLANTING, Word, around, on_one_line

# Shares of the font size: a wider gap than the first may divide columns or cells, and one wider
# than the second may where others agree; justified prose seldom stretches its spaces that far.
GAP = 0.8
_NARROW_GAP = 0.45
_WIDEST_SPACE = 3.0
_CLOSING = ".,;:!?)]}"
# Between words read from right to left, the mark after a number stands left of it.
_BEFORE_NUMBER = re.compile(r"(?<!\S)([.,:;!،؛؟])(\d+(?:[.,]\d+)*)(?!\S)")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Run:
    """Text on one baseline without a wide gap.

    ``x0``, ``y0``, ``x1`` and ``y1`` are its left, top, right and bottom in points, y downwards,
    on the page turned so that the run stands upright; top and bottom are those of its longest
    word, ``top`` and ``bottom`` also hold what is raised, lowered or larger. ``size`` is the font
    size in points that most of it has; ``fixed`` tells of characters all equally wide. ``gaps``
    are its wider spaces: where each begins in ``text``, and from and to which x it reaches.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    top: float
    bottom: float
    size: float
    bold: bool
    fixed: bool
    right_to_left: bool
    gaps: tuple[tuple[int, float, float], ...] = ()

    @property
    def letters(self) -> int:
        return len(_LETTER.findall(self.text))

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2


def runs_of(words: Iterable[Word]) -> dict[int, list[Run]]:
    """Return the runs by turn (see ``Canvas.turn``), in the order of the file."""
    runs: dict[int, list[Run]] = {}
    open_run: _OpenRun | None = None
    for word in words:
        if open_run is None or not open_run.takes(word):
            if open_run is not None:
                runs.setdefault(open_run.turn, []).append(open_run.closed())
            open_run = _OpenRun(word)
        else:
            open_run.take(word)
    if open_run is not None:
        runs.setdefault(open_run.turn, []).append(open_run.closed())
    return {turn: list(_unstretched(found)) for turn, found in runs.items()}


def _unstretched(runs: list[Run]) -> Iterator[Run]:
    """Yield the runs, the words of a line stretched to its column's width made one run again.

    Such words are all equally far apart, which the cells of a table are not.
    """
    first = 0
    while first < len(runs):
        stop = first + 1
        gap = _gap(runs, first)
        if gap is not None:
            stop = first + 2
            while (following := _gap(runs, stop - 1)) is not None and abs(following - gap) < 0.6:
                stop += 1
        if stop - first > 2:
            yield _as_one(runs[first:stop])
        else:
            stop = first + 1
            yield runs[first]
        first = stop


def _gap(runs: list[Run], i: int) -> float | None:
    """Return the gap between run ``i`` and the next in points, where they may be of one line."""
    if i + 1 >= len(runs):
        return None
    run, following = runs[i], runs[i + 1]
    gap = following.x0 - run.x1
    if abs(run.middle - following.middle) > 0.1 * run.size or run.size != following.size:
        return None
    return gap if GAP * run.size < gap <= _WIDEST_SPACE * run.size else None


def _as_one(runs: list[Run]) -> Run:
    gaps: list[tuple[int, float, float]] = []
    at = 0
    for before, run in pairwise(runs):
        gaps += [(at + start, begin, end) for start, begin, end in before.gaps]
        at += len(before.text)
        gaps.append((at, before.x1, run.x0))
        at += 1
    gaps += [(at + start, begin, end) for start, begin, end in runs[-1].gaps]
    longest = max(runs, key=lambda run: len(run.text))
    return replace(
        longest,
        text=" ".join(run.text for run in runs),
        x0=runs[0].x0,
        x1=runs[-1].x1,
        top=min(run.top for run in runs),
        bottom=max(run.bottom for run in runs),
        gaps=tuple(gaps),
    )


class _OpenRun:
    """A run while it grows."""

    def __init__(self, word: Word) -> None:
        self.turn = word.style.turn
        self._parts = [word.text]
        self._length = len(word.text)
        self._box = word.box
        self._core = word
        self._last = word.box
        self._weights = {(word.style.size, word.style.bold): len(word.text)}
        self._gaps: list[tuple[int, float, float]] = []
        self._backwards = 0
        self._fixed = len(word.text) if word.style.fixed else 0

    def takes(self, word: Word) -> bool:
        """Tell whether the word goes on where the run ends."""
        if word.style.turn != self.turn or not on_one_line(word.box, self._last):
            return False
        size = max(word.style.size, self._core.style.size, 1.0)
        if self.turn == SLANTING:
            return word.glued or abs(word.box[0] - self._last[2]) < 2 * size
        ahead = word.box[0] - self._last[2]
        behind = self._last[0] - word.box[2]
        gap = ahead if word.box[0] >= self._last[0] else behind
        return -0.6 * size <= gap <= GAP * size

    def take(self, word: Word) -> None:
        """Add the word."""
        leftwards = word.box[2] <= self._last[0] + 1
        size = max(word.style.size, 1.0)
        gap = self._last[0] - word.box[2] if leftwards else word.box[0] - self._last[2]
        if gap > _NARROW_GAP * size and not leftwards:
            self._gaps.append((self._length, self._last[2], word.box[0]))
        # PDFium puts a space after a raised number, also before the sentence's own full stop.
        closing = word.text[0] in _CLOSING and gap < 0.12 * size
        if (not word.glued and not closing) or gap > _NARROW_GAP * size:
            self._parts.append(" ")
            self._length += 1
        self._parts.append(word.text)
        self._length += len(word.text)
        self._box = around(self._box, word.box)
        self._last = word.box
        self._backwards += leftwards
        self._fixed += len(word.text) if word.style.fixed else 0
        key = (word.style.size, word.style.bold)
        self._weights[key] = self._weights.get(key, 0) + len(word.text)
        if len(word.text) > len(self._core.text):
            self._core = word

    def closed(self) -> Run:
        """Return the run."""
        text = "".join(self._parts)
        if self._backwards:
            text = _BEFORE_NUMBER.sub(r"\2\1", text)
        size, _ = max(self._weights, key=lambda key: (self._weights[key], key))
        bold = sum(weight for (_, is_bold), weight in self._weights.items() if is_bold)
        return Run(
            text=text,
            x0=self._box[0],
            y0=self._core.box[1],
            x1=self._box[2],
            y1=self._core.box[3],
            top=self._box[1],
            bottom=self._box[3],
            size=round(size * 2) / 2,
            fixed=2 * self._fixed > self._length,
            bold=bold > 0.6 * sum(self._weights.values()),
            right_to_left=self._backwards > 0,
            gaps=tuple(self._gaps),
        )
