"""The text of a Word document as blocks in reading order: what a reader would see, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from qa_service.errors import DocumentDamaged
from qa_service.reading.docx.numbering import Numbering
from qa_service.reading.docx.package import Element, Package, attribute, child, is_on, name_of
from qa_service.reading.docx.revisions import accept_revisions
from qa_service.reading.docx.runs import Runs, RunText
from qa_service.reading.docx.styles import (
    ListPlace,
    StyleFacts,
    Styles,
    list_place,
    outline_level,
)

_TRANSPARENT = frozenset(
    [
        "w:sdtContent",
        "w:customXml",
        "w:smartTag",
        "w:ins",
        "w:moveTo",
        "mc:AlternateContent",
        "mc:Choice",
        "mc:Fallback",
    ]
)
# A longer "heading" is body text in a heading's clothes; a longer cell is a page in a table's.
_LONGEST_HEADING = 250
_LONGEST_CELL = 1000
_LONGEST_LONE_CELL = 200


class Kind(Enum):
    """What a block is; neighbours of one kind other than PARAGRAPH may belong together."""

    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph or table row: ``marker`` is a list's, ``path`` leads to the element.

    ``depth`` is how far a bullet is nested, from 0.
    ``level`` is 1 to 9 for a heading. ``table`` numbers the table of a row. ``is_aside`` marks
    contents, page headers and page footers.
    """

    text: str
    path: str
    kind: Kind = Kind.PARAGRAPH
    marker: str = ""
    level: int = 0
    depth: int = 0
    table: int = 0
    is_title: bool = False
    is_aside: bool = False


class Blocks:
    """Walks one document; ``languages`` counts characters by language tag while it is read."""

    def __init__(self, package: Package, document_id: str) -> None:
        self._package = package
        self._id = document_id
        self._main = package.main_part()
        self._relationships = package.relationships(self._main)
        self.styles = Styles(self._related("styles"))
        self._numbering = Numbering(self._related("numbering"), self.styles)
        self._runs = Runs(self.styles)
        self._margins: dict[str, None] = {}
        self._tables = 0

    @property
    def languages(self) -> Counter[str]:
        """How many characters stand in which language tag; "" is the default language."""
        return self._runs.languages

    def read(self) -> Iterator[Block]:
        """Yield the blocks of the body, then the notes, then page headers and footers."""
        root = self._package.xml(self._main)
        body = child(root, "body")
        if body is None:
            raise DocumentDamaged(
                f"{self._id}: {self._main} has no body",
                "save it with a word processor, or remove it",
            )
        accept_revisions(root)
        yield from self._flow(body, f"/{self._main}/body")
        yield from self._notes()
        yield from self._page_margins()

    def _related(self, kind: str) -> Element | None:
        part = self._part(kind)
        return self._package.xml(part) if part else None

    def _part(self, kind: str) -> str:
        parts = (r.part for r in self._relationships.values() if r.kind == kind)
        return next(parts, "")

    def _flow(self, container: Element, path: str, is_aside: bool = False) -> Iterator[Block]:
        for element, here in _numbered(container, path):
            name = name_of(element)
            if name == "w:p":
                yield from self._paragraph(element, here, is_aside)
            elif name == "w:tbl":
                yield from self._table(element, here, is_aside)
            elif name == "w:sdt":
                properties = child(element, "sdtPr")
                gallery = attribute(child(properties, "docPartObj", "docPartGallery"), "val")
                if not is_on(child(properties, "showingPlcHdr")):
                    contents = is_aside or gallery == "Table of Contents"
                    yield from self._flow(element, here, contents)
            elif name in _TRANSPARENT:
                yield from self._flow(element, here, is_aside)
            elif name == "w:sectPr":
                self._note_margins(element)
            elif name == "w:altChunk":
                raise DocumentDamaged(
                    f"{self._id}: holds an embedded document (altChunk) instead of its text",
                    "open it in a word processor and save it as DOCX again",
                )
            elif name not in ("w:sdtPr", "w:sdtEndPr", "w:tcPr"):
                # Runs and equations that stand where paragraphs should.
                run = self._runs.read_element(element)
                if text := _tidy(run.text):
                    yield Block(text, here, is_aside=is_aside)
                yield from self._boxes(run, here, is_aside)

    def _paragraph(self, element: Element, path: str, is_aside: bool) -> Iterator[Block]:
        properties = child(element, "pPr")
        if (section := child(properties, "sectPr")) is not None:
            self._note_margins(section)
        style = self.styles.look_up(self.styles.of_paragraph(properties))
        run = self._runs.read(element, hidden=style.is_hidden)
        stated = child(properties, "outlineLvl")
        level = style.level if stated is None else outline_level(stated)
        if style.is_title:
            level = 1
        place = list_place(properties) or style.list_place
        marker = self._marker(place, style)
        depth = place.level if place and marker == "-" else 0
        is_aside = is_aside or style.is_contents or run.is_contents
        text = run.text.strip("\n").rstrip() if style.is_code else _tidy(run.text)
        if level and not is_aside and len(text) <= _LONGEST_HEADING:
            if text := " ".join(text.split()):
                marker = "" if marker == "-" else marker
                yield Block(text, path, marker=marker, level=level, is_title=style.is_title)
        elif text.strip():
            kind = Kind.ITEM if marker else Kind.CODE if style.is_code else Kind.PARAGRAPH
            yield Block(text, path, kind, marker, depth=depth, is_aside=is_aside)
        yield from self._boxes(run, path, is_aside)

    def _marker(self, place: ListPlace | None, style: StyleFacts) -> str:
        marker = self._numbering.marker(place) if place else None
        if marker is None and style.is_bullet and (place is None or place.number != "0"):
            return "-"
        return marker or ""

    def _boxes(self, run: RunText, path: str, is_aside: bool) -> Iterator[Block]:
        """Yield what floats beside a paragraph: text boxes, and the text of drawings."""
        positions: dict[Element, int] = {}
        for box in run.boxes:
            here = path + _descent(box, path, positions)
            if name_of(box) == "w:txbxContent":
                yield from self._flow(box, here, is_aside)
            elif name_of(box) == "dgm:relIds":
                yield from self._diagram(attribute(box, "dm"), is_aside)
            elif text := _drawn(box):
                yield Block(text, here, is_aside=is_aside)

    def _diagram(self, identity: str, is_aside: bool) -> Iterator[Block]:
        relationship = self._relationships.get(identity)
        root = self._package.xml(relationship.part) if relationship else None
        if relationship is None or root is None:
            return
        for number, point in enumerate(root.iterfind(".//{*}pt"), 1):
            if text := _drawn(point):
                path = f"/{relationship.part}/ptLst/pt[{number}]"
                yield Block(text, path, is_aside=is_aside)

    def _table(self, element: Element, path: str, is_aside: bool) -> Iterator[Block]:
        """Yield a table row by row; or, where it only lays out a page, what its cells hold."""
        rows: list[tuple[str, list[list[Block]]]] = []
        for row, row_path in _inside(element, path, "w:tr"):
            properties = child(row, "trPr")
            if child(properties, "del") is not None or is_on(child(properties, "hidden")):
                continue
            cells = [
                list(self._flow(cell, cell_path, is_aside))
                for cell, cell_path in _inside(row, row_path, "w:tc")
                if child(cell, "tcPr", "cellDel") is None
            ]
            rows.append((row_path, cells))
        if _is_layout([cells for _, cells in rows]):
            yield from (block for _, cells in rows for cell in cells for block in cell)
            return
        self._tables += 1
        number = self._tables
        for row_path, cells in rows:
            text = " | ".join(_cell_text(cell) for cell in cells).strip()
            if text.strip(" |"):
                yield Block(text, row_path, Kind.ROW, table=number, is_aside=is_aside)

    def _notes(self) -> Iterator[Block]:
        for kind in ("footnotes", "endnotes"):
            part = self._part(kind)
            root = self._package.xml(part) if part and self._runs.notes[kind] else None
            if root is None:
                continue
            accept_revisions(root)
            notes = {
                attribute(note, "id"): (note, path) for note, path in _numbered(root, f"/{part}")
            }
            for identity, marker in list(self._runs.notes[kind].items()):
                if identity in notes:
                    first = True
                    for block in self._flow(*notes[identity]):
                        label = " ".join(filter(None, (marker, block.marker)))
                        yield replace(block, marker=label, level=0) if first else block
                        first = False

    def _note_margins(self, section: Element) -> None:
        for reference in section.iterchildren("{*}headerReference", "{*}footerReference"):
            relationship = self._relationships.get(attribute(reference, "id"))
            if relationship:
                self._margins.setdefault(relationship.part)

    def _page_margins(self) -> Iterator[Block]:
        """Yield the text of page headers and footers, each once, however many there are."""
        seen: set[str] = set()
        for part in list(self._margins):
            root = self._package.xml(part)
            if root is None:
                continue
            accept_revisions(root)
            for block in self._flow(root, f"/{part}", is_aside=True):
                if block.text not in seen:
                    seen.add(block.text)
                    yield block


def _numbered(container: Element, path: str) -> Iterator[tuple[Element, str]]:
    """Yield the child elements, each with its path: ``path/name[n]``, n counted by name."""
    counts: Counter[str] = Counter()
    for element in container:
        if isinstance(element.tag, str):
            local = element.tag.rpartition("}")[2]
            counts[local] += 1
            yield element, f"{path}/{local}[{counts[local]}]"


def _inside(container: Element, path: str, wanted: str) -> Iterator[tuple[Element, str]]:
    """Yield the elements of one name in ``container``, through wrappers that show nothing."""
    for element, here in _numbered(container, path):
        name = name_of(element)
        if name == wanted:
            yield element, here
        elif name == "w:sdt" or name in _TRANSPARENT:
            yield from _inside(element, here, wanted)


def _descent(element: Element, path: str, positions: dict[Element, int]) -> str:
    """Return the steps from the paragraph or wrapper at ``path`` down to an element inside it.

    ``positions`` remembers the elements that were counted for others before.
    """
    top = path.rpartition("/")[2].partition("[")[0]
    steps: list[str] = []
    while element is not None:
        local = element.tag.rpartition("}")[2]
        if steps and local == top:
            break
        parent = element.getparent()
        if parent is not None and element not in positions:
            for sibling, step in _numbered(parent, ""):
                positions[sibling] = int(step.rpartition("[")[2][:-1])
        steps.append(f"/{local}[{positions.get(element, 1)}]")
        element = parent
    return "".join(reversed(steps))


def _is_layout(rows: list[list[list[Block]]]) -> bool:
    """Tell whether a table is a page's layout: headings, tables or long texts in its cells."""
    lone = max((len(cells) for cells in rows), default=0) <= 1
    for cell in (cell for cells in rows for cell in cells):
        if any(block.level or block.table or block.kind is Kind.CODE for block in cell):
            return True
        size = sum(len(block.text) for block in cell)
        if size > _LONGEST_CELL or (lone and (len(cell) > 1 or size > _LONGEST_LONE_CELL)):
            return True
    return False


def _cell_text(cell: list[Block]) -> str:
    return " ".join(" ".join(f"{block.marker} {block.text}".split()) for block in cell)


def _drawn(element: Element) -> str:
    """Return the text of a drawing's paragraph or point, on one line."""
    return " ".join("".join(t.text or "" for t in element.iterfind(".//{*}t")).split())


def _tidy(text: str) -> str:
    """Return a paragraph's text without blank margins."""
    lines = [line.strip(" \t") for line in text.split("\n")]
    return "\n".join(lines).strip()
