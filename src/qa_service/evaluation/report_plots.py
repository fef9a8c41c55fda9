"""Plots as inline SVG: lines and histograms, coloured by the page's style sheet."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 360, 230
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 10, 10, 36
COLOURS = 7
"""Distinct colours that the style sheet has."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Series:
    """A named line, or the named values that a histogram counts."""

    name: str
    points: tuple[Point, ...] = ()
    values: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Axis:
    """A labelled range with its ticks; ``log`` spaces by powers and needs ``low`` above 0."""

    label: str
    low: float
    high: float
    ticks: tuple[float, ...]
    log: bool = False

    def place(self, value: float) -> float:
        """Return where a value lies, 0 at the low end and 1 at the high one."""
        if self.high <= self.low:
            return 0.0
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


def line_plot(
    title: str,
    note: str,
    horizontal: Axis,
    vertical: Axis,
    series: Sequence[Series],
    *,
    diagonal: bool = False,
    dots: bool = False,
) -> str:
    """Return a figure of lines; ``diagonal`` adds the line of equality, ``dots`` every point."""
    x, y = _scales(horizontal, vertical)
    parts = _axes(horizontal, vertical)
    if diagonal:
        low, high = max(horizontal.low, vertical.low), min(horizontal.high, vertical.high)
        parts.append(
            f'<line class="ideal" x1="{x(low):.1f}" y1="{y(low):.1f}" '
            f'x2="{x(high):.1f}" y2="{y(high):.1f}"/>'
        )
    for number, line in enumerate(series):
        colour = number % COLOURS
        path = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in line.points)
        parts.append(f'<polyline class="trace s{colour}" points="{path}"/>')
        if dots:
            parts += [
                f'<circle class="f{colour}" cx="{x(a):.1f}" cy="{y(b):.1f}" r="3">'
                f"<title>{a:.3g}, {b:.3g}</title></circle>"
                for a, b in line.points
            ]
    return _figure(title, note, parts, [line.name for line in series])


def histogram(
    title: str, note: str, label: str, series: Sequence[Series], *, bins: int = 20
) -> str:
    """Return a figure of shares a bin over 0 to 1, one row for each series.

    Each row is scaled to its own tallest bin: it is the places that are compared, not the heights.
    """
    shares: list[list[float]] = []
    for row in series:
        counts = [0] * bins
        for value in row.values:
            counts[min(int(value * bins), bins - 1)] += 1
        shares.append([count / max(1, len(row.values)) for count in counts])
    horizontal = Axis(label, 0, 1, SHARES)
    x, _ = _scales(horizontal, Axis("", 0, 1, ()))
    parts = _axes(horizontal, Axis("", 0, 1, ()))
    height = (_HEIGHT - _TOP - _BOTTOM) / max(1, len(shares))
    for number, heights in enumerate(shares):
        base = _TOP + height * (number + 1)
        parts.append(
            f'<line class="grid" x1="{x(0):.1f}" y1="{base:.1f}" x2="{x(1):.1f}" y2="{base:.1f}"/>'
        )
        for position, value in enumerate(heights):
            tall = value / max(heights) * (height - 8) if value else 0.0
            left, right = x(position / bins), x((position + 1) / bins)
            if value:
                parts.append(
                    f'<rect class="f{number % COLOURS}" x="{left:.1f}" y="{base - tall:.1f}" '
                    f'width="{right - left - 1:.1f}" height="{tall:.1f}">'
                    f"<title>{100 * value:.1f} %</title></rect>"
                )
    names = [f"{row.name} ({len(row.values)})" for row in series]
    return _figure(title, note, parts, names)


def _scales(
    horizontal: Axis, vertical: Axis
) -> tuple[Callable[[float], float], Callable[[float], float]]:
    def x(value: float) -> float:
        return _LEFT + horizontal.place(value) * (_WIDTH - _LEFT - _RIGHT)

    def y(value: float) -> float:
        return _HEIGHT - _BOTTOM - vertical.place(value) * (_HEIGHT - _TOP - _BOTTOM)

    return x, y


def _axes(horizontal: Axis, vertical: Axis) -> list[str]:
    x, y = _scales(horizontal, vertical)
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    parts = [
        f'<line class="grid" x1="{_LEFT}" y1="{y(tick):.1f}" x2="{right}" y2="{y(tick):.1f}"/>'
        f'<text x="{_LEFT - 6}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick:g}</text>'
        for tick in vertical.ticks
    ]
    parts += [
        f'<text x="{x(tick):.1f}" y="{bottom + 15}" text-anchor="middle">{tick:g}</text>'
        for tick in horizontal.ticks
    ]
    middle = (_LEFT + right) / 2
    parts.append(
        f'<line class="grid" x1="{_LEFT}" y1="{bottom}" x2="{right}" y2="{bottom}"/>'
        f'<text x="{middle}" y="{_HEIGHT - 4}" text-anchor="middle">'
        f"{escape(horizontal.label)}</text>"
    )
    if vertical.label:
        across = (_TOP + bottom) / 2
        parts.append(
            f'<text transform="translate(10 {across}) rotate(-90)" text-anchor="middle">'
            f"{escape(vertical.label)}</text>"
        )
    return parts


def _figure(title: str, note: str, parts: Sequence[str], names: Sequence[str]) -> str:
    legend = "".join(
        f'<span><i class="f{number % COLOURS}"></i>{escape(name)}</span>'
        for number, name in enumerate(names)
        if len(names) > 1
    )
    return (
        f"<figure><figcaption>{escape(title)}</figcaption><p>{escape(note)}</p>"
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(title)}">'
        f'{"".join(parts)}</svg><div class="legend">{legend}</div></figure>'
    )
