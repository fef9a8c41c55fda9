"""Words of a PDF's page: what they say, where they stand, how they are set.

Characters come from PDFium one call each, and a page holds thousands: so a word is asked for its
first and last character only, and whatever can be asked once per text object is remembered.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pypdfium2.raw as api

from qa_service.reading.pdf.characters import RIGHT_TO_LEFT, cleaned

Box = tuple[float, float, float, float]

SLANTING = 4
"""The turn of text that stands in none of the four right-angled ways."""

# A word, which a hyphen ends: PDFium joins the two halves of a hyphenated word without a space.
_WORD = re.compile(r"[^\s\x00-\x1f\ufffe\u00ad\u2010-]*[\x02\ufffe\u00ad\u2010-]|[^\s\x00-\x1f]+")
_CLUSTER = re.compile(r".[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]*")
_BOLD = re.compile(r"bold|black|heavy|demi|[-,]bd\b", re.IGNORECASE)
_BOLD_WEIGHT = 600
_FIXED = re.compile(r"courier|mono|consol|typewriter|menlo|cmtt|code", re.IGNORECASE)
_FIXED_FLAG = 1  # of a font descriptor


@dataclass(slots=True)
class Style:
    """How a text object is set: font size in points, and which way it reads (see Canvas)."""

    size: float
    bold: bool
    fixed: bool
    turn: int


@dataclass(slots=True)
class Word:
    """A word, upright (see Canvas.upright); ``glued`` to the one before, or after a space."""

    text: str
    box: Box
    style: Style
    glued: bool


class Canvas:
    """From PDF coordinates (y upwards, before rotation and cropping) to the displayed page."""

    def __init__(self, visible: Box, rotation: int) -> None:
        self.left, self.bottom, self.right, self.top = visible
        self.rotation = rotation
        width, height = self.right - self.left, self.top - self.bottom
        self.width, self.height = (height, width) if rotation in (90, 270) else (width, height)

    def upright(self, left: float, bottom: float, right: float, top: float, turn: int) -> Box:
        """Return the box, y downwards, on the page turned so that text of ``turn`` is upright."""
        if self.rotation == 0:
            box = left - self.left, self.top - top, right - self.left, self.top - bottom
        elif self.rotation == 90:
            box = bottom - self.bottom, left - self.left, top - self.bottom, right - self.left
        elif self.rotation == 180:
            box = self.right - right, bottom - self.bottom, self.right - left, top - self.bottom
        else:
            box = self.top - top, self.right - right, self.top - bottom, self.right - left
        x0, y0, x1, y1 = box
        if turn == 1:
            return y0, self.width - x1, y1, self.width - x0
        if turn == 2:
            return self.width - x1, self.height - y1, self.width - x0, self.height - y0
        if turn == 3:
            return self.height - y1, x0, self.height - y0, x1
        return box

    def turn(self, a: float, b: float) -> int:
        """Return the turn of text that advances along (a, b) in PDF coordinates."""
        # PDF angles go counter-clockwise, the page's rotation clockwise.
        degrees = (self.rotation - math.degrees(math.atan2(b, a))) % 360
        nearest = round(degrees / 90)
        return nearest % 4 if abs(degrees - nearest * 90) <= 5 else SLANTING


class Words:
    """Iterates over a text page's words, in the order of the file."""

    def __init__(self, handle: Any, canvas: Canvas) -> None:
        self._handle = handle
        self._canvas = canvas
        self._style = Style(0.0, False, False, 0)
        self._styles: dict[int, Style] = {}
        self._fonts: dict[int, tuple[bool, bool]] = {}
        self._rectangle = api.FS_RECTF()

    def __iter__(self) -> Iterator[Word]:
        text = _characters(self._handle)
        backwards = RIGHT_TO_LEFT.search(text) is not None
        last = -1
        for match in _WORD.finditer(text):
            start, end = match.span()
            style = self._style_at(start)
            for first, stop, box in self._boxes(start, end, style):
                part = text[first:stop]
                if backwards:
                    part = self._logical(part, first, style.turn)
                if part := cleaned(part):
                    yield Word(part, box, style, glued=first == last)
                    last = stop

    def _boxes(self, start: int, end: int, style: Style) -> Iterator[tuple[int, int, Box]]:
        """Yield the word as one box, or where it runs over several lines one box for each."""
        first, last = self._box(start, style.turn), self._box(end - 1, style.turn)
        size = max(style.size, first[3] - first[1])
        tall = max(first[3], last[3]) - min(first[1], last[1])
        wide = max(first[2], last[2]) - min(first[0], last[0])
        if tall <= 2 * size and wide <= 1.5 * size * (end - start + 1):
            yield start, end, around(first, last)
            return
        begun, whole, previous = start, first, first
        for i in range(start + 1, end):
            box = self._box(i, style.turn)
            if not on_one_line(box, previous) or abs(box[0] - previous[0]) > 4 * size:
                yield begun, i, whole
                begun, whole = i, box
            whole = around(whole, box)
            previous = box
        yield begun, end, whole

    def _box(self, index: int, turn: int) -> Box:
        found = self._rectangle
        if not api.FPDFText_GetLooseCharBox(self._handle, index, found):
            return 0.0, 0.0, 0.0, 0.0
        left, right = sorted((found.left, found.right))
        bottom, top = sorted((found.bottom, found.top))
        return self._canvas.upright(left, bottom, right, top, turn)

    def _style_at(self, index: int) -> Style:
        item = api.FPDFText_GetTextObject(self._handle, index)
        if not item:  # a character that PDFium made up, or took from /ActualText
            return self._style
        address = ctypes.addressof(item.contents)
        style = self._styles.get(address)
        if style is None:
            style = self._styles[address] = self._read_style(index, item)
        self._style = style
        return style

    def _read_style(self, index: int, item: Any) -> Style:
        matrix = api.FS_MATRIX()
        if not api.FPDFText_GetMatrix(self._handle, index, matrix):
            matrix.a = matrix.d = 1.0
        size = api.FPDFText_GetFontSize(self._handle, index)
        font = api.FPDFTextObj_GetFont(item)
        bold = fixed = False
        if font:
            address = ctypes.addressof(font.contents)
            if address not in self._fonts:
                self._fonts[address] = _read_font(font)
            bold, fixed = self._fonts[address]
        return Style(
            size=abs(size) * math.hypot(matrix.c, matrix.d),
            bold=bold,
            fixed=fixed,
            turn=self._canvas.turn(matrix.a, matrix.b),
        )

    def _logical(self, text: str, start: int, turn: int) -> str:
        """Return a word's characters, those written from right to left in the order of reading.

        Some files hold them as they stand on the page, which PDFium does not always undo.
        """

        def ordered(match: re.Match[str]) -> str:
            at = start + match.start()
            boxes = [self._box(at + i, turn) for i in range(len(match[0]))]
            steps = [b[0] + b[2] - a[0] - a[2] for a, b in pairwise(boxes)]
            if sum(step > 0 for step in steps) <= sum(step < 0 for step in steps):
                return match[0]
            return "".join(reversed(_CLUSTER.findall(match[0])))

        return RIGHT_TO_LEFT.sub(ordered, text)


def _read_font(font: Any) -> tuple[bool, bool]:
    """Tell whether a font is bold, and whether its characters are all equally wide."""
    buffer = ctypes.create_string_buffer(256)
    size = api.FPDFFont_GetBaseFontName(font, buffer, len(buffer))
    name = buffer.raw[: max(min(size, len(buffer)) - 1, 0)].decode("utf-8", "replace")
    bold = _BOLD.search(name) is not None or api.FPDFFont_GetWeight(font) >= _BOLD_WEIGHT
    flags = max(api.FPDFFont_GetFlags(font), 0)
    return bold, bool(flags & _FIXED_FLAG) or _FIXED.search(name) is not None


def _characters(handle: Any) -> str:
    """Return the page's characters so that index i is PDFium's character i."""
    count = api.FPDFText_CountChars(handle)
    if count <= 0:
        return ""
    buffer = (ctypes.c_ushort * (count + 1))()
    written = api.FPDFText_GetText(handle, 0, count, buffer)
    text = bytes(buffer)[: 2 * max(written - 1, 0)].decode("utf-16-le", "replace")
    ends = (0, count // 2, count - 1)
    if len(text) == count and all(
        api.FPDFText_GetTextIndexFromCharIndex(handle, i) == i for i in ends
    ):
        return text
    # Characters left out or beyond the Basic Multilingual Plane: the slow way is exact.
    codes = [api.FPDFText_GetUnicode(handle, i) for i in range(count)]
    return _paired("".join(chr(code) if code < 0x110000 else "\ufffd" for code in codes))


def _paired(text: str) -> str:
    """Return the text, of the same length, with pairs of surrogates as what they mean."""
    if not any("\ud800" <= c <= "\udfff" for c in text):
        return text
    joined = re.sub(
        "([\ud800-\udbff])([\udc00-\udfff])",
        lambda m: (m[1] + m[2]).encode("utf-16", "surrogatepass").decode("utf-16") + "\u2060",
        text,
    )
    return re.sub("[\ud800-\udfff]", "\ufffd", joined)


def around(a: Box, b: Box) -> Box:
    """Return the smallest box that holds both."""
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])


def on_one_line(a: Box, b: Box) -> bool:
    """Tell whether two boxes share half of the lower one's height."""
    overlap = min(a[3], b[3]) - max(a[1], b[1])
    return overlap >= 0.5 * min(a[3] - a[1], b[3] - b[1])
