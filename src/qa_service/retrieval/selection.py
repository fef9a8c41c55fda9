"""Ranked rows to the passages of a reply: neighbours joined, repeats dropped, budget kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from qa_service.index.protocol import LONGEST_JOIN, SearchIndex
from qa_service.index.texts.wording import wording
from qa_service.records import Passage, Sentence, passage_id
from qa_service.retrieval.highlights import SentenceScores

JOINED_RANKS = 5  # neighbours are joined when both stand among the first five
_JOINED_SHARE = 0.65  # and when the lesser has at least this share of the better one's score


# Levelling a text takes 0.1 ms, and the same passages answer many questions.
_wording = lru_cache(maxsize=2000)(wording)


@dataclass(frozen=True, slots=True)
class Selected:
    """A passage of the reply, of rows ``first`` to ``last``: ``row`` ranked it here,
    ``first_sentence`` is its first sentence's row; the others follow."""

    passage: Passage
    row: int
    first: int
    last: int
    first_sentence: int


def select(
    index: SearchIndex,
    ranked: Sequence[int],
    scores: Sequence[float],
    top_k: int,
    max_tokens: int | None,
    sentence_scores: SentenceScores,
) -> list[Selected]:
    """Return at most ``top_k`` passages, best first, of at most ``max_tokens`` tokens together.

    A join that does not fit what is left of the budget is taken apart, and a passage that does
    not fit is passed over for a later one that does. Where not even one fits whole, the first
    passages' best sentence that fits stands alone; its score decides.
    """
    chosen: list[Selected] = []
    seen: set[str] = set()
    left = max_tokens
    for run in _runs(index, ranked, scores):
        for part in run.parts():
            passage = index.joined(part.first, part.last)
            if left is not None and passage.tokens > left:
                continue
            key = _wording(passage.text)
            if key not in seen:  # joined neighbours may say what a longer passage says
                seen.add(key)
                start = index.first_sentence(part.first)
                chosen.append(Selected(passage, part.best, part.first, part.last, start))
                left = None if left is None else left - passage.tokens
            if len(chosen) == top_k:
                return chosen
            if part is run:
                break
    if not chosen and max_tokens is not None:
        return _best_sentence(index, ranked, max_tokens, sentence_scores)
    return chosen


@dataclass(frozen=True, slots=True)
class _Run:
    """Neighbouring rows ``first`` to ``last``; ``best`` is the one that ranked highest."""

    best: int
    first: int
    last: int

    def parts(self) -> Iterator[_Run]:
        """Yield the run itself, and then each row of a longer one alone, its best first."""
        yield self
        if self.first < self.last:
            rows = range(self.first, self.last + 1)
            for row in sorted(rows, key=lambda row: (row != self.best, row)):
                yield _Run(row, row, row)


def _runs(index: SearchIndex, ranked: Sequence[int], scores: Sequence[float]) -> Iterator[_Run]:
    """Yield runs in order of their best row; the rows after the first ranks stand alone."""
    joining = dict(zip(ranked[:JOINED_RANKS], scores, strict=False))  # rows not used so far
    used: set[int] = set()
    for row, score in zip(ranked, scores, strict=True):
        if row in used:
            continue
        run = _Run(row, row, row)
        if joining.pop(row, None) is not None:
            run = _joined(index, run, joining, score * _JOINED_SHARE)
            used.update(range(run.first, run.last + 1))
        yield run


def _joined(index: SearchIndex, run: _Run, joining: dict[int, float], floor: float) -> _Run:
    """Return the run with the neighbours it takes, following ones first, out of ``joining``."""
    first, last = run.first, run.last
    while last - first + 1 < LONGEST_JOIN:
        if joining.get(last + 1, -1) >= floor and index.joinable(last):
            last += 1
            del joining[last]
        elif joining.get(first - 1, -1) >= floor and index.joinable(first - 1):
            first -= 1
            del joining[first]
        else:
            break
    return _Run(run.best, first, last)


def _best_sentence(
    index: SearchIndex, ranked: Sequence[int], max_tokens: int, scores: SentenceScores
) -> list[Selected]:
    """Return the best sentence that fits, from the first passage that has one, or nothing."""
    for row in ranked[:JOINED_RANKS]:
        [passage] = index.passages([row])
        first = index.first_sentence(row)
        tokens = index.sentence_tokens(first, len(passage.sentences))
        for place in scores.best_first(first, len(passage.sentences)):
            if tokens[place] <= max_tokens:
                alone = _alone(passage, passage.sentences[place], int(tokens[place]))
                return [Selected(alone, row, row, row, first + place)]
    return []


def _alone(passage: Passage, sentence: Sentence, tokens: int) -> Passage:
    """Return one sentence of a passage as a passage of its own."""
    return replace(
        passage,
        id=passage_id(passage.document_id, sentence.start, sentence.end),
        start=sentence.start,
        end=sentence.end,
        text=sentence.text,
        tokens=tokens,
        sentences=(sentence,),
    )
