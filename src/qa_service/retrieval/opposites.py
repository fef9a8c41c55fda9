"""Cheap cues that a text says something else than a question takes for granted, in English.

A question that asks what did *not* happen, or names the *latest* where the text names the
*earliest*, shares all its other words with a text that does not answer it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from qa_service.index.lexical.analysis import analyze

_NEGATION = re.compile(
    r"\b(?:not|never|no|none|nobody|nothing|neither|nor|without|cannot|fail(?:s|ed)?)\b|n['’]t\b",
    re.I,
)
_PREFIXES = ("un", "non", "dis", "mis", "anti", "in", "im", "ir", "il")
_SHORTEST = 5  # letters of what a prefix may turn into its opposite: not "inform" and "form"
_PAIRS = """
able unable, accepted rejected, active inactive, after before, agreed disagreed, alive dead,
allowed forbidden, always never, ancient modern, begin end, best worst, better worse, born died,
bottom top, bought sold, common rare, created destroyed, decrease increase, defeat victory,
direct indirect, domestic foreign, earliest latest, early late, east west, eastern western,
encouraged discouraged, external internal, failure success, faster slower, fewer more, fewest most,
finite infinite, first last, gained lost, good bad, higher lower, highest lowest, horizontal
vertical, import export, include exclude, inside outside, large small, largest smallest, least
most, legal illegal, less more, longest shortest, long short, lower upper, major minor, majority
minority, male female, maximum minimum, men women, negative positive, newest oldest, new old, north
south, northern southern, peace war, poor rich, private public, raise lower, rise fall, rose fell,
rural urban, violent nonviolent, same different, similar different, simple complex, started ended,
start stop, strengthen weaken, strong weak, stronger weaker, supported opposed, voluntary
compulsory, won lost
"""


def _opposites() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in _PAIRS.split(","):
        terms = analyze(pair)
        if len(terms) == 2:  # a stop word on either side leaves nothing to compare
            found.setdefault(terms[0], set()).add(terms[1])
            found.setdefault(terms[1], set()).add(terms[0])
    return {term: frozenset(others) for term, others in found.items()}


_OPPOSITES = _opposites()


def is_negated(text: str) -> bool:
    """Return whether a text denies something: "not", "never", "without", ``n't`` and the like."""
    return bool(_NEGATION.search(text))


def holds_opposite(term: str, others: Collection[str]) -> bool:
    """Return whether one of these analysed terms is the opposite of ``term``.

    Either by a list of common pairs or by a prefix: "stable" and "unstable".
    """
    if not _OPPOSITES.get(term, frozenset()).isdisjoint(others):
        return True
    if term.startswith(_PREFIXES) and any(_turned(term, other) for other in others):
        return True
    return any(_turned(other, term) for other in others if other.startswith(_PREFIXES))


def _turned(term: str, other: str) -> bool:
    """Return whether a prefix makes ``term`` the opposite of ``other``.

    Stems of the two may end differently, so a common beginning will do.
    """
    rests = (term.removeprefix(prefix) for prefix in _PREFIXES if term.startswith(prefix))
    return len(other) >= _SHORTEST and any(
        len(rest) >= _SHORTEST and (other.startswith(rest) or rest.startswith(other))
        for rest in rests
    )
