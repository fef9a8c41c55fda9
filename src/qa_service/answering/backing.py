"""Which source sentences back a sentence of a written answer, decided by rules.

A sentence is backed when up to three sentences of the passages that it cites together

1. hold every number in it, and their passage every name (a capitalised word inside a sentence);
2. hold at least ``COVERED`` of its content words (as stems, stop words aside), the best of them
   ``ALONE``; words of the passage's title and headings count as held;
3. do not say the opposite: clause by clause, what it denies they deny and what it affirms they do
   not deny, and where a word is missing they do not hold its opposite ("rose", "fell").

Rules see words and not meaning: they miss what is wrong in the right words (who did what to whom),
and they hold a free rewording for unbacked. ``docs/answers.md`` has the figures.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa_service.index.lexical.analysis import analyze
from qa_service.records import Passage, Sentence
from qa_service.retrieval.opposites import holds_opposite, is_negated

COVERED = 0.8
ALONE = 1 / 3
_MOST_SOURCES = 3

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_NUMBER_WORDS = frozenset(
    analyze(
        "three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
        " sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"
        " hundred thousand million billion dozen half quarter third twice"
    )
)
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_CLAUSE = re.compile(r"[,;:—–]\s|—|\b(?:and|but|while|although|und|aber|et|mais|y|pero)\b")
# Words that claim nothing by themselves: assent, and where the answer has something from.
_FRAME = frozenset(
    analyze(
        "yes indeed according article passage text document source author say says state mention"
        " describe note"
    )
)
# Words that open a sentence without being a part of what it claims.
_OPENERS = frozenset(
    word
    for line in """
    according additionally also although accordingly altogether because besides both consequently
    finally furthermore hence however including initially instead later meanwhile moreover
    nevertheless notably originally overall similarly since specifically subsequently then
    therefore thus today ultimately unlike when whereas while yes
    """.splitlines()
    for word in line.split()
)


@dataclass(frozen=True, slots=True)
class Source:
    """A sentence that may back another, its terms and its numbers."""

    passage: Passage
    sentence: Sentence
    terms: frozenset[str]
    numbers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Backing:
    """The passages that a sentence may rest on, taken together.

    ``context`` are the terms of their titles and headings, and those that claim nothing; ``words``
    are all their terms.
    """

    sources: tuple[Source, ...]
    context: frozenset[str]
    words: frozenset[str]


def backing_of(passages: Sequence[Passage]) -> Backing:
    """Return what these passages can back."""
    sources: list[Source] = []
    context = set(_FRAME)
    words: set[str] = set()
    for passage in passages:
        for sentence in passage.sentences:
            terms = frozenset(analyze(sentence.text, passage.language))
            sources.append(Source(passage, sentence, terms, _numbers(sentence.text)))
            words |= terms
        above = set(analyze(" ".join((passage.title, *passage.section)), passage.language))
        context |= above
        words |= above
    return Backing(tuple(sources), frozenset(context), frozenset(words))


def sources_of(sentence: str, quoting: Sequence[Source], backing: Backing) -> list[Source]:
    """Return the sources that back a sentence, none where they do not.

    ``quoting`` are those that hold its quotations: they belong to what is returned.
    """
    language = backing.sources[0].passage.language if backing.sources else ""
    terms = set(analyze(sentence, language))
    numbers = _numbers(sentence)
    if not _names(sentence, language) <= backing.words:
        return []
    chosen = list(quoting)
    missing = terms - backing.context
    wanted = set(numbers)
    for source in chosen:
        missing -= source.terms
        wanted -= source.numbers
    while (missing or wanted) and len(chosen) < max(_MOST_SOURCES, len(quoting)):
        found = _next(backing, chosen, missing, wanted)
        if found is None:
            break
        chosen.append(found)
        missing -= found.terms
        wanted -= found.numbers
    if not chosen or wanted:
        return []
    chosen = _needed(chosen, terms - backing.context, numbers, quoting)
    if terms and not quoting:
        alone = max(len(terms & (one.terms | backing.context)) for one in chosen)
        if alone < ALONE * len(terms):
            return []
    held = frozenset[str]().union(*(one.terms for one in chosen))
    missing = terms - backing.context - held
    if len(missing) > (1 - COVERED) * len(terms):
        return []
    if _contradicted(sentence, chosen, language):
        return []
    if any(term in _NUMBER_WORDS or holds_opposite(term, held) for term in missing):
        return []
    return chosen


def claims_something(sentence: str, language: str) -> bool:
    """Return whether a sentence has a word to check: "Yes." has none."""
    return not _FRAME.issuperset(analyze(sentence, language))


def _contradicted(sentence: str, chosen: Sequence[Source], language: str) -> bool:
    """Return whether a sentence denies what its sources do not, or affirms what they deny."""
    affirmed, denied = _told(sentence, language)
    told = [_told(one.sentence.text, language) for one in chosen]
    source_affirmed = frozenset[str]().union(*(one[0] for one in told))
    source_denied = frozenset[str]().union(*(one[1] for one in told))
    if denied and 2 * len(denied & source_denied) < len(denied):
        return True
    return 3 * len(affirmed & (source_denied - source_affirmed)) > len(affirmed)


def _told(text: str, language: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the terms of the clauses that affirm, and of those that deny."""
    affirmed: set[str] = set()
    denied: set[str] = set()
    for clause in _CLAUSE.split(text):
        (denied if is_negated(clause) else affirmed).update(analyze(clause, language))
    return frozenset(affirmed), frozenset(denied)


def _next(
    backing: Backing, chosen: Sequence[Source], missing: set[str], wanted: set[str]
) -> Source | None:
    """Return the source that adds most to the chosen ones, None where none adds enough.

    One more word found somewhere is a chance find ("fell" here and "rose" there), unless it stands
    right before a chosen sentence: that one may say "it" for it.
    """
    best, most = None, 0
    for place, source in enumerate(backing.sources):
        gain = _gain(source, missing, wanted)
        precedes = any(one in chosen for one in backing.sources[place + 1 : place + 2])
        if gain > most and (gain > 1 or precedes or not chosen):
            best, most = source, gain
    return best


def _gain(source: Source, missing: set[str], wanted: set[str]) -> int:
    return len(missing & source.terms) + 2 * len(wanted & source.numbers)


def _needed(
    chosen: Sequence[Source],
    terms: set[str],
    numbers: frozenset[str],
    quoting: Sequence[Source],
) -> list[Source]:
    """Return the sources without those that add a single word to the others: chance finds."""
    kept = list(chosen)
    for source in list(chosen):
        rest = [one for one in kept if one is not source]
        if not rest or source in quoting:
            continue
        others = frozenset[str]().union(*(one.terms for one in rest))
        other_numbers = frozenset[str]().union(*(one.numbers for one in rest))
        held = len(terms & others) >= COVERED * len(terms)
        if held and numbers & source.numbers <= other_numbers:
            kept = rest
    return sorted(kept, key=lambda one: (one.passage.document_id, one.sentence.start))


def _names(sentence: str, language: str) -> set[str]:
    """Return the terms of the words that look like names."""
    names: set[str] = set()
    for place, match in enumerate(_WORD.finditer(sentence)):
        word = match[0]
        if not word[0].isupper() or (place == 0 and word.lower() in _OPENERS):
            continue
        names.update(analyze(word, language))
    return names


def _numbers(text: str) -> frozenset[str]:
    """Return the numbers of a text, written one way: ``1,500`` is 1500 and ``4,2`` is 4.2."""
    found = set()
    for match in _NUMBER.finditer(text):
        number = match[0]
        if _THOUSANDS.fullmatch(number):
            number = number.replace(",", "")
        found.add(number.replace(",", "."))
    return frozenset(found)
