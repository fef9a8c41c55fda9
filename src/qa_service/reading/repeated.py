"""Boilerplate that only a whole corpus gives away: a site's own lines, the same on page after page.

A line is marked when all of this holds:

- it speaks of the site: most of its words are those of navigation, or it lists short items between
  separators ("Home | Products"), or it is a notice about cookies, newsletters and the like;
- it stands at the head or the tail of its document, or beside other boilerplate, nothing but
  headings and lines like it in between; a paragraph is marked whole or not at all;
- it stands there, word for word, in many documents of one format and folder: a fifth, and three.

That a line is repeated is not enough: "Shipping takes three days" may be the answer on every page.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from qa_service.reading.boilerplate import filled_lines
from qa_service.reading.navigation import PHRASES, WORDS
from qa_service.reading.text.links import without_addresses
from qa_service.reading.text.plain import with_boilerplate
from qa_service.records import Document, Span

_LONGEST = 200  # characters of a line; a text of longer lines does not wrap its paragraphs
_BODY = 500  # characters
_FEWEST = 3
_SHARE = 0.2
_LONGEST_ITEM = 30
_MOST_WORDS = 4  # of an item between separators
_NAVIGATION_SHARE = 0.5

_VOCABULARY = PHRASES | WORDS
_LONGEST_PHRASE = max(len(phrase.split()) for phrase in PHRASES)
_WORD = re.compile(r"\w[\w'-]*")
_SEPARATOR = re.compile(r"\s*[|•›»→]\s*|\s+[·>/]\s+")
_NOT_AN_ITEM = re.compile(r"[\d@:.!?]")
_COOKIE = re.compile(r"\bcookies?\b|\bкуки\b|\bçerez|クッキー")
_OF_A_SITE = re.compile(
    r"(?:ac?cept|akzept|accett|aceit|consent|zustimm|polic|richtlinie|\bsite|seite|\bsitio|\bsito|"
    r"browser|experience|setting|einstellung|param[eè]tr|preferen|privacy|datenschutz|verwend|"
    r"utilis|utiliz|\busa|\buse|использ|соглас|сайт|kullan|istifad|使用)"
)
_NOTICE = re.compile(
    r"\bnewsletter|\bjavascript\b|\bprivacy policy\b|\bterms of (?:use|service)\b|\bpowered by\b|"
    r"\ball rights reserved\b|\bdatenschutzerkl|\bрассылк|политик\w* конфиденциальности"
)


def mark_repeated(documents: Sequence[Document]) -> list[Document]:
    """Return the documents with the lines that many of them repeat marked as boilerplate.

    The marks depend on the set of documents alone: given documents ``as_read``, the same ones come
    out however they came about. A document that holds nothing else keeps its lines, and copies of
    one document count once. Raise ``READING_VERSION`` with every change here.
    """
    suspects: list[set[str]] = []
    holders: dict[_Group, set[str]] = defaultdict(set)
    lines: dict[tuple[_Group, str], set[str]] = defaultdict(set)
    for document in documents:
        own = {_line(document, span) for span in _reached(document, _is_of_site)}
        body = _body(document.text)
        for group in _groups(document.id):
            holders[group].add(body)
            for line in own:
                lines[group, line].add(body)
        suspects.append(own)
    repeated = {
        key
        for key, found in lines.items()
        if len(found) >= max(_FEWEST, math.ceil(_SHARE * len(holders[key[0]])))
    }
    marked: list[Document] = []
    for document, own in zip(documents, suspects, strict=True):
        groups = _groups(document.id)
        known = {line for line in own if any((group, line) in repeated for group in groups)}
        marked.append(_marked(document, known) if known else document)
    return marked


def as_read(document: Document) -> Document:
    """Return the document as its file alone gives it."""
    if not document.repeated:
        return document
    gone = set(document.repeated)
    kept = tuple(span for span in document.boilerplate if span not in gone)
    return replace(_with_boilerplate(document, kept), repeated=())


_Group = tuple[str, str]
"""A folder, those below it included, and the suffix of a format."""


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """Lines that are marked together or not at all. ``edge`` is boilerplate already, ``passed`` a
    heading, ``fixed`` part of a block.
    """

    lines: tuple[Span, ...]
    edge: bool = False
    passed: bool = False
    fixed: bool = False


def _marked(document: Document, repeated: set[str]) -> Document:
    found = _reached(document, repeated.__contains__)
    beside = (paragraph for paragraph in _paragraphs(document) if not paragraph.edge)
    if not found or len(found) == sum(len(paragraph.lines) for paragraph in beside):
        return document
    boilerplate = sorted((*document.boilerplate, *found), key=lambda span: (span.start, span.end))
    return replace(_with_boilerplate(document, tuple(boilerplate)), repeated=tuple(found))


def _with_boilerplate(document: Document, boilerplate: tuple[Span, ...]) -> Document:
    if _suffix(document.id) == ".txt":  # its title and headings are guessed from its lines
        return with_boilerplate(document, boilerplate)
    return replace(document, boilerplate=boilerplate)


def _reached(document: Document, holds: Callable[[str], bool]) -> list[Span]:
    """Return the lines of the paragraphs with ``holds`` true of every line that are reached from an
    end of the document, or from other boilerplate, over nothing but such and headings; in order."""
    paragraphs = list(_paragraphs(document))
    found = [False] * len(paragraphs)
    for places in (range(len(paragraphs)), reversed(range(len(paragraphs)))):
        near = True
        for place in places:
            one = paragraphs[place]
            if one.edge:
                near = True
            elif near and not one.passed:
                near = not one.fixed and all(holds(_line(document, span)) for span in one.lines)
                found[place] |= near
    return [
        span for one, is_in in zip(paragraphs, found, strict=True) if is_in for span in one.lines
    ]


def _paragraphs(document: Document) -> Iterator[_Paragraph]:
    text = document.text
    guessed = _suffix(document.id) == ".txt"  # a heading may be one of the site's lines
    headings = [] if guessed else [Span(h.start, h.end) for h in document.headings]
    edge, passed, fixed = (
        _Sweep(marked) for marked in (document.boilerplate, headings, document.blocks)
    )
    spans = list(filled_lines(text))
    wrapped = _suffix(document.id) in (".txt", ".md") and all(
        span.end - span.start <= _LONGEST for span in spans
    )
    open_lines: list[Span] = []
    for span in spans:
        kind = [sweep.meets(span) for sweep in (edge, passed, fixed)]
        alone = not wrapped or any(kind)
        if open_lines and (alone or text.count("\n", open_lines[-1].end, span.start) > 1):
            yield _Paragraph(tuple(open_lines))
            open_lines = []
        if alone:
            yield _Paragraph((span,), *kind)
        else:
            open_lines.append(span)
    if open_lines:
        yield _Paragraph(tuple(open_lines))


def _line(document: Document, span: Span) -> str:
    """Return a line with its white space levelled, as lines are compared."""
    return " ".join(document.text[span.start : span.end].split())


def _body(text: str) -> str:
    """Return the beginning of the longest line: the pages of a site differ in it, copies do not."""
    longest = max(filled_lines(text), key=lambda line: line.end - line.start, default=None)
    return text[longest.start : longest.start + _BODY] if longest else ""


class _Sweep:
    """Tells of spans, asked in order, whether they meet one of a fixed set."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = sorted(spans, key=lambda span: (span.start, span.end))
        self._next = 0
        self._end = -1

    def meets(self, span: Span) -> bool:
        while self._next < len(self._spans) and self._spans[self._next].start < span.end:
            self._end = max(self._end, self._spans[self._next].end)
            self._next += 1
        return self._end > span.start


def _is_of_site(line: str) -> bool:
    """Tell whether a line speaks of the site that it stands on, or of where to click there."""
    if len(line) > _LONGEST:
        return False
    said = without_addresses(line).casefold().replace("’", "'")
    if _NOTICE.search(said) or (_COOKIE.search(said) and _OF_A_SITE.search(said)):
        return True
    return _lists_items(said) or _navigation_share(said) >= _NAVIGATION_SHARE


def _lists_items(said: str) -> bool:
    if said.startswith("|"):  # a row of a table
        return False
    items = [item for item in _SEPARATOR.split(said) if item.strip()]
    return len(items) > 1 and all(
        len(item) <= _LONGEST_ITEM
        and len(item.split()) <= _MOST_WORDS
        and not _NOT_AN_ITEM.search(item)
        for item in items
    )


def _navigation_share(said: str) -> float:
    """Return the share of a line's words that are words or phrases of navigation."""
    if re.search(r"[\d@]", said):
        return 0.0
    words = _WORD.findall(said)
    at = covered = 0
    while at < len(words):
        for length in range(min(_LONGEST_PHRASE, len(words) - at), 0, -1):
            if " ".join(words[at : at + length]) in _VOCABULARY:
                covered += length
                break
        else:
            length = 1
        at += length
    return covered / len(words) if words else 0.0


def _groups(document_id: str) -> list[_Group]:
    path = PurePosixPath(document_id)
    return [(str(folder), path.suffix.lower()) for folder in path.parents]


def _suffix(document_id: str) -> str:
    return PurePosixPath(document_id).suffix.lower()
