"""Cuts for what is too long to be one sentence: the best boundary near the ideal place."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from qa_service.chunking.layout import trim
from qa_service.records import Span

# Strongest first: a line end, then clause punctuation, then any whitespace. Clause punctuation is
# tried where a run of it or the search begins, and nowhere within: a run costs its length.
_BOUNDARIES = tuple(
    regex.compile(pattern)
    for pattern in (
        r"[\n\r\x85\u2028\u2029]+\s*",
        r"(?:(?<![;:；：])|\G)[;:；：]+[\"'”’»)\]]*(?:\s+|(?<=[；：]))|\s[—–-]+\s+|\|\s*",
        r",[\"'”’»)\]]*\s+|[，、،]\s*",
        r"\s+",
    )
)
_CLUSTER = regex.compile(r"\X")
# What would be torn from its base if a piece began with it.
_EXTENDS = regex.compile(r"[\p{M}\p{Grapheme_Extend}\u200d\p{Emoji_Modifier}]")
# A piece may be this much shorter or longer than an equal share for a better boundary.
_SLACK = 0.35


def cut_long(text: str, start: int, end: int, max_characters: int) -> Iterator[Span]:
    """Yield trimmed pieces of ``text[start:end]`` of at most ``max_characters``, near-equal.

    Each cut falls at the strongest boundary near its equal share; where there is none, between
    two grapheme clusters. Only a cluster longer than ``max_characters`` makes a longer piece.
    """
    span = trim(text, start, end)
    while span is not None and span.end - span.start > max_characters:
        share = (span.end - span.start) / -((span.start - span.end) // max_characters)
        ideal = span.start + round(share)
        slack = int(share * _SLACK)
        longest = span.start + max_characters
        at = (
            _boundary(text, span.start, ideal - slack, ideal, min(longest, ideal + slack))
            or _boundary(text, span.start, span.start + 1, ideal, longest)
            or _cluster_end(text, span, longest, ideal)
        )
        if piece := trim(text, span.start, at):
            yield piece
        span = trim(text, at, span.end)
    if span is not None:
        yield span


def halve(text: str, span: Span) -> list[Span]:
    """Return the two trimmed parts of a span of two or more code points, cut near its middle.

    Prefers boundaries as ``cut_long`` does. A span that is one grapheme cluster is cut inside it:
    something has to give when even that does not fit a model's window.
    """
    size = span.end - span.start
    middle = span.start + size // 2
    at = _boundary(
        text, span.start, middle - size // 4, middle, middle + size // 4
    ) or _cluster_end(text, span, middle, middle)
    if at >= span.end:
        at = middle
    return [part for part in (trim(text, span.start, at), trim(text, at, span.end)) if part]


def begins_inside_cluster(text: str, at: int) -> bool:
    """Tell whether the character at ``at`` belongs to the one before it (accent, joiner, ...)."""
    return at < len(text) and _EXTENDS.match(text, at) is not None


def _boundary(text: str, start: int, low: int, ideal: int, high: int) -> int | None:
    """Return the strongest boundary in ``low .. high``, of equals the one nearest to ``ideal``."""
    for pattern in _BOUNDARIES:
        # A boundary's whitespace may reach past ``high``: it is trimmed from the piece.
        ends: list[int] = [
            match.end()
            for match in pattern.finditer(text, max(low - 1, start + 1), high + 1)
            if match.start() > start
            and low <= match.end()
            and len(text[start : match.end()].rstrip()) <= high - start
            and not begins_inside_cluster(text, match.end())
        ]
        if ends:
            return min(ends, key=lambda place: (abs(place - ideal), place))
    return None


def _cluster_end(text: str, span: Span, limit: int, ideal: int) -> int:
    """Return the cluster end nearest to ``ideal`` up to ``limit``, or the first cluster's end."""
    reach = limit - span.start + 1
    while True:
        # A slice, not a position: the pattern looks back over all flags before it, however many.
        stop = min(span.start + reach, span.end)
        best = 0
        for match in _CLUSTER.finditer(text[span.start : stop]):
            end = span.start + match.end()
            if end == stop < span.end:
                break  # the slice may have torn this one
            if best and (end > limit or abs(end - ideal) > abs(best - ideal)):
                break
            best = end
        if best:
            return best
        reach *= 2
