"""Runs and lines for tests, with whatever a test does not care about filled in."""

from __future__ import annotations

from qa_service.reading.pdf.lines import Line
from qa_service.reading.pdf.page import Group, Page
from qa_service.reading.pdf.runs import Run


def run(
    text: str, x: float, y: float, *, size: float = 10, width: float | None = None, **other: bool
) -> Run:
    """A run whose upper left corner is (x, y); a character is half as wide as its size."""
    return Run(
        text=text,
        x0=x,
        y0=y,
        x1=x + (0.5 * size * len(text) if width is None else width),
        y1=y + 1.1 * size,
        top=y,
        bottom=y + 1.1 * size,
        size=size,
        bold=other.get("bold", False),
        fixed=other.get("fixed", False),
        right_to_left=other.get("right_to_left", False),
    )


def line(
    text: str,
    x: float,
    y: float,
    *,
    size: float = 10,
    width: float | None = None,
    page: int = 1,
    **other: bool,
) -> Line:
    """A line whose upper left corner is (x, y); a character is half as wide as its size."""
    right = x + (0.5 * size * len(text) if width is None else width)
    return Line(
        text=text,
        box=(x, y, right, y + 1.1 * size),
        middle=y + 0.55 * size,
        page=page,
        turn=0,
        size=size,
        bold=other.get("bold", False),
        right_to_left=other.get("right_to_left", False),
        fixed=other.get("fixed", False),
        row=other.get("row", False),
    )


def page(number: int, *runs: Run, turn: int = 0) -> Page:
    """A page of US letter size with one group of runs."""
    groups = (Group(turn, runs),) if runs else ()
    return Page(number, 612, 792, groups, pictured=False)
