from __future__ import annotations

import json
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.retrieval.answer_kind import AnswerKind
from qa_service.retrieval.confidence import Calibration, Logistic, default_calibration
from qa_service.retrieval.signals import ANSWER_SIGNALS, TOPIC_SIGNALS

ALL = (*TOPIC_SIGNALS, *ANSWER_SIGNALS)
AGAINST = (
    "negation_missing",
    "opposite_word",
    "number_missing",
    "name_missing",
    "kind_missing",
    "kind_not_near",
)
SIGNALS = st.fixed_dictionaries({name: st.floats(0, 1) for name in ALL})
NEAR = dict.fromkeys(ALL, 0.0) | {
    "passage_similarity": 0.6,
    "sentence_similarity": 0.7,
    "sentence_match": 0.7,
    "log_passages": 4.0,
    "match_among_many": 2.8,
    "close_similarity": 0.7,
}
FAR = NEAR | {
    "passage_similarity": 0.05,
    "sentence_similarity": 0.1,
    "sentence_match": 0.1,
    "match_among_many": 0.4,
    "close_similarity": 0.5,
    "rarest_missing": 1.0,
}

UNSURE = NEAR | {
    "passage_similarity": 0.3,
    "sentence_similarity": 0.35,
    "sentence_match": 0.3,
    "log_passages": 1.8,
    "match_among_many": 0.54,
    "close_similarity": 0.5,
}


def reason(signals: dict[str, float], kind: AnswerKind = AnswerKind.OTHER) -> str:
    return default_calibration().reason(signals, kind)


@given(SIGNALS)
def test_the_confidence_is_a_probability_and_the_product_of_two(signals: dict[str, float]) -> None:
    calibration = default_calibration()
    confidence = calibration.confidence(signals)
    assert 0 <= confidence <= 1
    assert confidence == pytest.approx(
        calibration.topic.probability(signals) * calibration.answer.probability(signals)
    )


@given(SIGNALS, st.floats(0, 0.25), st.floats(0, 0.25))
def test_a_second_look_counts_in_doubt_alone_and_more_unmatched_words_never_raise_it(
    signals: dict[str, float], one: float, more: float
) -> None:
    calibration = default_calibration()
    first = calibration.confidence(signals)
    looked = calibration.confidence(signals | {"unmatched_words": one})
    worse = calibration.confidence(signals | {"unmatched_words": min(0.25, one + more)})
    assert 0 <= worse <= looked <= 1
    if not calibration.in_doubt(signals):
        assert first == looked == worse


def test_in_doubt_are_topics_neither_far_nor_sure() -> None:
    calibration = default_calibration()
    assert not calibration.in_doubt(NEAR)
    assert not calibration.in_doubt(FAR)
    assert calibration.in_doubt(UNSURE)
    assert not Calibration(calibration.topic, calibration.answer, 0.5).in_doubt(UNSURE)


def test_words_that_nothing_is_near_to_turn_an_unsure_answer_into_none() -> None:
    calibration = default_calibration()
    assert calibration.confidence(UNSURE | {"unmatched_words": 0.0}) > calibration.threshold
    strange = UNSURE | {"unmatched_words": 0.05}
    assert calibration.confidence(strange) < calibration.threshold
    assert calibration.reason(strange, AnswerKind.OTHER, ("law", "retires")) == (
        "The documents touch this topic, but hold nothing close to “law”, “retires”."
    )
    for little in (0.0, 0.0001):  # by far not what weighed most
        unsure = UNSURE | {"unmatched_words": little}
        assert "law" not in calibration.reason(unsure, AnswerKind.OTHER, ("law",))


@given(SIGNALS, st.sampled_from(AGAINST), st.floats(0, 1))
def test_what_speaks_against_an_answer_never_raises_the_confidence(
    signals: dict[str, float], name: str, more: float
) -> None:
    calibration = default_calibration()
    worse = signals | {name: min(1.0, signals[name] + more)}
    assert calibration.confidence(worse) <= calibration.confidence(signals) + 1e-12


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(1.8, 8))
def test_more_coverage_or_similarity_never_lowers_the_topic(
    cosine: float, low: float, high: float, many: float
) -> None:
    def topic(coverage: float, similarity: float) -> float:
        match = 0.6 * similarity + 0.4 * coverage
        return default_calibration().topic.probability(
            NEAR
            | {
                "sentence_similarity": similarity,
                "sentence_match": match,
                "log_passages": many,
                "match_among_many": match * many,
            }
        )

    low, high = sorted((low, high))
    assert topic(high, cosine) >= topic(low, cosine) - 1e-12
    assert topic(cosine, high) >= topic(cosine, low) - 1e-12


def test_a_close_passage_is_answered_and_a_far_one_is_not() -> None:
    calibration = default_calibration()
    assert calibration.confidence(NEAR) > 0.6
    assert calibration.confidence(FAR) < calibration.threshold / 2


def test_extreme_logits_stay_finite() -> None:
    steep = Logistic(0.0, ("x",), (1e9,))
    assert steep.probability({"x": 1}) == pytest.approx(1)
    assert steep.probability({"x": -1}) == pytest.approx(0)


@pytest.mark.parametrize("names", [{}, {"x": 1.0}, {"x": 1.0, "y": 1.0, "z": 1.0}])
def test_coefficients_of_other_signals_are_refused(names: dict[str, float]) -> None:
    content: dict[str, Any] = {"intercept": 0.0, "coefficients": names}
    with pytest.raises(ValueError, match="signals are"):
        Logistic.of(content, ("x", "y"))


def test_the_shipped_calibration_says_where_it_comes_from() -> None:
    text = resources.files("qa_service.retrieval").joinpath("confidence.json").read_text("utf-8")
    content = json.loads(text)
    assert content["note"].startswith("Fitted on ")
    assert content["command"].startswith("python benchmarks/fit_confidence.py ")
    assert content["figures"]
    assert 0 < default_calibration().threshold < 1


def test_a_far_question_is_off_the_topic() -> None:
    assert reason(FAR) == "The documents hold nothing about this topic."


@pytest.mark.parametrize("kind", [kind for kind in AnswerKind if kind is not AnswerKind.OTHER])
def test_a_missing_kind_is_named(kind: AnswerKind) -> None:
    assert f"no {kind.value} that would answer" in reason(NEAR | {"kind_missing": 1.0}, kind)


def test_the_reason_names_what_the_passage_lacks() -> None:
    assert "lacks a number" in reason(NEAR | {"number_missing": 1.0, "name_missing": 0.6})
    assert "lacks a name" in reason(NEAR | {"name_missing": 1.0})
    assert "say otherwise" in reason(NEAR | {"opposite_word": 1.0, "close_similarity": 0.5})
    assert "no passage clearly answers" in reason(NEAR | {"close_similarity": 0.5})


def test_a_calibration_can_be_made_by_hand() -> None:
    sure = Logistic(50.0, TOPIC_SIGNALS, tuple(0.0 for _ in TOPIC_SIGNALS))
    even = Logistic(0.0, ANSWER_SIGNALS, tuple(0.0 for _ in ANSWER_SIGNALS))
    assert Calibration(sure, even, 0.4).confidence(NEAR) == pytest.approx(0.5)
