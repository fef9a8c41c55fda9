"""Tables that hold data, told apart from tables that only lay out a page."""

from __future__ import annotations

from dataclasses import dataclass

from selectolax.lexbor import LexborNode

# Beyond this a cell is no datum; with header cells it may hold a description.
_LONG_CELL = 600
_LONG_DESCRIPTION = 2_000
_CELLS = frozenset(("td", "th"))
_HEADERS = frozenset(("caption", "th", "thead"))
# No cell of a table of data holds these; the others only under header cells.
_NEVER_IN_DATA = frozenset(("article", "form", "h1", "h2", "h3", "hr", "listing", "pre", "section"))
_PAGE_PARTS = frozenset(("blockquote", "dl", "h4", "h5", "h6", "nav", "ol", "ul"))


@dataclass(slots=True)
class _Table:
    """A table and what was found in it so far; the last three belong to its open cell."""

    node: LexborNode
    never_data: bool
    header: bool = False
    page_parts: bool = False
    rows: int = 0
    cells: int = 0
    longest: int = 0
    characters: int = 0
    paragraphs: int = 0

    def end_cell(self) -> None:
        self.longest = max(self.longest, self.characters)
        self.page_parts = self.page_parts or self.paragraphs > 1
        self.characters = self.paragraphs = 0

    def is_layout(self) -> bool:
        if self.never_data or self.cells <= 1:
            return True
        if self.header:
            return self.longest > _LONG_DESCRIPTION
        return self.page_parts or self.longest > _LONG_CELL or self.rows <= 1


def layout_tables(root: LexborNode | None) -> frozenset[int]:
    """Return the ``mem_id`` of every table under ``root`` that is no table of data.

    Those are tables with another inside, with parts of a page in their cells, with a single row
    or cell, or said to be for presentation.
    """
    found: set[int] = set()
    tables: list[_Table] = []
    node = root
    while node is not None:
        tag = node.tag or ""
        if tag == "table":
            if tables:
                tables[-1].never_data = True
            presentation = node.attributes.get("role") in ("none", "presentation")
            tables.append(_Table(node, presentation))
        elif tables:
            _note(tables[-1], tag, node)
        following = node.first_child
        while following is None and node is not None:
            if tables and tag == "table" and tables[-1].node.mem_id == node.mem_id:
                tables[-1].end_cell()
                if tables.pop().is_layout():
                    found.add(node.mem_id)
            following = node.next
            if following is None:
                node = node.parent
                tag = node.tag or "" if node is not None else ""
        node = following
    return frozenset(found)


def _note(table: _Table, tag: str, node: LexborNode) -> None:
    if tag == "-text":
        # White space between tags is no text of a cell.
        table.characters += len((node.text_content or "").strip())
    elif tag in _CELLS:
        table.end_cell()
        table.cells += 1
        table.header = table.header or tag == "th"
    elif tag == "tr":
        table.rows += 1
    elif tag in _HEADERS:
        table.header = True
    elif tag == "p":
        table.paragraphs += 1
    elif tag in _NEVER_IN_DATA:
        table.never_data = True
    elif tag in _PAGE_PARTS:
        table.page_parts = True
