"""A page of a PDF: its runs of text by the direction they are written in."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as api

from qa_service.reading.pdf.runs import Run, runs_of
from qa_service.reading.pdf.words import Box, Canvas, Words

# As many paths on a page without text are letters drawn as outlines, not a ruled line.
_OUTLINES = 200
# No more characters than a stamp has ("Downloaded from ..."), the only text of many a scan.
_STAMP = 300


@dataclass(frozen=True, slots=True)
class Group:
    """The runs of a page that are written in one direction, in the order of the file.

    ``turn`` says in which: 0 upright, 1 downwards, 2 upside down, 3 upwards, as seen on the
    displayed page, 4 slanting (then the boxes are as displayed).
    """

    turn: int
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What a page shows: its size in points as displayed, and its text.

    ``pictured`` tells of pictures with hardly any text.
    """

    number: int
    width: float
    height: float
    groups: tuple[Group, ...]
    pictured: bool

    def displayed(self, box: Box, turn: int) -> Box:
        """Return a box of a group's runs as left, top, right, bottom on the displayed page."""
        x0, y0, x1, y1 = box
        if turn == 1:
            x0, y0, x1, y1 = self.width - y1, x0, self.width - y0, x1
        elif turn == 2:
            x0, y0, x1, y1 = self.width - x1, self.height - y1, self.width - x0, self.height - y0
        elif turn == 3:
            x0, y0, x1, y1 = y0, self.height - x1, y1, self.height - x0
        return round(x0, 1), round(y0, 1), round(x1, 1), round(y1, 1)


def read_page(document: pdfium.PdfDocument, index: int, most_characters: int) -> Page | None:
    """Return page ``index`` (from 0), or None when it holds more than ``most_characters``.

    Raises pypdfium2.PdfiumError when the page cannot be loaded.
    """
    with closing(document[index]) as page, closing(page.get_textpage()) as text_page:
        if text_page.count_chars() > most_characters:
            return None
        canvas = Canvas(page.get_bbox(), page.get_rotation())
        found = runs_of(Words(text_page.raw, canvas))
        groups = tuple(Group(turn, tuple(runs)) for turn, runs in found.items())
        return Page(
            number=index + 1,
            width=canvas.width,
            height=canvas.height,
            groups=groups,
            pictured=text_page.count_chars() <= _STAMP and _is_pictured(page),
        )


def _is_pictured(page: pdfium.PdfPage) -> bool:
    paths = 0
    for item in page.get_objects(max_depth=4):
        if item.type in (api.FPDF_PAGEOBJ_IMAGE, api.FPDF_PAGEOBJ_SHADING):
            return True
        paths += item.type == api.FPDF_PAGEOBJ_PATH
        if paths >= _OUTLINES:
            return True
    return False
