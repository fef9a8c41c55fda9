"""How sure is a figure, given so few questions? Percentile bootstrap over questions.

The questions are drawn anew with replacement, many times, and the figure is taken each time; the
middle 95 % of what comes out is the interval (Efron and Tibshirani 1993, chapter 13). A draw is
held as *weights*: how often each question came up. Every statistic here therefore takes a
``(draws, questions)`` matrix of weights and returns ``(draws,)`` figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]

RESAMPLES = 1000
SEED = 20240229
LEVEL = 0.95
_CELLS = 2_000_000
"""Most cells of one matrix of weights: 16 MB, whatever the number of questions."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and the bounds that hold it in ``LEVEL`` of the draws."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """After minus before, question by question. ``p_worse`` is the share of draws below zero."""

    difference: float
    low: float
    high: float
    p_worse: float


def draws(questions: int, resamples: int = RESAMPLES, seed: int = SEED) -> Iterator[Floats]:
    """Yield matrices of weights, ``resamples`` rows in all, each row summing to ``questions``.

    Equal arguments yield equal rows.
    """
    generator = np.random.default_rng(seed)
    rows = max(1, _CELLS // max(1, questions))
    for first in range(0, resamples, rows):
        count = min(rows, resamples - first)
        picks = generator.integers(0, questions, size=(count, questions))
        picks += np.arange(count)[:, None] * questions
        counts = np.bincount(picks.ravel(), minlength=count * questions)
        yield counts.reshape(count, questions).astype(np.float64)


def interval(
    statistic: Statistic, questions: int, *, resamples: int = RESAMPLES, seed: int = SEED
) -> Interval:
    """Return the figure over all questions, with its percentile interval.

    Draws on which the figure is undefined (NaN) are left out; ``questions`` must be at least 1.
    """
    value = float(statistic(np.ones((1, questions)))[0])
    drawn = np.concatenate([statistic(weights) for weights in draws(questions, resamples, seed)])
    drawn = drawn[~np.isnan(drawn)]
    if drawn.size == 0:
        return Interval(value, value, value)
    low, high = _bounds(drawn[:, None])
    return Interval(value, float(low[0]), float(high[0]))


def mean_intervals(
    values: Floats, *, resamples: int = RESAMPLES, seed: int = SEED
) -> list[Interval]:
    """Return mean and interval of each column of ``(questions, measures)``, over the same draws."""
    questions = values.shape[0]
    drawn = np.concatenate([w @ values for w in draws(questions, resamples, seed)]) / questions
    low, high = _bounds(drawn)
    means = values.mean(axis=0)
    return [
        Interval(float(m), float(a), float(b)) for m, a, b in zip(means, low, high, strict=True)
    ]


def paired_difference(
    before: Floats, after: Floats, *, resamples: int = RESAMPLES, seed: int = SEED
) -> PairedDifference:
    """Return the mean of ``after - before`` over the same questions, with its interval.

    Pairing removes what makes one question harder than another, so small changes show.
    """
    change = after - before
    drawn = np.concatenate([w @ change for w in draws(len(change), resamples, seed)]) / len(change)
    low, high = _bounds(drawn[:, None])
    return PairedDifference(
        float(change.mean()), float(low[0]), float(high[0]), float(np.mean(drawn < 0))
    )


def _bounds(drawn: Floats) -> tuple[Floats, Floats]:
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    return low, high
