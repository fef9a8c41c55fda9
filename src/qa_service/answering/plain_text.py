"""A model's reply, piece by piece, to plain text that can neither load nor link to anything.

A document may have talked the model into writing an image whose address carries what it was told:
a chat page that renders Markdown would send that off by itself. So images, markup and links go,
and addresses that no passage holds; what remains is text. Citation marks (``[1]``) are taken out
as well, and remembered by their place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

REMOVED = "[link removed]"
_LONGEST_PART = 1000  # characters without a place to cut
_ROUNDS = 4

_MARK = re.compile(
    r"\s*[\[【]\s*(?:(?:passages?|sources?)\s+)?\^?(\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*)\s*(?:†[^】\]]*)?[\]】]"
)
_IMAGE = re.compile(r"!\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])?")
_LINK = re.compile(r"\[([^\]]*)\]\(\s*<?([^)\s>]*)[^)]*\)")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<![^<>]*>|<\?[^<>]*>")
_ADDRESS = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9+.-]*://|(?<![\w/:])//(?=\w)|\b(?:javascript|vbscript|mailto|file|blob"
    r"|tel):(?=\S)|\bdata:(?=[a-z]*[/;,])|\bwww\.(?=\w))[^\s<>\"“”«»]*"
    r"|\b(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?::\d+)?(?:[/#]|\?(?=\w))[^\s<>\"“”«»]*",
    re.IGNORECASE,
)
_AFTER_ADDRESS = ".,;:!?)]}'’"
# Controls, invisible and direction-changing characters, and the tags that hide text in plain sight.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_BRACKETS = {"[": "]", "【": "】", "(": ")", "<": ">"}
_TAG_BEGINS = re.compile(r"[A-Za-z/!?]")
_ENDS_PART = frozenset("。、！？，；")


@dataclass(frozen=True, slots=True)
class Mark:
    """A citation mark: the place in the plain text where it stood, and the numbers in it."""

    at: int
    numbers: tuple[int, ...]


class PlainText:
    """Takes the pieces of one reply and gives its plain text. One use, one thread.

    However the reply is cut into pieces, the text and the marks are the same. Addresses that
    stand in ``sources`` word for word may stay.
    """

    def __init__(self, sources: str, secret: str = "") -> None:
        """``secret`` is a mark that must not be shown."""
        self.text = ""
        self.marks: list[Mark] = []
        self.links_removed = 0
        self._addresses = {_trimmed(match[0]) for match in _ADDRESS.finditer(sources)}
        self._tags = {match[0] for match in _TAG.finditer(sources) if "=" not in match[0]}
        self._secret = secret
        self._waiting = ""

    def feed(self, piece: str) -> str:
        """Take the next piece; return the plain text that is certain now, which may be none."""
        self._waiting += piece
        return self._drain(final=False)

    def finish(self) -> str:
        """Return the rest of the plain text."""
        self._waiting = self._waiting.rstrip()
        return self._drain(final=True)

    def _drain(self, *, final: bool) -> str:
        before = len(self.text)
        while length := _part_length(self._waiting, final=final):
            part, self._waiting = self._waiting[:length], self._waiting[length:]
            self._add(part)
        return self.text[before:]

    def _add(self, part: str) -> None:
        part = self._cleaned(part)
        at = 0
        for match in _MARK.finditer(part):
            self._append(part[at : match.start()])
            self.marks.append(Mark(len(self.text), _numbers(match[1])))
            at = match.end()
        self._append(part[at:])

    def _append(self, text: str) -> None:
        if not self.text:
            text = text.lstrip()
        self.text += text

    def _cleaned(self, part: str) -> str:
        """Return the part without what may not stand; taking something out can join a new one."""
        if len(part) >= _LONGEST_PART and not re.search(r"\S\s+\S", part):
            return " […]" if part.strip() else ""
        for _ in range(_ROUNDS):
            cleaned = self._cleaned_once(part)
            if cleaned == part:
                return part
            part = cleaned
        return f" {REMOVED}"

    def _cleaned_once(self, part: str) -> str:
        part = _INVISIBLE.sub("", part)
        if self._secret:
            part = part.replace(self._secret, "")
        part = _IMAGE.sub(r"\1", part)
        part = _LINK.sub(self._link, part)
        part = _TAG.sub(lambda match: match[0] if match[0] in self._tags else "", part)
        return _ADDRESS.sub(self._address, part)

    def _link(self, match: re.Match[str]) -> str:
        return f"{match[1]} ({match[2]})" if _trimmed(match[2]) in self._addresses else match[1]

    def _address(self, match: re.Match[str]) -> str:
        address = _trimmed(match[0])
        if address in self._addresses:
            return match[0]
        self.links_removed += 1
        return REMOVED + match[0][len(address) :]


def _part_length(waiting: str, *, final: bool) -> int:
    """Return the length of the first part of ``waiting`` that can be judged by itself, 0: none yet.

    A part is white space and what follows up to the next white space outside brackets, but no more
    than ``_LONGEST_PART`` characters: only so much is looked at.
    """
    window = waiting[: _LONGEST_PART + 2]
    length, is_open = _scan(window, brackets=True)
    if length:
        return length
    if len(window) <= _LONGEST_PART:
        if not final:
            return 0
        if not is_open:
            return len(window)
    # A bracket that is never closed is an ordinary character.
    length, _ = _scan(window, brackets=False)
    return length or min(len(window), _LONGEST_PART)


def _scan(window: str, *, brackets: bool) -> tuple[int, bool]:
    """Return where the first part ends, 0 where that cannot be seen, and if a bracket is open."""
    start = len(window) - len(window.lstrip())
    closing: list[str] = []
    for at in range(start, len(window)):
        character = window[at]
        if closing and character == closing[-1]:
            closing.pop()
        elif brackets and character in _BRACKETS:
            following = window[at + 1 : at + 2]
            if character == "<" and not (not following or _TAG_BEGINS.match(following)):
                continue
            if character != "(" or window[at - 1 : at] == "]":
                closing.append(_BRACKETS[character])
        if window[at : at + 2] == "\n\n":
            closing.clear()  # no construct goes over a blank line
        if closing or at == start:
            continue
        if character.isspace():
            # A mark belongs to the part that it follows: look at what comes after the space.
            following = window[at:].lstrip()
            if not following:
                return 0, False
            if following[0] not in "[【":
                return at, False
        elif character in _ENDS_PART and at + 1 < len(window):
            return at + 1, False
    return 0, bool(closing)


def _trimmed(address: str) -> str:
    return address.rstrip(_AFTER_ADDRESS)


def _numbers(text: str) -> tuple[int, ...]:
    numbers: list[int] = []
    for piece in re.split(r"\s*[,;]\s*", text):
        first, _, last = (part.strip() for part in re.sub("[–-]", "-", piece).partition("-"))
        end = int(last or first)
        numbers.extend(range(int(first), min(end, int(first) + 20) + 1) if last else [int(first)])
    return tuple(dict.fromkeys(numbers))
