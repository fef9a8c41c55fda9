"""A parsed page as text: its lines in order, and which element each of them came from."""

from __future__ import annotations

import re
from collections import Counter

from selectolax.lexbor import LexborNode

from qa_service.reading.html.elements import (
    HEADINGS,
    LEFT_OUT,
    LISTS,
    PREFORMATTED,
    alternative_text,
    beginning_of,
    caption_of,
    is_block,
    is_heading_control,
    is_hidden,
    line_ends,
)
from qa_service.reading.html.frame import Frame
from qa_service.reading.html.lists import OpenList, item_marker
from qa_service.reading.html.page import PageText, Region
from qa_service.reading.html.tables import layout_tables
from qa_service.reading.html.writer import LineWriter, Tally
from qa_service.records import Heading, Place, Span

_POWER = re.compile(r"[+\-−–]?\d{1,3}")
_POWERED = frozenset("0123456789)]")
_PERHAPS_EMPTY = LEFT_OUT | {"a", "br", "hr", "img", "math"}
# What links to a heading itself show beside it.
_ANCHOR_MARKS = frozenset(("", "\u200b", "¶", "#", "§", "🔗", "∞"))


def page_text(root: LexborNode | None) -> PageText:
    """Return the text of the page under ``root``, its ``html`` element.

    Paragraphs are divided by blank lines; headings, list items, table rows and ``<br>`` end lines;
    preformatted text stays as it is. A place names the innermost block element around its text.
    """
    walk = _Walk(layout_tables(root))
    walk.run(root)
    text = "".join(walk.writer.parts)
    return PageText(
        text,
        tuple(walk.headings),
        tuple(_without_line_ends(text, span) for span in walk.blocks),
        tuple(walk.places),
        tuple(walk.regions),
    )


def _without_line_ends(text: str, span: Span) -> Span:
    start = span.start
    while text[start] == "\n":
        start += 1
    return Span(start, span.end)


class _Walk:
    """Enters and leaves every element in order of the document, without recursion."""

    def __init__(self, layout: frozenset[int]) -> None:
        self.writer = LineWriter()
        self.headings: list[Heading] = []
        self.blocks: list[Span] = []
        self.places: list[Place] = []
        self.regions: list[Region] = []
        self._layout = layout
        self._frames: list[Frame] = []
        self._owners: list[Frame] = []  # the open elements that are regions
        self._last_owner: Frame | None = None
        self._open: Counter[str] = Counter()
        self._lists: list[OpenList] = []
        self._tables: list[bool] = []  # whether they hold data
        self._flat = 0  # open headings, captions and rows: what is in them makes one line
        self._cells = 0  # of the open row, still to be parted from the text before
        self._readings: list[str] = []
        self._line_start = self.writer.counts()

    def run(self, node: LexborNode | None) -> None:
        while node is not None:
            following = None
            if self._enter(node):
                following = node.first_child
                if following is None:
                    self._leave()
            if following is None and self._frames:
                following = node.next
            while following is None and self._frames:
                node = self._frames[-1].node
                self._leave()
                following = node.next if self._frames else None
            node = following

    def _enter(self, node: LexborNode) -> bool:
        """Open an element and return True; False for what is no element or is left out."""
        tag = node.tag or ""
        if tag == "-text":
            self._add(node.text_content or "")
            return False
        if not node.is_element_node:
            return False
        frame = Frame.of(node, tag, self._frames[-1] if self._frames else None)
        attributes = node.attributes
        if (attributes and is_hidden(tag, attributes)) or self._is_empty(frame, attributes):
            return False
        self._frames.append(frame)
        self._open[tag] += 1
        if not is_block(tag, attributes):
            self._enter_inline(frame, attributes)
        elif self._flat or self.writer.verbatim:
            frame.is_block = True
            self._part()
            if tag in ("td", "th") and frame.nth > 1:
                self._cells += 1
        else:
            self._enter_block(frame, attributes)
        return True

    def _leave(self) -> None:
        frame = self._frames.pop()
        if frame.region >= 0:
            self._leave_block(frame)
        elif frame.is_block:
            self._part()
        else:
            self._leave_inline(frame)
        self._open[frame.tag] -= 1

    def _is_empty(self, frame: Frame, attributes: dict[str, str | None]) -> bool:
        """Tell whether the content of an element is not walked; write what it stands for."""
        tag = frame.tag
        if tag not in _PERHAPS_EMPTY and not self._flat:
            return False
        if tag == "br":
            self._break_line()
        elif tag == "hr":
            self._divide(2)
        elif tag == "img":
            text = alternative_text(attributes)
            captions = [figure.note for figure in self._frames if figure.tag == "figure"]
            if text and not any(text in caption for caption in captions):
                self._add(f" {text} ")
        elif tag == "math":
            self._add(attributes.get("alttext") or frame.node.text() or "")
        elif self._flat and is_heading_control(attributes):
            return True
        elif tag == "button":
            return self._in_heading()  # it does something with it; one before may be all of it
        elif tag == "a":
            return beginning_of(frame.node)[0] in _ANCHOR_MARKS
        else:
            return tag in LEFT_OUT
        return True

    def _in_heading(self) -> bool:
        """Tell whether a heading is open that has some text by now."""
        is_open = any(self._open[tag] for tag in HEADINGS)
        return is_open and bool(self.writer.last_character())

    # Lines

    def _add(self, text: str) -> None:
        if self._open["rt"] and self._open["ruby"]:
            self._readings.append(text)
            return
        if self._cells and not text.isspace():
            self.writer.space()
            self.writer.add("| " * self._cells)
            self._cells = 0
        self.writer.add(text, in_link=self._open["a"] > 0)

    def _part(self) -> None:
        """Keep a block inside a heading, a row or preformatted text apart from its neighbours."""
        if not self.writer.verbatim:
            self.writer.space()
        elif self.writer.last_character() not in ("", "\n"):
            self.writer.add("\n")

    def _break_line(self) -> None:
        if self.writer.verbatim:
            self.writer.add("\n")
        elif self._flat:
            self.writer.space()
        else:
            is_second = not self._end_line()
            self._divide(min(self.writer.pending + 1, 2) if is_second else 1)

    def _divide(self, lines: int) -> None:
        if self._flat or self.writer.verbatim:
            self._part()
        else:
            self._end_line()
            self.writer.divide(lines)

    def _end_line(self) -> Span | None:
        span = self.writer.end_line()
        if span is None or not self._owners:
            return span
        owner = self._owners[-1]
        before, self._line_start = self._line_start, self.writer.counts()
        if self.writer.links > before[2] + 1 and not self.writer.verbatim:
            tally = Tally.between(before, self._line_start)
            self.regions.append(Region("-line", "", "", owner.region, span.start, span.end, tally))
        if owner is self._last_owner and self.places and self.places[-1].path == owner.path():
            self.places[-1] = Place(self.places[-1].start, span.end, path=owner.path())
        elif path := owner.path():
            self.places.append(Place(span.start, span.end, path=path))
        self._last_owner = owner
        return span

    # Blocks

    def _enter_block(self, frame: Frame, attributes: dict[str, str | None]) -> None:
        tag = frame.tag
        in_item = self._open["li"] > (tag == "li")
        self._divide(line_ends(tag, in_item))
        frame.region = len(self.regions)
        frame.before = self.writer.counts()
        self.regions.append(
            Region(
                tag=tag,
                role=(attributes.get("role") or "").strip().lower(),
                words=f"{attributes.get('class') or ''} {attributes.get('id') or ''}".strip(),
                parent=self._owners[-1].region if self._owners else -1,
                start=self.writer.length,
            )
        )
        self._owners.append(frame)
        if tag in LISTS:
            self._lists.append(OpenList.of(frame.node))
        elif tag == "li":
            self.writer.marker = item_marker(self._lists, attributes.get("value"))
        elif tag == "table":
            self._tables.append(frame.node.mem_id not in self._layout)
        elif tag == "figure":
            frame.note = caption_of(frame.node)
        elif tag in PREFORMATTED:
            self.writer.verbatim = True
        if self._is_one_line(tag):
            self._flat += 1
            self._cells = 0

    def _leave_block(self, frame: Frame) -> None:
        tag = frame.tag
        region = self.regions[frame.region]
        line = self._end_line()
        self.writer.verbatim = False
        if self._is_one_line(tag):
            self._flat -= 1
            self._cells = 0
        if line and tag in HEADINGS and not self._open["blockquote"]:
            title = " ".join(self.writer.last_line.split())
            self.headings.append(Heading(HEADINGS[tag], title, line.start, line.end))
        self._divide(line_ends(tag, self._open["li"] > (tag == "li")))
        self._owners.pop()
        region.end = self.writer.length
        region.tally = Tally.between(frame.before, self.writer.counts())
        is_kept_whole = tag in PREFORMATTED
        if tag in LISTS:
            self._lists.pop()
        elif tag == "li":
            self.writer.marker = ""
            self.writer.pending = min(self.writer.pending, 1)
        elif tag == "table":
            is_kept_whole = self._tables.pop()
        if is_kept_whole and region.end > region.start:
            self.blocks.append(Span(region.start, region.end))

    def _is_one_line(self, tag: str) -> bool:
        if tag in ("caption", "tr"):
            return bool(self._tables) and self._tables[-1]
        return tag in HEADINGS

    # Inline elements

    def _enter_inline(self, frame: Frame, attributes: dict[str, str | None]) -> None:
        if frame.tag == "a" and "href" in attributes:
            self.writer.links += 1
            if self.writer.after_link:
                self.writer.space()
        elif frame.tag == "sup":
            text, has_link = beginning_of(frame.node)
            if has_link and text.isdigit():
                frame.note = "]"
                self._add("[")
            elif _POWER.fullmatch(text) and self.writer.last_character() in _POWERED:
                self._add("^")

    def _leave_inline(self, frame: Frame) -> None:
        if frame.tag == "a":
            self.writer.after_link = True
        elif frame.tag == "sup" and frame.note:
            self._add(frame.note)
        elif frame.tag == "ruby" and self._readings:
            reading = "".join("".join(self._readings).split())
            self._readings.clear()
            if reading:
                self._add(f"({reading})")
