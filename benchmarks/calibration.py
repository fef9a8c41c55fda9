"""How good a confidence is at telling answerable questions from others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa_service.evaluation.answerability import auroc, expected_calibration_error
from situations import ANSWERABLE, OUT_OF_SCOPE

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one set of questions. AUROC of answerable questions against out-of-scope ones and against
    near misses; shares refused and answered at the threshold; ``ece`` over 10 equal-width bins, of
    the questions as they are, and ``ece_weighted`` of the mix that was fitted."""

    questions: int
    auroc_out_of_scope: float
    auroc_near_miss: float
    ece: float
    ece_weighted: float
    answerable_refused: float
    near_miss_answered: float
    out_of_scope_answered: float

    def shown(self) -> dict[str, str | float]:
        """Return the figures as cells of a table."""
        return {
            "questions": str(self.questions),
            "AUROC out of scope": _number(self.auroc_out_of_scope),
            "AUROC near miss": _number(self.auroc_near_miss),
            "ECE": _number(self.ece),
            "ECE weighted": _number(self.ece_weighted),
            "answerable refused": _percent(self.answerable_refused),
            "near misses answered": _percent(self.near_miss_answered),
            "out of scope answered": _percent(self.out_of_scope_answered),
        }


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"


def _percent(share: float) -> str:
    return "-" if math.isnan(share) else f"{100 * share:.1f} %"


def figures(kinds: Sequence[str], confidence: Floats, weights: Floats, threshold: float) -> Figures:
    """Return the figures of questions of these kinds; NaN where a kind is absent."""
    answerable = np.array([kind == ANSWERABLE for kind in kinds])
    outside = np.array([kind == OUT_OF_SCOPE for kind in kinds])
    near = ~answerable & ~outside

    def area(others: NDArray[np.bool_]) -> float:
        some = answerable | others
        return float(auroc(answerable[some], confidence[some], np.ones((1, some.sum())))[0])

    def error(mix: Floats) -> float:
        return float(expected_calibration_error(answerable, confidence, mix[None])[0])

    def answered(some: NDArray[np.bool_]) -> float:
        return float((confidence[some] >= threshold).mean()) if some.any() else float("nan")

    return Figures(
        questions=len(kinds),
        auroc_out_of_scope=area(outside),
        auroc_near_miss=area(near),
        ece=error(np.ones(len(kinds))),
        ece_weighted=error(weights),
        answerable_refused=1 - answered(answerable),
        near_miss_answered=answered(near),
        out_of_scope_answered=answered(outside),
    )
