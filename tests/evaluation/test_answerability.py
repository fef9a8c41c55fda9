from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from qa_service.evaluation.answerability import (
    area_under_risk_coverage,
    auroc,
    calibration_bins,
    expected_calibration_error,
    risk_coverage_curve,
)
from qa_service.evaluation.bootstrap import draws


def ones(n: int) -> np.ndarray:
    return np.ones((1, n))


def test_auroc_agrees_with_scikit_learn_ties_and_weights_included() -> None:
    generator = np.random.default_rng(3)
    for _ in range(20):
        labels = generator.random(60) < 0.5
        scores = np.round(generator.random(60), 1)
        assert auroc(labels, scores, ones(60))[0] == pytest.approx(roc_auc_score(labels, scores))
        weights = next(draws(60, 1, 5))
        expected = roc_auc_score(labels, scores, sample_weight=weights[0])
        assert auroc(labels, scores, weights)[0] == pytest.approx(expected)


def test_auroc_of_one_class_is_undefined() -> None:
    assert np.isnan(auroc(np.array([True, True]), np.array([0.1, 0.2]), ones(2))[0])


def test_calibration_error_by_hand_with_both_ends_of_the_scale() -> None:
    labels = np.array([True, False, True, False])
    confidence = np.array([0.95, 1.0, 0.05, 0.0])
    # top bin: mean label 0.5 against 0.975; bottom bin: 0.5 against 0.025
    assert expected_calibration_error(labels, confidence, ones(4))[0] == pytest.approx(0.475)
    bins = calibration_bins(labels, confidence)
    assert [(b.low, b.high, b.questions) for b in bins] == [(0.0, 0.1, 2), (0.9, 1.0, 2)]


def test_risk_coverage_by_hand() -> None:
    wrong = np.array([False, True, False, True])
    confidence = np.array([0.9, 0.8, 0.7, 0.6])
    curve = risk_coverage_curve(wrong, confidence)
    assert [p.coverage for p in curve] == pytest.approx([0.25, 0.5, 0.75, 1.0])
    assert [p.risk for p in curve] == pytest.approx([0.0, 0.5, 1 / 3, 0.5])
    assert [p.confidence for p in curve] == [0.9, 0.8, 0.7, 0.6]
    area = area_under_risk_coverage(wrong, confidence, ones(4))[0]
    assert area == pytest.approx((0 + 0.5 + 1 / 3 + 0.5) / 4)


def test_ties_enter_together_so_order_does_not_matter() -> None:
    wrong = np.array([False, True, False, True, True])
    confidence = np.array([0.5, 0.5, 0.5, 0.5, 0.1])
    swapped = np.array([1, 0, 3, 2, 4])
    first = area_under_risk_coverage(wrong, confidence, ones(5))[0]
    assert first == area_under_risk_coverage(wrong[swapped], confidence, ones(5))[0]
    assert len(risk_coverage_curve(wrong, confidence)) == 2


def test_weights_are_the_same_as_repeating_questions() -> None:
    wrong = np.array([False, True, False])
    confidence = np.array([0.9, 0.3, 0.6])
    picks = np.array([0, 0, 1, 2, 2, 2])
    weights = np.array([[2.0, 1.0, 3.0]])
    for statistic in (area_under_risk_coverage, expected_calibration_error, auroc):
        repeated = statistic(wrong[picks], confidence[picks], ones(6))[0]
        assert statistic(wrong, confidence, weights)[0] == pytest.approx(repeated)
