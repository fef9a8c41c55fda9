from __future__ import annotations

import numpy as np
import pytest

from qa_service.embedding.cross_encoder_check import require_same_scores, sample_pairs
from qa_service.errors import ModelDamaged


def tokens(question: str, text: str) -> list[int]:
    return [0] * (len(question.split()) + len(text.split()) + 3)


@pytest.mark.parametrize("window", [16, 512])
def test_samples_fit_the_window_and_some_fill_it(window: int) -> None:
    samples = sample_pairs(tokens, window)
    assert samples
    for question, texts in samples:
        lengths = [len(tokens(question, text)) for text in texts]
        assert max(lengths) == window
        assert len(texts) > 5


def test_scores_that_agree_are_told_with_their_range() -> None:
    scores = np.array([-3, 0, 7], np.float32)
    assert require_same_scores(scores, scores, "float32", "m") == {"worst": 0.0, "range": 10.0}
    near = scores + np.float32(0.002)
    assert require_same_scores(scores, near, "float32", "m")["worst"] == pytest.approx(0.002, 0.01)


@pytest.mark.parametrize(
    ("variant", "error", "setting"),
    [
        ("float32", 0.02, "QA_RERANKER"),
        ("int8", 0.4, "QA_RERANK_PRECISION=float32"),
        ("float32", float("nan"), "QA_RERANKER"),
        ("int8", float("nan"), "QA_RERANK_PRECISION=float32"),
    ],
)
def test_disagreement_is_refused_with_its_numbers(variant: str, error: float, setting: str) -> None:
    scores = np.array([-3, 0, 7], np.float32)
    found = scores + np.array([0, error, 0], np.float32)
    with pytest.raises(
        ModelDamaged, match=rf"some/model: the {variant} export.*range 10"
    ) as caught:
        require_same_scores(scores, found, variant, "some/model")
    assert setting in caught.value.hint


def test_int8_may_differ_more_than_float32_and_still_little() -> None:
    scores = np.array([-3, 0, 7], np.float32)
    require_same_scores(scores, scores + np.float32(0.2), "int8", "m")
    with pytest.raises(ModelDamaged):
        require_same_scores(scores, scores + np.float32(0.2), "float32", "m")


def test_a_model_whose_scores_hardly_differ_is_held_to_rounding() -> None:
    scores = np.array([0.5, 0.5], np.float32)
    require_same_scores(scores, scores + np.float32(1e-6), "float32", "m")
    with pytest.raises(ModelDamaged):
        require_same_scores(scores, scores + np.float32(1e-3), "int8", "m")
