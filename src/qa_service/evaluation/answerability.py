"""Does the confidence know which questions the documents answer?

Every statistic takes weights, ``(draws, n)``, as in ``bootstrap``, and returns ``(draws,)``; a row
of ones gives the plain figure. A figure that the questions cannot give is NaN.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa_service.evaluation.bootstrap import Floats

Flags = NDArray[np.bool_]
BINS = 10


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Questions of like confidence: their number, mean confidence and share answerable."""

    low: float
    high: float
    questions: int
    confidence: float
    answerable: float


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """Answering only at ``confidence`` and above: share answered, and share of those wrong."""

    confidence: float
    coverage: float
    risk: float


def auroc(answerable: Flags, confidence: Floats, weights: Floats) -> Floats:
    """Return how often an answerable question is more confident than an unanswerable one.

    Ties count half (Mann and Whitney 1947). NaN where a draw lacks one of the two.
    """
    order, starts = _tie_groups(confidence)
    held = weights[:, order]
    positive = np.add.reduceat(held * answerable[order], starts, axis=1)
    negative = np.add.reduceat(held * ~answerable[order], starts, axis=1)
    below = np.cumsum(negative, axis=1) - negative
    won = (positive * (below + negative / 2)).sum(axis=1)
    return _ratio(won, positive.sum(axis=1) * negative.sum(axis=1))


def expected_calibration_error(answerable: Flags, confidence: Floats, weights: Floats) -> Floats:
    """Return the mean distance between confidence and share answerable, over 10 equal-width bins.

    Equal width rather than equal mass: equal-mass bins cut ties at random (Naeini et al. 2015 is
    the equal-width form).
    """
    member = _bin_of(confidence)[:, None] == np.arange(BINS)[None, :]
    gap = (answerable - confidence)[:, None] * member
    return _ratio(np.abs(weights @ gap).sum(axis=1), weights.sum(axis=1))


def area_under_risk_coverage(wrong: Flags, confidence: Floats, weights: Floats) -> Floats:
    """Return the risk averaged over coverage (Geifman and El-Yaniv 2017); 0 is perfect.

    Questions enter most confident first; ties enter together, since no threshold parts them.
    """
    order, starts = _tie_groups(-confidence)
    held = weights[:, order]
    entered = np.add.reduceat(held, starts, axis=1)
    failed = np.add.reduceat(held * wrong[order], starts, axis=1)
    total = np.cumsum(entered, axis=1)
    risk = np.divide(np.cumsum(failed, axis=1), total, out=np.zeros_like(total), where=total > 0)
    return _ratio((entered * risk).sum(axis=1), total[:, -1])


def risk_coverage_curve(wrong: Flags, confidence: Floats) -> list[RiskPoint]:
    """Return one point for each distinct confidence, most confident first."""
    order, starts = _tie_groups(-confidence)
    ends = np.append(starts[1:], len(order))
    failed = np.cumsum(wrong[order])
    return [
        RiskPoint(
            float(confidence[order[end - 1]]), end / len(order), float(failed[end - 1]) / float(end)
        )
        for end in ends.tolist()
    ]


def calibration_bins(answerable: Flags, confidence: Floats) -> list[CalibrationBin]:
    """Return the bins that hold at least one question, lowest first."""
    bins: list[CalibrationBin] = []
    membership = _bin_of(confidence)
    for number in range(BINS):
        inside = membership == number
        if inside.any():
            bins.append(
                CalibrationBin(
                    number / BINS,
                    (number + 1) / BINS,
                    int(inside.sum()),
                    float(confidence[inside].mean()),
                    float(answerable[inside].mean()),
                )
            )
    return bins


def _bin_of(confidence: Floats) -> NDArray[np.int64]:
    return np.minimum((confidence * BINS).astype(np.int64), BINS - 1)


def _tie_groups(scores: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the ascending order of scores, and where in it each distinct score begins."""
    order = np.argsort(scores, kind="stable")
    ordered = scores[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    return order, starts


def _ratio(numerator: Floats, denominator: Floats) -> Floats:
    return np.divide(
        numerator,
        denominator,
        out=np.full_like(numerator, np.nan, dtype=np.float64),
        where=denominator > 0,
    )
