"""Blocks into the document's text, with the place of every line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from qa_service.reading.pdf.characters import HYPHEN, SOFT_HYPHEN
from qa_service.reading.pdf.lines import Line
from qa_service.reading.pdf.page import Page
from qa_service.reading.pdf.paragraphs import Block, Joint
from qa_service.records import Heading, Place, Span

_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
_LAST_WORD = re.compile(r"([^\W\d_]+)[-\u2010]$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_HYPHENS = (HYPHEN, "\u2010")
# Scripts written without spaces between words.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u2e80-\u312f\u3190-\ua4cf\uf900-\ufaff\uff00-\uffef]")
_CONJUNCTIONS = frozenset(
    ("and", "or", "to", "und", "oder", "et", "ou", "y", "o", "e", "i", "и", "или", "ve")
)
# What begins a compound that keeps its hyphen, where the document itself does not tell.
_COMPOUNDING = frozenset(
    ("self", "well", "cross", "half", "non", "ex", "all", "long", "short", "high", "low", "so")
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words a document writes within its lines, where no line's end can have divided them."""

    words: frozenset[str]

    @classmethod
    def of(cls, lines: Iterable[Line]) -> Vocabulary:
        """Return the words of the lines, but for those that a line's end may have divided."""
        words: set[str] = set()
        divided = False
        for line in lines:
            text = line.text.casefold()
            if divided:
                text = text.partition(" ")[2]
            divided = text.endswith((*_HYPHENS, SOFT_HYPHEN))
            if divided:
                text = text.rpartition(" ")[0]
            words.update(_WORD.findall(text))
        return cls(frozenset(words))

    def keeps_hyphen(self, first: str, second: str) -> bool:
        """Tell whether a line that ends in ``first-`` before ``second`` ends in a real hyphen."""
        first, second = first.casefold(), second.casefold()
        if f"{first}-{second}" in self.words:
            return True
        if first + second in self.words:
            return False
        if first in _COMPOUNDING:
            return True
        return len(first) > 3 and len(second) > 3 and {first, second} <= self.words


def join_text(text: str, following: str, vocabulary: Vocabulary) -> tuple[str, str]:
    """Return the text without a hyphen that only divided a word, and what to put in between."""
    if text.endswith(SOFT_HYPHEN):
        return text.rstrip(SOFT_HYPHEN), ""
    if text.endswith(_HYPHENS):
        before, after = _LAST_WORD.search(text), _FIRST_WORD.match(following)
        if text[-2:-1].isspace() or len(text) < 2:
            return text, " "  # a dash
        if after and after[0].casefold() in _CONJUNCTIONS:
            return text, " "  # pre- and post-
        if before and after and after[0][0].islower() and not before[1].isupper():
            keeps = vocabulary.keeps_hyphen(before[1], after[0])
            return (text if keeps else text[:-1]), ""
        return text, ""
    if text.endswith(("—", "/")) and not text[-2:-1].isspace():
        return text, ""
    if _UNSPACED.match(text[-1:]) and _UNSPACED.match(following):
        return text, ""
    return text, " "


@dataclass(slots=True)
class Writer:
    """The text as it grows, and what is where in it."""

    pages: Mapping[int, Page]
    vocabulary: Vocabulary
    headings: list[Heading] = field(default_factory=list)
    boilerplate: list[Span] = field(default_factory=list)
    blocks: list[Span] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _length: int = 0

    def write(self, block: Block, level: int) -> None:
        """Add a block, as a heading where ``level`` is not 0."""
        start = self._begin()
        joints = block.joints
        if level:
            joints = (Joint.SPACE,) * len(joints)
        self._write_lines(block.lines, joints, indented=block.code)
        if level:
            self.headings.append(Heading(level, self._since(start), start, self._length))
        if block.is_table or block.code:
            self.blocks.append(Span(start, self._length))

    def write_furniture(self, lines: Sequence[Line]) -> None:
        """Add lines of their own that are never retrieved."""
        for line in lines:
            start = self._begin()
            self._write_lines((line,), (), indented=False)
            self.boilerplate.append(Span(start, self._length))

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def _begin(self) -> int:
        if self._length:
            self._add("\n\n")
        return self._length

    def _write_lines(
        self, lines: Sequence[Line], joints: Sequence[Joint], *, indented: bool
    ) -> None:
        texts = [line.text for line in lines]
        between = [""] * len(lines)
        for i, joint in enumerate(joints):
            between[i] = joint.value
            if joint is Joint.SPACE:
                texts[i], between[i] = join_text(texts[i], texts[i + 1], self.vocabulary)
        for line, text, joint_text in zip(lines, texts, between, strict=True):
            text = text.replace(SOFT_HYPHEN, "")
            if indented and line is not lines[0]:
                self._add(" " * _indent(line, lines[0]))
            start = self._length
            self._add(text)
            if text:
                page = self.pages[line.page]
                box = page.displayed(line.box, line.turn)
                self.places.append(Place(start, self._length, line.page, box))
            self._add(joint_text)

    def _add(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    def _since(self, start: int) -> str:
        length, parts = self._length, []
        for part in reversed(self._parts):
            if length <= start:
                break
            parts.append(part)
            length -= len(part)
        return " ".join("".join(reversed(parts)).split())


def _indent(line: Line, first: Line) -> int:
    """Return how many characters further in than the first a line of a listing begins."""
    width = (line.box[2] - line.box[0]) / max(len(line.text), 1)
    return max(round((line.box[0] - first.box[0]) / width), 0) if width > 0 else 0
