"""Text into sentences: spans only, nothing moved, nothing lost.

Own rules, because the offsets must stay true: a full stop ends a sentence unless an abbreviation,
an initial, a number or a lower-case continuation says otherwise. Scripts without letter case and
without spaces end theirs at their own marks (Unicode's ``Sentence_Terminal``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import regex

from qa_service.chunking.abbreviations import (
    BEFORE_NUMBER,
    MONTHS,
    NEVER_FINAL,
    SOMETIMES_FINAL,
    STARTERS,
)
from qa_service.chunking.cutting import begins_inside_cluster, cut_long
from qa_service.chunking.layout import is_wrapped, lines, paragraphs, trim
from qa_service.records import Span

# Marks, then what closes with them: quotes, brackets, reference numbers such as [12].
_END = regex.compile(
    r"(?P<marks>[\p{STerm}…]+)(?P<closers>(?:[\"'*_“‘«\p{Pf}\p{Pe}]|\[\d[\d,–-]{0,15}\])*)"
)
_ITEM = re.compile(r"(?:[-*+•◦▪‣–—·●○■□✓✔]|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)])\s+\S")
_LIST_NUMBER = re.compile(r"\(?(?:\d{1,3}|\w|[ivxIVX]{1,5})")
_BEFORE_DOT = re.compile(r"[^\s()\[\]{}\"'“”‘’«»„—–/,;:]{1,24}$")
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_NEXT_WORD = regex.compile(r"[\p{L}\p{M}]+")
_LETTER_OR_NUMBER = regex.compile(r"[\p{L}\p{N}]")
_NUMBER = re.compile(r"[\dIVXLC]+\b|[A-Za-z]\d")
_OPENERS = regex.compile(r"[\s\"'*_“‘«‹„¿¡#(\[{\p{Pi}\p{Ps}–—-]*")
_UPPER = regex.compile(r"[\p{Lu}\p{Lt}]")


def split_sentences(text: str, start: int, end: int, *, max_characters: int) -> list[Span]:
    """Return the sentences of ``text[start:end]``, in order.

    The spans are trimmed, never empty, never overlap, and together hold every character that is
    not whitespace. A blank line, a list item and a table row always end a sentence; a single line
    break does where lines are visibly not wrapped prose. A sentence longer than
    ``max_characters`` is cut near equal parts at its best boundaries (see ``cut_long``).
    """
    return [
        piece
        for paragraph in paragraphs(text, start, end)
        for run in _runs(text, paragraph)
        for sentence in _sentences(text, run)
        for piece in cut_long(text, sentence.start, sentence.end, max_characters)
    ]


def _runs(text: str, paragraph: Span) -> Iterator[Span]:
    """Yield the parts of a paragraph that no sentence crosses: items, rows, unwrapped lines."""
    rows = list(lines(text, paragraph.start, paragraph.end))
    wrapped = is_wrapped(text, rows)
    first = 0
    for i in range(1, len(rows)):
        if _divides(text, rows[i - 1], rows[i], wrapped):
            yield Span(rows[first].start, rows[i - 1].end)
            first = i
    yield Span(rows[first].start, rows[-1].end)


def _divides(text: str, row: Span, following: Span, wrapped: bool) -> bool:
    if _ITEM.match(text, following.start, following.end):
        return True
    if _is_table_row(text, row) or _is_table_row(text, following):
        return True
    if wrapped:
        return False
    opening = _OPENERS.match(text, following.start, following.end)
    first = text[opening.end() : opening.end() + 1] if opening else ""
    return not first.islower() and text[row.end - 1] not in ",-"


def _is_table_row(text: str, row: Span) -> bool:
    line = text[row.start : row.end]
    return line.count("|") >= 2 or line.count("\t") >= 2


def _sentences(text: str, run: Span) -> Iterator[Span]:
    caseless = _UPPER.search(text, run.start, run.end) is None
    at = run.start
    for match in _END.finditer(text, run.start, run.end):
        if match.start() < at or not _ends(text, at, run.end, match, caseless):
            continue
        if span := trim(text, at, match.end()):
            yield span
        at = match.end()
    if span := trim(text, at, run.end):
        yield span


def _ends(text: str, start: int, stop: int, match: regex.Match[str], caseless: bool) -> bool:
    """Tell whether the marks at ``match`` end the sentence that began at ``start``."""
    end = match.end()
    if end >= stop:
        return True
    marks: str = match["marks"]
    if marks.count(".") > 3:
        return False  # the dotted line of a table of contents
    if begins_inside_cluster(text, end):
        return False
    if not text[end].isspace():
        # Chinese, Japanese and others put no space after a stop; ``3.5`` and ``a.b`` have none.
        if _is_wide(marks[-1]):
            return text[end] not in "，、；："
        return marks[-1] in "!?" and _is_wide(text[end]) and text[end].isalpha()
    opening = _OPENERS.match(text, end, stop)
    at: int = opening.end()
    if at >= stop:
        return False  # only quotes or brackets are left: they close this sentence
    following = text[at]
    if following in ".,;:!?…)]}%":
        return False
    if following.islower() and not caseless:
        return marks[-1] in "!?" and not match["closers"] and _is_exclaimed(text, at, stop)
    if marks != "." or match["closers"].strip("*_"):
        return True
    return not _is_abbreviated(text, start, match.start(), at, stop, caseless)


def _is_wide(character: str) -> bool:
    """Tell whether a character is of the East Asian blocks, which all lie above the others."""
    return "\u2e80" <= character <= "\uffef" or character >= "\U00020000"


def _is_exclaimed(text: str, at: int, stop: int) -> bool:
    """Tell whether a lower-case word after ``!`` or ``?`` begins a sentence ("what? the ...")."""
    word = _NEXT_WORD.match(text, at, stop)
    return word is not None and word.group() in STARTERS and word.group() not in {"and", "or"}


def _is_abbreviated(text: str, start: int, dot: int, at: int, stop: int, caseless: bool) -> bool:
    """Tell whether the full stop at ``dot`` belongs to its word, given what follows at ``at``."""
    before = _BEFORE_DOT.search(text, max(start, dot - 24), dot)
    if before is None:
        return False
    word: str = before.group()
    opens = _LETTER_OR_NUMBER.search(text, start, before.start()) is None
    if opens and _LIST_NUMBER.fullmatch(word):
        return True  # "1. First", "a. First": the number of an item
    lower = word.casefold()
    if lower in NEVER_FINAL:
        return True
    if lower in BEFORE_NUMBER and _NUMBER.match(text, at, stop):
        return True
    following = _NEXT_WORD.match(text, at, stop)
    next_word: str = following.group() if following else ""
    if word.isdigit() and len(word) <= 2:
        return next_word.casefold() in MONTHS
    initial = len(word) == 1 and word.isalpha() and (word.isupper() or caseless)
    if initial or lower in SOMETIMES_FINAL or _DOTTED.fullmatch(word):
        return not next_word or next_word.casefold() not in STARTERS or len(next_word) == 1
    return False
