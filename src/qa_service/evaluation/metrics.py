"""How well one reply serves one question: ranks of evidence, evidence within a budget, and what
the answer quotes.

A passage *holds* an evidence span if it wholly contains it. A question has one or more *needs*;
a need is met by the first passage that holds any one of its spans. Outside ``multi-sentence``
there is one need and its spans are alternatives, so there recall@k equals hit@k.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from qa_service.evaluation.catalogue import BUDGETS, CUTOFFS, RANK_DEPTH
from qa_service.evaluation.questions import EvidenceSpan, Question
from qa_service.evaluation.spans import Characters, Place, contains, overlap, size, union


@dataclass(frozen=True, slots=True)
class Judged:
    """A ranking held against the labels. Ranks count from 1; None: not in the ranking."""

    relevant: tuple[bool, ...]
    need_ranks: tuple[int | None, ...]

    @property
    def first_hit(self) -> int | None:
        return next((rank for rank, hit in enumerate(self.relevant, start=1) if hit), None)


def place_of(entry: EvidenceSpan) -> Place:
    """Return where an evidence span lies."""
    return (entry.document, entry.start, entry.end)


def judge(question: Question, ranking: Sequence[Place]) -> Judged:
    """Return which passages hold evidence, and the rank at which each need is met."""
    ranks: list[int | None] = []
    relevant = [False] * len(ranking)
    for need in question.needs:
        found: int | None = None
        for position, passage in enumerate(ranking):
            if any(contains(passage, place_of(entry)) for entry in need):
                relevant[position] = True
                found = position + 1 if found is None else found
        ranks.append(found)
    return Judged(tuple(relevant), tuple(ranks))


def rank_measures(judged: Judged) -> dict[str, float]:
    """Return hit@k, recall@k, mrr@10 and ndcg@10 of one answerable question, each 0 to 1."""
    first = judged.first_hit
    measures: dict[str, float] = {}
    for k in CUTOFFS:
        measures[f"hit@{k}"] = float(first is not None and first <= k)
    for k in CUTOFFS:
        met = sum(rank is not None and rank <= k for rank in judged.need_ranks)
        measures[f"recall@{k}"] = met / len(judged.need_ranks)
    within = first is not None and first <= RANK_DEPTH
    measures[f"mrr@{RANK_DEPTH}"] = 1 / first if first is not None and within else 0.0
    measures[f"ndcg@{RANK_DEPTH}"] = ndcg(judged, RANK_DEPTH)
    return measures


def ndcg(judged: Judged, k: int) -> float:
    """Return the normalised discounted cumulative gain at ``k`` (Järvelin and Kekäläinen 2002).

    Gain 1 for a passage that holds evidence, discount 1 / log2(rank + 1). The ideal order puts
    first every such passage of the ranking and one unseen passage for each need not met.
    """
    gained = math.fsum(
        1 / math.log2(rank + 1) for rank, hit in enumerate(judged.relevant[:k], start=1) if hit
    )
    known = sum(judged.relevant) + sum(rank is None for rank in judged.need_ranks)
    ideal = math.fsum(1 / math.log2(rank + 1) for rank in range(1, min(known, k) + 1))
    return gained / ideal if ideal else 0.0


def within_budget(tokens: Sequence[int], budget: int) -> int:
    """Return how many passages are read: in order, up to the first that does not fit."""
    used = 0
    for position, count in enumerate(tokens):
        used += count
        if used > budget:
            return position
    return len(tokens)


def budget_measures(
    question: Question, ranking: Sequence[Place], tokens: Sequence[int]
) -> dict[str, float]:
    """Return character recall, precision and intersection over union within each token budget.

    Labelled characters are those of every evidence span, alternatives included; characters in two
    passages count once. With nothing read, precision is 0.
    """
    wanted = union(place_of(entry) for entry in question.evidence)
    wanted_size = size(wanted)
    measures: dict[str, dict[int, float]] = {
        "char_recall": {},
        "char_precision": {},
        "char_iou": {},
    }
    for budget in BUDGETS:
        read = union(ranking[: within_budget(tokens, budget)])
        shared, read_size = overlap(wanted, read), size(read)
        measures["char_recall"][budget] = shared / wanted_size
        measures["char_precision"][budget] = shared / read_size if read_size else 0.0
        measures["char_iou"][budget] = shared / (wanted_size + read_size - shared)
    return {
        f"{stem}@{budget}": value
        for stem, by_budget in measures.items()
        for budget, value in by_budget.items()
    }


def labelled_quotes(question: Question, quotes: Sequence[Place]) -> tuple[bool, ...]:
    """Return which quotes hold any labelled character."""
    labelled = union(place_of(entry) for entry in question.evidence)
    return tuple(overlap(union([quote]), labelled) > 0 for quote in quotes)


def answer_measures(
    question: Question, quotes: Sequence[Place], labelled: Sequence[bool]
) -> dict[str, float]:
    """Return the answer's recall and precision of one answerable question, each 0 to 1.

    A need is quoted if the quotes together hold at least half the characters of one of its spans,
    for a label may be longer than a sentence. Precision is the share of quotes that are
    ``labelled``. Without an answer both are 0.
    """
    quoted = union(quotes)
    met = sum(any(_is_quoted(place_of(entry), quoted) for entry in need) for need in question.needs)
    return {
        "answer_recall": met / len(question.needs),
        "answer_precision": sum(labelled) / len(quotes) if quotes else 0.0,
    }


def _is_quoted(place: Place, quoted: Characters) -> bool:
    whole = union([place])
    return 2 * overlap(whole, quoted) >= size(whole)
