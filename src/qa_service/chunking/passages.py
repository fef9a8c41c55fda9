"""Documents into passages: paragraph-aligned, sentence-aligned, balanced, without overlap."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from qa_service.chunking.budget import Budget, CountTokens, SizedSentence, sized_sentences
from qa_service.chunking.packing import pack
from qa_service.chunking.units import Kind, Unit, units_of
from qa_service.records import Document, Passage, Place, Sentence, passage_id

SPLITTING_VERSION = 2
"""Raised with every change to the passages or sentences of the same document, or to which of their
words are embedded: an index built by other rules is built from scratch."""


def make_passages(
    document: Document,
    *,
    max_tokens: int,
    min_tokens: int,
    sentence_characters: int,
    count: CountTokens,
    window: int,
    window_count: CountTokens,
) -> list[Passage]:
    """Return the document's passages, in order.

    Every character that is neither whitespace nor boilerplate lies in exactly one passage and in
    exactly one of its sentences. Every passage and every sentence holds at most ``max_tokens`` by
    ``count`` and at most ``window`` by ``window_count`` (the embedder's own count, special tokens
    included), both measured on the final text.

    A paragraph stays whole where it fits together with the headings right above it; paragraphs of
    one section are joined while what they make holds fewer than ``min_tokens``; a longer one is
    cut between sentences into near-equal pieces. A block (code) that fits stays whole.

    Raises WindowExceeded when one single character exceeds the window or the budget.
    """
    budget = Budget(max_tokens=max_tokens, count=count, window=window, window_count=window_count)
    units = list(units_of(document, sentence_characters))
    rows = sized_sentences(document.text, [unit.spans for unit in units], budget)
    runs = _joined(zip(units, rows, strict=True), budget, min_tokens)
    return _settled(document, list(runs), budget)


@dataclass(frozen=True, slots=True)
class _Run:
    """Consecutive sentences meant as one passage, or as several where they do not fit.

    The first ``headings`` of them are headings: they go with the sentence after them.
    """

    sentences: list[SizedSentence]
    section: tuple[str, ...]
    headings: int = 0

    @property
    def cost(self) -> int:
        return sum(sentence.cost for sentence in self.sentences)

    @property
    def tokens(self) -> int:
        return sum(sentence.tokens for sentence in self.sentences)

    @property
    def start(self) -> int:
        return self.sentences[0].span.start

    @property
    def end(self) -> int:
        return self.sentences[-1].span.end


def _joined(
    measured: Iterable[tuple[Unit, list[SizedSentence]]], budget: Budget, min_tokens: int
) -> Iterator[_Run]:
    """Yield runs: headings with what follows them, short neighbours of a section together."""
    headings: list[SizedSentence] = []
    run: _Run | None = None
    last: Unit | None = None
    for unit, sentences in measured:
        own = _Run(sentences, unit.section)
        apart = last is not None and unit.region != last.region
        if run and (apart or unit.kind is Kind.HEADING):
            yield run
            run = None
        if headings and last and (apart or _must_stand_alone(unit, own, headings, budget)):
            yield _Run(headings, last.section, len(headings))
            headings = []
        if unit.kind is Kind.HEADING:
            headings += sentences
        elif run and run.tokens < min_tokens and run.cost + budget.gap + own.cost <= budget.limit:
            run = _Run(run.sentences + sentences, run.section, run.headings)
        else:
            if run:
                yield run
            run = _Run(headings + sentences, unit.section, len(headings))
            headings = []
        last = unit
    if run:
        yield run
    if headings and last:
        yield _Run(headings, last.section, len(headings))


def _must_stand_alone(unit: Unit, run: _Run, headings: list[SizedSentence], budget: Budget) -> bool:
    """Tell whether a block that fits would be torn by the headings above it."""
    if unit.kind is not Kind.BLOCK or run.cost > budget.limit:
        return False
    return sum(sentence.cost for sentence in headings) + budget.gap + run.cost > budget.limit


def _settled(document: Document, runs: list[_Run], budget: Budget) -> list[Passage]:
    """Return the passages of all runs, each measured exactly; what does not fit is cut again."""
    passages: list[Passage] = []
    while runs:
        candidates: list[_Run] = []
        for run in runs:
            beyond = budget.is_beyond(run.cost, run.end - run.start)
            candidates += _cut(run, budget.limit) if beyond else [run]
        sizes = budget.sizes([document.text[run.start : run.end] for run in candidates])
        runs = []
        for run, size in zip(candidates, sizes, strict=True):
            if budget.fits(size):
                passages.append(_passage(document, run, size.tokens))
            else:
                runs += _cut(run, budget.limit)
    return sorted(passages, key=lambda passage: passage.start)


def _cut(run: _Run, limit: int) -> list[_Run]:
    """Return the run in near-equal pieces, at least two where it has two sentences."""
    costs = [sentence.cost for sentence in run.sentences]
    # Headings and the sentence after them are one cost, unless that alone would be too much.
    bound = min(run.headings, len(costs) - 1)
    if bound == len(costs) - 1 or sum(costs[: bound + 1]) > limit:
        bound = 0
    costs[: bound + 1] = [sum(costs[: bound + 1])]
    ranges = [
        (first + bound if first else 0, stop + bound) for first, stop in pack(costs, limit, least=2)
    ]
    return [
        _Run(run.sentences[first:stop], run.section, 0 if first else min(bound, stop))
        for first, stop in ranges
    ]


def _passage(document: Document, run: _Run, tokens: int) -> Passage:
    spans = [sentence.span for sentence in run.sentences]
    return Passage(
        id=passage_id(document.id, run.start, run.end),
        document_id=document.id,
        title=document.title,
        start=run.start,
        end=run.end,
        text=document.text[run.start : run.end],
        tokens=tokens,
        section=run.section,
        sentences=tuple(
            Sentence(span.start, span.end, document.text[span.start : span.end]) for span in spans
        ),
        places=_places_within(document.places, run.start, run.end),
        language=document.language,
    )


def _places_within(places: Sequence[Place], start: int, end: int) -> tuple[Place, ...]:
    """Return the places that reach into the span, cut to it."""
    first = bisect_right(places, start, key=lambda place: place.end)
    stop = bisect_left(places, end, key=lambda place: place.start)
    return tuple(
        replace(place, start=max(place.start, start), end=min(place.end, end))
        for place in places[first:stop]
    )
