from __future__ import annotations

import json
from importlib import resources

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qa_service.retrieval.features import FEATURES, FeatureTable
from qa_service.retrieval.fusion import FusionWeights, default_weights, explain, fuse, normalise

COUNT = len(FEATURES)
VALUES = arrays(
    np.float32, st.tuples(st.integers(1, 8), st.just(COUNT)), elements=st.floats(0, 30, width=32)
)
SOME = FusionWeights.of(dict(zip(FEATURES, (4, 3, 2, 1, 0.5), strict=True)))


def table(values: np.ndarray, total_idf: float = 0.0) -> FeatureTable:
    nothing = np.zeros(0, dtype=np.float32)
    rows = np.arange(len(values))
    return FeatureTable(
        rows=rows,
        values=values.astype(np.float32),
        sentence_rows=rows,
        sentence_owner=rows,
        sentence_cosine=nothing,
        sentence_holds=np.zeros((0, 0), dtype=np.bool_),
        sentence_coverage=nothing,
        passage_coverage=nothing,
        term_idf=nothing,
        total_idf=total_idf,
        rarest_idf=1.0,
    )


def test_weights_are_scaled_to_add_up_to_one() -> None:
    assert sum(SOME.values) == pytest.approx(1)
    assert SOME.values[0] == pytest.approx(4 / 10.5)


@pytest.mark.parametrize(
    "weights",
    [
        {},
        dict.fromkeys(FEATURES[:-1], 1.0),
        dict.fromkeys((*FEATURES, "luck"), 1.0),
        dict.fromkeys(FEATURES, 0.0),
        dict.fromkeys(FEATURES, 1.0) | {FEATURES[0]: -0.1},
    ],
)
def test_weights_that_are_no_weights_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="weights"):
        FusionWeights.of(weights)


def test_the_shipped_weights_say_where_they_come_from() -> None:
    text = resources.files("qa_service.retrieval").joinpath("fusion.json").read_text("utf-8")
    content = json.loads(text)
    assert content["note"].startswith("Fitted on ")
    assert content["command"].startswith("python benchmarks/fit_fusion.py ")
    assert sum(content["weights"].values()) == pytest.approx(1, abs=1e-6)
    assert sum(default_weights().values) == pytest.approx(1)


@given(VALUES, st.floats(0, 50))
def test_scores_lie_between_zero_and_one(values: np.ndarray, total_idf: float) -> None:
    scores = fuse(table(values, total_idf), SOME)
    assert scores.shape == (len(values),)
    assert scores.min() >= 0
    assert scores.max() <= 1 + 1e-6


@given(VALUES, st.floats(0, 50))
def test_the_explanation_adds_up_to_the_score(values: np.ndarray, total_idf: float) -> None:
    whole = table(values, total_idf)
    for place, score in enumerate(fuse(whole, SOME)):
        features = explain(whole, SOME, place)
        assert tuple(features) == FEATURES
        assert sum(f.weight * f.normalised for f in features.values()) == pytest.approx(
            float(score), abs=1e-5
        )
        assert [f.value for f in features.values()] == values[place].tolist()


@given(VALUES, st.integers(0, COUNT - 1), st.floats(0, 5))
def test_more_of_a_feature_never_ranks_a_passage_lower(
    values: np.ndarray, column: int, more: float
) -> None:
    """Unless it moves the ends of the scale, which it does not below the highest value."""
    raised = values.copy()
    raised[0, column] = min(raised[0, column] + more, values[:, column].max())
    before, after = fuse(table(values), SOME), fuse(table(raised), SOME)
    if values[1:, column].size and values[1:, column].min() <= values[0, column]:
        assert after[0] >= before[0] - 1e-6


def test_a_feature_that_all_passages_share_tells_nothing() -> None:
    values = np.full((3, COUNT), 7.0)
    values[:, 0] = (1, 2, 3)
    scaled = normalise(table(values))
    assert scaled[:, 0].tolist() == [0, 0.5, 1]
    assert not scaled[:, 1:].any()


def test_one_shared_common_word_weighs_less_than_a_full_match() -> None:
    column = FEATURES.index("passage_bm25")
    values = np.zeros((2, COUNT))
    values[1, column] = 1.0  # of a question whose terms weigh 20 together
    assert 0 < normalise(table(values, total_idf=20.0))[1, column] < 0.2
    assert normalise(table(values, total_idf=1.0))[1, column] == 1
