"""Which figures a config changes beyond chance, against the first one, question by question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qa_service.ablation.trials import Trial
from qa_service.evaluation.answerability import auroc
from qa_service.evaluation.baseline import baseline_of
from qa_service.evaluation.bootstrap import interval, paired_difference
from qa_service.evaluation.catalogue import BUDGETS, RANK_DEPTH, info_of
from qa_service.evaluation.comparison import Comparison, compare
from qa_service.evaluation.results import Evaluation, QuestionResult
from qa_service.evaluation.summary import answerable_flags, confidences, unanswerable_kinds

RANKING = ("recall@1", "recall@3", "recall@5", f"mrr@{RANK_DEPTH}")
READING = tuple(f"char_recall@{budget}" for budget in BUDGETS)
ANSWERING = ("answer_recall", "answer_precision")
ABSTAINING = ("false_abstain", "false_answer")

Pairs = Sequence[tuple[QuestionResult, QuestionResult]]


@dataclass(frozen=True, slots=True)
class Difference:
    """One metric under the first config and under another.

    ``gain`` and its 95 % paired bootstrap interval are turned so that above zero is better.
    """

    metric: str
    first: float
    other: float
    gain: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """Return ``better`` or ``worse`` where the whole interval lies on that side, else empty."""
        return "better" if self.low > 0 else "worse" if self.high < 0 else ""


@dataclass(frozen=True, slots=True)
class Against:
    """A trial held against the first: figures, and the questions that changed.

    ``same_documents`` is false where the configs read different documents, so that more than the
    settings differs.
    """

    trial: Trial
    differences: tuple[Difference, ...]
    questions: Comparison
    same_documents: bool


def headline(evaluation: Evaluation) -> tuple[str, ...]:
    """Return the names of the figures compared, those that these questions can give.

    ``auroc`` stands for each kind of unanswerable question apart, and ``false_answer`` as well
    where there are several kinds: their average says little.
    """
    kinds = unanswerable_kinds(evaluation.results)
    by_kind = [f"false_answer.{kind}" for kind in kinds] if len(kinds) > 1 else []
    by_kind += [f"auroc.{kind}" for kind in kinds]
    wanted = (*RANKING, *READING, *ANSWERING, *ABSTAINING, *by_kind)
    return tuple(name for name in wanted if name in evaluation.metrics)


def against_first(trials: Sequence[Trial]) -> list[Against]:
    """Return every trial but the first, held against it; all must be of the same questions."""
    first = trials[0].evaluation
    baseline = baseline_of(first)
    return [
        Against(
            trial,
            tuple(difference(name, first, trial.evaluation) for name in headline(first)),
            compare(trial.evaluation, baseline, name=trials[0].config.name),
            trial.evaluation.corpus_fingerprint == first.corpus_fingerprint,
        )
        for trial in trials[1:]
    ]


def difference(name: str, first: Evaluation, other: Evaluation) -> Difference:
    """Return how one metric differs between two evaluations of the same questions.

    ``NAME.KIND`` takes that kind of unanswerable questions only.
    """
    kind = name.partition(".")[2]
    pairs = [
        (before, after)
        for before, after in zip(first.results, other.results, strict=True)
        if before.question.answerable or kind in ("", before.question.category)
    ]
    figures = (name, first.metrics[name].value, other.metrics[name].value)
    if info_of(name).measure:
        return Difference(*figures, *_mean_gain(name.split(".")[0], pairs))
    return Difference(*figures, *_auroc_gain(pairs))


def _mean_gain(measure: str, pairs: Pairs) -> tuple[float, float, float]:
    held = [pair for pair in pairs if measure in pair[0].measures]
    sign = 1.0 if info_of(measure).higher_is_better else -1.0
    before = np.array([sign * result.measures[measure] for result, _ in held])
    after = np.array([sign * result.measures[measure] for _, result in held])
    gain = paired_difference(before, after)
    return gain.difference, gain.low, gain.high


def _auroc_gain(pairs: Pairs) -> tuple[float, float, float]:
    """Draw both sides by the same questions: what makes a question hard then cancels out."""
    before = [result for result, _ in pairs]
    after = [result for _, result in pairs]
    answerable = answerable_flags(before)
    ours, theirs = confidences(after), confidences(before)
    gain = interval(
        lambda weights: auroc(answerable, ours, weights) - auroc(answerable, theirs, weights),
        len(pairs),
    )
    return gain.value, gain.low, gain.high
