"""Is this evaluation worse than the baseline, and which questions make it so?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qa_service.evaluation.baseline import Baseline, BaselineQuestion, baseline_of
from qa_service.evaluation.bootstrap import PairedDifference, paired_difference
from qa_service.evaluation.catalogue import CATALOGUE, GUARDED, MetricInfo
from qa_service.evaluation.results import Evaluation


@dataclass(frozen=True, slots=True)
class MetricChange:
    """One metric then and now, over all questions of each.

    ``gain`` is over the questions that both have, turned so that above zero is better; None where
    they share none, or where the metric is no mean over questions.
    """

    name: str
    before: float
    after: float
    gain: PairedDifference | None
    guarded: bool

    @property
    def dropped(self) -> bool:
        """Say whether it is worse beyond chance: the whole 95 % interval lies below zero."""
        return self.gain is not None and self.gain.high < 0


@dataclass(frozen=True, slots=True)
class QuestionChange:
    """One question whose outcome or rank differs from the baseline's."""

    id: str
    question: str
    category: str
    pinned: bool
    before_outcome: str
    after_outcome: str
    before_rank: int | None
    after_rank: int | None

    @property
    def message(self) -> str:
        """Return one line such as ``was found at rank 1, now missed at rank 7``."""
        before = _outcome_and_rank(self.before_outcome, self.before_rank)
        return f"was {before}, now {_outcome_and_rank(self.after_outcome, self.after_rank)}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences from the baseline. ``broken`` passed before and fail now, ``fixed`` the
    reverse; ``slipped`` and ``climbed`` changed rank only. ``mismatches`` say why the two are not
    comparable at all."""

    metrics: tuple[MetricChange, ...]
    broken: tuple[QuestionChange, ...]
    fixed: tuple[QuestionChange, ...]
    slipped: tuple[QuestionChange, ...]
    climbed: tuple[QuestionChange, ...]
    mismatches: tuple[str, ...]
    paired: int

    @property
    def failures(self) -> tuple[str, ...]:
        """Return each reason to fail the build, one line each; empty when there is none."""
        drops = [
            f"{c.name} dropped from {c.before:.4f} to {c.after:.4f}, beyond chance "
            f"(95 % interval of the gain {c.gain.low:+.4f} to {c.gain.high:+.4f})"
            for c in self.metrics
            if c.guarded and c.dropped and c.gain is not None
        ]
        pinned = [
            f"pinned question {c.id} broke: {c.message}: {c.question}"
            for c in self.broken
            if c.pinned
        ]
        return (*self.mismatches, *drops, *pinned)

    @property
    def failed(self) -> bool:
        return bool(self.failures)


def compare(
    evaluation: Evaluation, baseline: Baseline, *, name: str = "eval/baseline.json"
) -> Comparison:
    """Return how the evaluation differs; ``name`` is the baseline's file, for the messages.

    Where the two are of other documents or labels, the comparison fails, and what can still be
    paired (same id, question and answerability) is shown for orientation.
    """
    now = baseline_of(evaluation)
    pairs = [
        (then, after)
        for after in now.questions.values()
        if (then := baseline.questions.get(after.id)) is not None
        and (then.question, then.answerable) == (after.question, after.answerable)
    ]
    pinned = {r.question.id for r in evaluation.results if r.question.pinned}
    changes = [_change(then, after, after.id in pinned) for then, after in pairs]
    broken: list[QuestionChange] = []
    fixed: list[QuestionChange] = []
    slipped: list[QuestionChange] = []
    climbed: list[QuestionChange] = []
    for (then, after), change in zip(pairs, changes, strict=True):
        if then.passed != after.passed:
            (fixed if after.passed else broken).append(change)
        elif _order(after.rank) != _order(then.rank):
            (slipped if _order(after.rank) > _order(then.rank) else climbed).append(change)
    return Comparison(
        metrics=tuple(
            MetricChange(
                info.name,
                baseline.metrics[info.name],
                now.metrics[info.name],
                _gain(info, pairs),
                info.name in GUARDED,
            )
            for info in CATALOGUE.values()
            if info.name in baseline.metrics and info.name in now.metrics
        ),
        broken=tuple(broken),
        fixed=tuple(fixed),
        slipped=tuple(slipped),
        climbed=tuple(climbed),
        mismatches=_mismatches(now, baseline, name),
        paired=len(pairs),
    )


def _mismatches(now: Baseline, then: Baseline, name: str) -> tuple[str, ...]:
    command = f"if that is meant, run `qa-service eval --write-baseline {name}`"
    found: list[str] = []
    if now.corpus_fingerprint != then.corpus_fingerprint:
        found.append(
            f"{name} was written for other documents (corpus {then.corpus_fingerprint[:12]}, now "
            f"{now.corpus_fingerprint[:12]}); {command}"
        )
    if now.label_fingerprint != then.label_fingerprint:
        added = len(now.questions.keys() - then.questions.keys())
        gone = len(then.questions.keys() - now.questions.keys())
        found.append(
            f"{name} was written for other labels ({added} questions new, {gone} gone, the rest "
            f"the same or relabelled); {command}"
        )
    if now.top_k != then.top_k:
        found.append(f"{name} was written with top_k {then.top_k}, now {now.top_k}; {command}")
    return tuple(found)


def _gain(
    info: MetricInfo, pairs: Sequence[tuple[BaselineQuestion, BaselineQuestion]]
) -> PairedDifference | None:
    held = [pair for pair in pairs if info.name in pair[0].measures]
    if not info.measure or not held:
        return None
    sign = 1.0 if info.higher_is_better else -1.0
    before = np.array([then.measures[info.name] for then, _ in held])
    after = np.array([now.measures[info.name] for _, now in held])
    return paired_difference(sign * before, sign * after)


def _change(then: BaselineQuestion, now: BaselineQuestion, pinned: bool) -> QuestionChange:
    return QuestionChange(
        now.id, now.question, now.category, pinned, then.outcome, now.outcome, then.rank, now.rank
    )


def _order(rank: int | None) -> float:
    return math.inf if rank is None else rank


def _outcome_and_rank(outcome: str, rank: int | None) -> str:
    if outcome in ("abstained", "false-answer"):
        return outcome
    return f"{outcome} at rank {rank}" if rank is not None else f"{outcome} (evidence not ranked)"
