"""Site navigation that came along with a text: lines that say where to click, nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa_service.reading.navigation import PHRASES, WORDS
from qa_service.records import Span

# No navigation line is longer; the bound also bounds the work.
_LONGEST = 300
_SEPARATORS = r"[\s|/\\•·●▪–—\-»«<>›‹→←↑↓▲▼►◄◀▶,;:.!()\[\]*_&+¦]*"


def _alternatives(phrases: frozenset[str]) -> str:
    ordered = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return "|".join(re.escape(phrase).replace(r"\ ", r"\s+") for phrase in ordered)


# Atomic, longest first: a phrase once read is not read again another way.
_ITEM = re.compile(
    rf"{_SEPARATORS}(?>(?P<phrase>{_alternatives(PHRASES)})|(?P<word>{_alternatives(WORDS)}))(?!\w)"
)
_REST = re.compile(rf"{_SEPARATORS}$")
_COPYRIGHT = re.compile(
    r"(?:copyright|\(c\)|©)\s*(?:\(c\)|©)?\s*(?:19|20)\d\d(?:\s*[-–—]\s*(?:(?:19|20)\d\d|present))?"
    r"[\s,.]*(?P<owner>.*)$"
)
_OWNER_WORDS = 12

FILLED_LINE = r"[^\S\n]*+\S[^\n]*+"
"""Matches a line that is not blank. To be tried at the start of a line alone; never backs up, so
that a line of blanks costs its length."""

_FILLED_LINE = re.compile(rf"^{FILLED_LINE}", re.MULTILINE)


def navigation_spans(text: str) -> tuple[Span, ...]:
    """Return the lines of ``text`` made of site navigation alone, without their line ends.

    Conservative: one word of anything else, and the line stays. A line that is a single ambiguous
    word ("Back", "Print") counts only at the very beginning or end of the text, among other
    navigation; in the middle it may be a heading.
    """
    lines = list(filled_lines(text))
    kinds = [_kind(text[line.start : line.end]) for line in lines]
    edge = set(_leading(kinds)) | {len(kinds) - 1 - i for i in _leading(kinds[::-1])}
    return tuple(
        line
        for i, (line, kind) in enumerate(zip(lines, kinds, strict=True))
        if kind == "sure" or (kind == "unsure" and i in edge)
    )


def filled_lines(text: str) -> Iterator[Span]:
    """Yield the lines that are not blank, without their line ends."""
    for match in _FILLED_LINE.finditer(text):
        yield Span(match.start(), match.end())


def _leading(kinds: list[str]) -> Iterator[int]:
    for i, kind in enumerate(kinds):
        if kind == "content":
            return
        yield i


def _kind(line: str) -> str:
    """Return ``sure``, ``unsure`` (a lone word) or ``content``."""
    if len(line) > _LONGEST:
        return "content"
    # Casefolding the Turkish dotted capital leaves a combining dot behind.
    folded = line.casefold().replace("\u0307", "").replace("’", "'").strip()
    if _is_copyright(folded):
        return "sure"
    at, items, phrases = 0, 0, 0
    while match := _ITEM.match(folded, at):
        at = match.end()
        items += 1
        phrases += match["phrase"] is not None
    if not items or not _REST.match(folded, at):
        return "content"
    return "sure" if phrases or items > 1 else "unsure"


def _is_copyright(folded: str) -> bool:
    """Tell whether a line is "© 2024 Owner": a year, then a name rather than a sentence."""
    match = _COPYRIGHT.match(folded)
    if match is None:
        return False
    owner = re.sub(r"\s*all rights reserved\W*", "", match["owner"])
    return len(owner.split()) <= _OWNER_WORDS and ". " not in owner
