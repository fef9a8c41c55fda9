"""From question results to metrics with intervals, overall, by category and by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from qa_service.evaluation.answerability import (
    Flags,
    area_under_risk_coverage,
    auroc,
    expected_calibration_error,
)
from qa_service.evaluation.bootstrap import Floats, Interval, interval, mean_intervals
from qa_service.evaluation.catalogue import CATALOGUE, SPLIT_BY_KIND, Population
from qa_service.evaluation.results import CategorySummary, Metric, QuestionResult


def summarise(results: Sequence[QuestionResult]) -> dict[str, Metric]:
    """Return every metric that these results can give, by name, in the catalogue's order.

    ``NAME[CATEGORY]`` is the metric over one category. ``NAME.KIND`` is an answerability metric
    with only one category of unanswerable questions, beside all the answerable ones.
    """
    found: dict[str, Metric] = {}
    _add_means(found, results, "")
    _add_statistics(found, results, "")
    for category, members in _by_category(results).items():
        _add_means(found, members, f"[{category}]")
    for kind in unanswerable_kinds(results):
        held = [r for r in results if r.question.answerable or r.question.category == kind]
        split: dict[str, Metric] = {}
        _add_means(split, held, f".{kind}")
        _add_statistics(split, held, f".{kind}")
        found.update(
            (name, metric)
            for name, metric in split.items()
            if name.split(".", 1)[0] in SPLIT_BY_KIND
        )
    order = {name: position for position, name in enumerate(CATALOGUE)}
    return dict(sorted(found.items(), key=lambda item: order[item[1].info.name]))


def unanswerable_kinds(results: Iterable[QuestionResult]) -> list[str]:
    """Return the categories of unanswerable questions, in order of appearance."""
    return list(dict.fromkeys(r.question.category for r in results if not r.question.answerable))


def summarise_categories(results: Sequence[QuestionResult]) -> tuple[CategorySummary, ...]:
    """Return one summary a category: first those with answerable questions, then the rest."""
    summaries = [
        CategorySummary(
            category,
            sum(r.question.answerable for r in members),
            sum(not r.question.answerable for r in members),
            sum(r.passed for r in members),
            dict(Counter(r.outcome for r in members)),
        )
        for category, members in _by_category(results).items()
    ]
    return tuple(sorted(summaries, key=lambda s: s.answerable == 0))


def confidences(results: Sequence[QuestionResult]) -> Floats:
    """Return the confidence of each result."""
    return np.array([r.confidence for r in results], dtype=np.float64)


def answerable_flags(results: Sequence[QuestionResult]) -> Flags:
    """Return which results are of answerable questions."""
    return np.array([r.question.answerable for r in results], dtype=np.bool_)


def wrong_flags(results: Sequence[QuestionResult]) -> Flags:
    """Return which results would be wrong if answered: no answer exists, or evidence is missing."""
    return np.array([not r.found for r in results], dtype=np.bool_)


def _add_means(found: dict[str, Metric], results: Sequence[QuestionResult], suffix: str) -> None:
    populations: dict[Population, list[QuestionResult]] = {
        "answerable": [r for r in results if r.question.answerable],
        "unanswerable": [r for r in results if not r.question.answerable],
        "all": list(results),
    }
    for population, members in populations.items():
        names = [i.name for i in CATALOGUE.values() if i.measure and i.population == population]
        if not members:
            continue
        values = np.array([[r.measures[name] for name in names] for r in members])
        for name, bounds in zip(names, mean_intervals(values), strict=True):
            _put(found, name + suffix, bounds, len(members))


def _add_statistics(
    found: dict[str, Metric], results: Sequence[QuestionResult], suffix: str
) -> None:
    if not results:
        return
    answerable, confidence = answerable_flags(results), confidences(results)
    wrong = wrong_flags(results)
    statistics: dict[str, Callable[[Floats], Floats]] = {
        "auroc": lambda weights: auroc(answerable, confidence, weights),
        "ece": lambda weights: expected_calibration_error(answerable, confidence, weights),
        "aurc": lambda weights: area_under_risk_coverage(wrong, confidence, weights),
    }
    for name, statistic in statistics.items():
        bounds = interval(statistic, len(results))
        if not np.isnan(bounds.value):
            _put(found, name + suffix, bounds, len(results))


def _put(found: dict[str, Metric], name: str, bounds: Interval, questions: int) -> None:
    found[name] = Metric(name, bounds.value, bounds.low, bounds.high, questions)


def _by_category(results: Iterable[QuestionResult]) -> dict[str, list[QuestionResult]]:
    grouped: dict[str, list[QuestionResult]] = {}
    for result in results:
        grouped.setdefault(result.question.category, []).append(result)
    return grouped
