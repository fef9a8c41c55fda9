"""Plain text: the decoded file, with the title and headings that its layout shows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from qa_service.reading.boilerplate import FILLED_LINE, navigation_spans
from qa_service.reading.encoding.decoding import decode_detected
from qa_service.reading.files import CorpusFile
from qa_service.reading.titles import title_from_name
from qa_service.records import Document, Heading, Span

_LONGEST_TITLE = 200
_LONGEST_HEADING = 80
# What follows a heading is prose, not one more short line of a list or a poem.
_SHORTEST_BODY = 80

_BLOCK = re.compile(rf"^{FILLED_LINE}(?:\n{FILLED_LINE})*+", re.MULTILINE)
_SENTENCE_END = re.compile(r"[.!?…。！？।؟۔,;:，；：、][\"'”’»)\]]*$")
_LETTER = re.compile(r"[^\W\d_]")
_NOT_A_TITLE = re.compile(r"[-*+•|>=~`]|\(?\d{1,3}\)|\w+://|[\w.+-]+@[\w-]+\.\w+$")
_NUMBERED = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2})*)\.?[ \t]+(?=[^\W\d_])")
_NAMED = re.compile(
    r"(?:chapter|section|part|appendix|глава|раздел|часть|kapitel|teil|abschnitt|chapitre|partie"
    r"|capítulo|sección|bölüm|fəsil|bölmə)\s+[\divxlc]+\b"
    r"|第[一二三四五六七八九十百\d]+[章节節部編编]|[一二三四五六七八九十]{1,3}、",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines between blank lines, trimmed."""

    start: int
    end: int
    text: str


def read_text(file: CorpusFile, data: bytes) -> Document:
    """Return the document of a plain text file; raises DocumentUndecodable.

    Its text is the decoded file, character for character. The first line is its title where it
    stands alone, is short and ends like no sentence; else the file's name is. Other lines are
    headings only where that is hard to doubt: alone, short, numbered or capitalised, above prose.
    """
    decoded = decode_detected(data, file.id)
    read = Document(
        id=file.id,
        title="",
        text=decoded.text,
        sha256=hashlib.sha256(data).hexdigest(),
        metadata=decoded.metadata,
    )
    return with_boilerplate(read, navigation_spans(read.text))


def with_boilerplate(document: Document, boilerplate: tuple[Span, ...]) -> Document:
    """Return a plain text document with title and headings as they are beside this boilerplate."""
    text = document.text
    blocks = list(_blocks(text, boilerplate))
    headings: list[Heading] = []
    title = ""
    if blocks and _is_title(blocks[0].text):
        title = blocks[0].text
        headings.append(Heading(1, title, blocks[0].start, blocks[0].end))
    for block, following in zip(
        blocks[1 if title else 0 :], blocks[2 if title else 1 :], strict=False
    ):
        level = _heading_level(block.text)
        if level and len(following.text) >= _SHORTEST_BODY:
            headings.append(Heading(level, block.text, block.start, block.end))
    return replace(
        document,
        title=title or title_from_name(document.id),
        headings=tuple(headings),
        boilerplate=boilerplate,
    )


def _blocks(text: str, boilerplate: tuple[Span, ...]) -> Iterator[_Block]:
    at = 0
    for hole in (*boilerplate, Span(len(text), len(text))):
        for match in _BLOCK.finditer(text, at, hole.start):
            stripped = match.group().strip()
            start = match.start() + len(match.group()) - len(match.group().lstrip())
            yield _Block(start, start + len(stripped), stripped)
        at = hole.end


def _is_line(line: str, longest: int) -> bool:
    return (
        len(line) <= longest
        and "\n" not in line
        and _LETTER.search(line) is not None
        and _NOT_A_TITLE.match(line) is None
        and "\t" not in line
    )


def _is_title(line: str) -> bool:
    # A question may be a title ("Who owns the Arctic?"); another sentence is not.
    return _is_line(line, _LONGEST_TITLE) and not _SENTENCE_END.search(line.removesuffix("?"))


def _heading_level(line: str) -> int:
    """Return the level of a stand-alone line that is surely a heading, or 0."""
    if not _is_line(line, _LONGEST_HEADING) or _SENTENCE_END.search(line):
        return 0
    numbered = _NUMBERED.match(line)
    if numbered and not line[numbered.end()].islower():
        return min(2 + numbered["number"].count("."), 6)
    if _NAMED.match(line):
        return 2
    letters = [c for c in line if c.isalpha()]
    if len(letters) >= 4 and all(c.isupper() for c in letters):
        return 2
    words = [word for word in re.findall(r"[^\W\d_]+", line) if len(word) > 3]
    return 2 if words and len(line.split()) <= 10 and all(w[0].isupper() for w in words) else 0
