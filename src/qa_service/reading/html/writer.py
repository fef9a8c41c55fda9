"""Inline text into lines, as a browser lays it out: white space collapsed, blocks divided."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from qa_service.records import Span

_WHITE = " \t\n\r\f"
_SPACES = re.compile(rf"[{_WHITE}]+")
# Hyphens that show only at a line's end, and marks of byte order, tear words apart in a search.
_INVISIBLE = re.compile(r"[\u00ad\ufeff]+")
_WORD = re.compile(r"\w")
_SENTENCE_END = re.compile(r"[.!?…](?=[\s\"'”’»)]|\Z)|[。！？؟।]")


Counts = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Tally:
    """What a stretch of text is made of: characters, those in links, links, sentences outside."""

    characters: int = 0
    link_characters: int = 0
    links: int = 0
    sentences: int = 0

    @classmethod
    def between(cls, before: Counts, after: Counts) -> Tally:
        """Return what was written between two states of a writer."""
        return cls(*(late - early for early, late in zip(before, after, strict=True)))


@dataclass(slots=True)
class LineWriter:
    """Collects the text of a page. A line is open until ``end_line``; ``length`` counts the rest.

    ``pending`` is how many line ends come before the next line, ``marker`` what it begins with (a
    list item's). Both are spent by the next line that is not blank. ``last_line`` is the last one
    written, without its marker.
    """

    parts: list[str] = field(default_factory=list)
    length: int = 0
    pending: int = 0
    marker: str = ""
    verbatim: bool = False
    links: int = 0
    after_link: bool = False
    last_line: str = ""
    _line: list[str] = field(default_factory=list)
    _characters: int = 0
    _link_characters: int = 0
    _sentences: int = 0

    def add(self, text: str, *, in_link: bool = False) -> None:
        """Append inline text to the open line."""
        if not self.verbatim:
            if text.isspace() and not text.strip(_WHITE):
                self.space()
                return
            if not text.isascii():
                text = _INVISIBLE.sub("", text)
            text = _SPACES.sub(" ", text)
            if text.startswith(" ") and (not self._line or self._line[-1].endswith(" ")):
                text = text[1:]
        if not text:
            return
        self._line.append(text)
        if _WORD.search(text):  # what parts links, such as "|", is no text beside them
            self.after_link = False
            self._characters += len(text)
            if in_link:
                self._link_characters += len(text)
            else:
                self._sentences += len(_SENTENCE_END.findall(text))

    def counts(self) -> Counts:
        """Return what has been written so far, in the order of a tally."""
        return self._characters, self._link_characters, self.links, self._sentences

    def space(self) -> None:
        """Part the words on either side, within the open line."""
        if self._line and not self._line[-1][-1].isspace():
            self._line.append(" ")

    def last_character(self) -> str:
        """Return the open line's last character, "" where it is empty."""
        return self._line[-1][-1] if self._line else ""

    def end_line(self) -> Span | None:
        """Write the open line and return its span, None where it is blank."""
        if not self._line:
            return None
        line = "".join(self._line)
        self._line = []
        line = line.rstrip().lstrip("\n") if self.verbatim else line.strip()
        if not line.strip():
            return None
        if self.length:
            self._write("\n" * self.pending)
        self.pending = 0
        start = self.length
        self._write(self.marker)
        self.marker = ""
        self._write(line)
        self.last_line = line
        return Span(start, self.length)

    def divide(self, lines: int) -> None:
        """Begin the next line after so many line ends, at least; the open line must be ended."""
        # Right after a list item's marker nothing divides: its text belongs beside it.
        if not self.marker:
            self.pending = max(self.pending, lines)

    def _write(self, text: str) -> None:
        if text:
            self.parts.append(text)
            self.length += len(text)
