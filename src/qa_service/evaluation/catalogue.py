"""The metrics by name: what each means, and which way is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CUTOFFS = (1, 3, 5, 10)
RANK_DEPTH = 10
BUDGETS = (250, 500, 1000, 2000)
FOUND_WITHIN = 5
"""A question counts as found when its evidence is within this many passages: the default reply."""

Population = Literal["answerable", "unanswerable", "all"]


@dataclass(frozen=True, slots=True)
class MetricInfo:
    """One metric. A ``measure`` is a mean of one value a question, over its population."""

    name: str
    meaning: str
    higher_is_better: bool
    population: Population
    measure: bool = True


def _rank_metrics() -> list[MetricInfo]:
    infos = [
        MetricInfo(
            f"hit@{k}", f"a passage with evidence is among the first {k}", True, "answerable"
        )
        for k in CUTOFFS
    ]
    infos += [
        MetricInfo(
            f"recall@{k}", f"share of what is needed within the first {k}", True, "answerable"
        )
        for k in CUTOFFS
    ]
    infos += [
        MetricInfo(f"mrr@{RANK_DEPTH}", "1 / rank of the first hit", True, "answerable"),
        MetricInfo(
            f"ndcg@{RANK_DEPTH}", "discounted gain over the ideal order", True, "answerable"
        ),
    ]
    return infos


def _budget_metrics() -> list[MetricInfo]:
    meanings = {
        "char_recall": "labelled characters that are read within {} tokens",
        "char_precision": "share of what is read within {} tokens that is labelled",
        "char_iou": "labelled and read over labelled or read, within {} tokens",
    }
    return [
        MetricInfo(f"{stem}@{budget}", meaning.format(budget), True, "answerable")
        for stem, meaning in meanings.items()
        for budget in BUDGETS
    ]


CATALOGUE: dict[str, MetricInfo] = {
    info.name: info
    for info in (
        *_rank_metrics(),
        *_budget_metrics(),
        MetricInfo("answer_recall", "share of what is needed that is quoted", True, "answerable"),
        MetricInfo("answer_precision", "share of quotes that are evidence", True, "answerable"),
        MetricInfo("false_answer", "unanswerable questions answered", False, "unanswerable"),
        MetricInfo("false_abstain", "answerable questions refused", False, "answerable"),
        MetricInfo("brier", "squared error of the confidence", False, "all"),
        MetricInfo("auroc", "answerable above unanswerable in confidence", True, "all", False),
        MetricInfo(
            "ece", "distance of confidence from its hit share, 10 bins", False, "all", False
        ),
        MetricInfo("aurc", "risk averaged over coverage", False, "all", False),
    )
}

SPLIT_BY_KIND = ("false_answer", "brier", "auroc", "ece", "aurc")
"""Also given as ``NAME.CATEGORY`` for each category of unanswerable questions by itself."""

GUARDED = (
    "recall@1",
    "recall@3",
    "mrr@10",
    "char_recall@250",
    "char_recall@1000",
    "answer_recall",
    "false_answer",
    "false_abstain",
)
"""What a comparison with a baseline fails on. The rest is shown: the more figures are tested, the
likelier one of them seems to drop by the luck of which questions were asked."""


def info_of(name: str) -> MetricInfo:
    """Return what is known of a metric, whatever category its name is narrowed to."""
    return CATALOGUE[name.split("[", 1)[0].split(".", 1)[0]]
