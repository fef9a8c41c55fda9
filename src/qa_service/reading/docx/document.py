"""Word documents: their text in reading order, with the way back to every paragraph."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from qa_service.reading.docx.blocks import Block, Blocks, Kind
from qa_service.reading.docx.package import Package
from qa_service.reading.docx.properties import language_of, read_properties
from qa_service.reading.files import CorpusFile
from qa_service.reading.titles import title_from_name
from qa_service.records import Document, Heading, Place, Span

# Longer items read as paragraphs of their own.
_LONGEST_CLOSE_ITEM = 200


def read_docx(file: CorpusFile, data: bytes) -> Document:
    """Return the document of a Word file (Office Open XML).

    Its text is what a reader sees: paragraphs divided by blank lines, list items with their
    markers, tables a row a line with cells divided by " | ", text boxes after the paragraph they
    hang on, then foot- and endnotes under their markers, then page headers and footers. Changes
    count as accepted; comments and hidden text are left out. Contents, page headers and page
    footers are boilerplate. The title is the stated one, else a title paragraph, else the first
    top heading, else the file's name.

    Raises DocumentDamaged, DocumentProtected (encrypted) and DocumentTooLarge (a zip bomb).
    """
    package = Package(data, file.id)
    walk = Blocks(package, file.id)
    blocks = list(walk.read())
    assembled = _Assembly(blocks)
    properties = read_properties(package, file.id)
    titles = (block.text for block in blocks if block.is_title)
    tops = (block.text for block in blocks if block.level == 1)
    return Document(
        id=file.id,
        title=properties.title or next(titles, "") or next(tops, "") or title_from_name(file.id),
        text=assembled.text,
        sha256=hashlib.sha256(data).hexdigest(),
        metadata=properties.metadata,
        headings=tuple(assembled.headings),
        boilerplate=tuple(assembled.boilerplate),
        blocks=tuple(assembled.kept_whole),
        places=tuple(assembled.places),
        language=language_of(assembled.text, walk.languages, walk.styles.default_languages()),
    )


class _Assembly:
    """Blocks joined to one text, and where each of them stands in it."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self.headings: list[Heading] = []
        self.boilerplate: list[Span] = []
        self.kept_whole: list[Span] = []
        self.places: list[Place] = []
        parts: list[str] = []
        at = 0
        previous: Block | None = None
        for block in blocks:
            gap = _gap(previous, block) if previous else ""
            text = f"{block.marker} {block.text}" if block.marker else block.text
            start = at + len(gap)
            end = start + len(text)
            parts += (gap, text)
            self._note(block, text, start, end, goes_on=gap.count("\n") == 1)
            at, previous = end, block
        self.text = "".join([*parts, "\n"] if parts else [])

    def _note(self, block: Block, text: str, start: int, end: int, *, goes_on: bool) -> None:
        self.places.append(Place(start, end, path=block.path))
        if block.level:
            self.headings.append(Heading(block.level, text, start, end))
        if block.is_aside:
            self.boilerplate.append(Span(start, end))
        elif block.kind in (Kind.ROW, Kind.CODE):
            if goes_on:
                start = self.kept_whole.pop().start
            self.kept_whole.append(Span(start, end))


def _gap(previous: Block, block: Block) -> str:
    """Return a line break (and a bullet's indent) inside what belongs together, else two."""
    if block.kind is not previous.kind or block.is_aside != previous.is_aside:
        return "\n\n"
    match block.kind:
        case Kind.ROW:
            close = block.table == previous.table
        case Kind.ITEM:
            close = max(len(block.text), len(previous.text)) <= _LONGEST_CLOSE_ITEM
        case _:
            close = block.kind is Kind.CODE
    return "\n" + "  " * block.depth if close else "\n\n"
