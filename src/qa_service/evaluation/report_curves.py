"""The four plots of the HTML report, drawn from the results."""

from __future__ import annotations

from collections.abc import Sequence

from qa_service.evaluation.answerability import calibration_bins, risk_coverage_curve
from qa_service.evaluation.catalogue import FOUND_WITHIN
from qa_service.evaluation.report_plots import COLOURS, SHARES, Axis, Series, histogram, line_plot
from qa_service.evaluation.results import Evaluation, QuestionResult
from qa_service.evaluation.summary import (
    answerable_flags,
    confidences,
    unanswerable_kinds,
    wrong_flags,
)


def plots(evaluation: Evaluation) -> list[str]:
    """Return the figures that these questions can give, as HTML."""
    results = evaluation.results
    figures = [_risk_coverage(results), _calibration(results), _confidence(results)]
    if any(r.question.answerable for r in results):
        figures.insert(0, _recall(evaluation))
    return figures


def recall_over_k(results: Sequence[QuestionResult], top_k: int) -> tuple[tuple[float, float], ...]:
    """Return (k, recall@k) for every k up to ``top_k``; the results must be of answerable ones."""
    points: list[tuple[float, float]] = []
    for k in range(1, top_k + 1):
        met = [
            sum(rank is not None and rank <= k for rank in r.need_ranks) / len(r.need_ranks)
            for r in results
        ]
        points.append((float(k), sum(met) / len(met)))
    return tuple(points)


def _recall(evaluation: Evaluation) -> str:
    answerable = [r for r in evaluation.results if r.question.answerable]
    groups: dict[str, list[QuestionResult]] = {"all": answerable}
    for result in answerable:
        groups.setdefault(result.question.category, []).append(result)
    largest = sorted(groups, key=lambda name: (name != "all", -len(groups[name])))[:COLOURS]
    curves = {name: recall_over_k(groups[name], evaluation.top_k) for name in largest}
    lowest = min(share for points in curves.values() for _, share in points)
    floor = next(tick for tick in reversed(SHARES[:-1]) if tick <= max(0.0, lowest - 0.02))
    return line_plot(
        "Recall over k",
        "Share of the evidence within the first k passages.",
        Axis(
            "passages, k",
            1,
            max(2, evaluation.top_k),
            tuple(float(k) for k in (1, 2, 3, 5, 10, 20, 50) if k <= max(2, evaluation.top_k)),
            log=True,
        ),
        Axis("recall", floor, 1, tuple(t for t in SHARES if t >= floor)),
        [Series(f"{name} ({len(groups[name])})", points) for name, points in curves.items()],
    )


def _risk_coverage(results: Sequence[QuestionResult]) -> str:
    curve = risk_coverage_curve(wrong_flags(results), confidences(results))
    threshold = results[0].threshold
    answered = sum(r.answered for r in results) / len(results)
    return line_plot(
        "Risk over coverage",
        f"Answering the most confident first: wrong if unanswerable, or if evidence is missing "
        f"from the first {FOUND_WITHIN}. At threshold {threshold:.2f}, "
        f"{100 * answered:.0f} % are answered.",
        Axis("share answered", 0, 1, SHARES),
        Axis("share wrong", 0, 1, SHARES),
        [Series("risk", tuple((point.coverage, point.risk) for point in curve))],
    )


def _calibration(results: Sequence[QuestionResult]) -> str:
    bins = calibration_bins(answerable_flags(results), confidences(results))
    return line_plot(
        "Calibration",
        "Stated confidence against the share that is answerable; on the dashed line it is honest.",
        Axis("confidence", 0, 1, SHARES),
        Axis("answerable", 0, 1, SHARES),
        [Series("ten bins", tuple((b.confidence, b.answerable) for b in bins))],
        diagonal=True,
        dots=True,
    )


def _confidence(results: Sequence[QuestionResult]) -> str:
    series = [
        Series("answerable", values=tuple(r.confidence for r in results if r.question.answerable))
    ]
    series += [
        Series(kind, values=tuple(r.confidence for r in results if r.question.category == kind))
        for kind in unanswerable_kinds(results)
    ]
    return histogram(
        "Confidence by kind of question",
        "Twenty bins, each kind to its own scale; the less the kinds overlap, the better.",
        "confidence",
        [row for row in series if row.values],
    )
