from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.factories import TEXTS
from qa_service.ablation.differences import Difference, against_first, difference, headline
from qa_service.evaluation.answerability import auroc
from qa_service.evaluation.baseline import baseline_of
from qa_service.evaluation.bootstrap import draws
from qa_service.evaluation.comparison import compare
from qa_service.evaluation.results import Evaluation
from qa_service.evaluation.summary import summarise

from .factories import evaluation, trial

# Of equal length, so that the labels' offsets still point at the paragraph they mean.
WORSE = {**TEXTS, "moon.txt": TEXTS["moon.txt"].replace("orbits the earth", "xxxxxx yyy zzzzz")}


def confident(found: Evaluation, confidences: list[float]) -> Evaluation:
    """Return the evaluation with other confidences."""
    results = tuple(
        replace(r, confidence=c) for r, c in zip(found.results, confidences, strict=True)
    )
    return replace(found, results=results, metrics=summarise(results))


def test_the_headline_gives_each_kind_of_unanswerable_question_apart() -> None:
    assert headline(evaluation())[-6:] == (
        "false_abstain",
        "false_answer",
        "false_answer.near-miss",
        "false_answer.out-of-scope",
        "auroc.near-miss",
        "auroc.out-of-scope",
    )


def test_a_single_kind_is_not_given_twice_and_none_not_at_all() -> None:
    results = evaluation().results
    answerable = replace(evaluation(), results=results[:5], metrics=summarise(results[:5]))
    assert headline(answerable)[-1] == "false_abstain"
    one = replace(evaluation(), results=results[:6], metrics=summarise(results[:6]))
    assert headline(one)[-2:] == ("false_answer", "auroc.near-miss")


def test_an_evaluation_does_not_differ_from_itself() -> None:
    found = evaluation()
    for name in headline(found):
        same = difference(name, found, found)
        assert (same.gain, same.low, same.high, same.verdict) == (0, 0, 0, "")


def test_gains_over_all_questions_are_those_of_the_baseline_comparison() -> None:
    first, other = evaluation(), evaluation(0.9, WORSE)
    gains = {c.name: c.gain for c in compare(other, baseline_of(first)).metrics}
    for name in headline(first):
        if name in gains and (gain := gains[name]) is not None:
            found = difference(name, first, other)
            assert (found.gain, found.low, found.high) == pytest.approx(
                (gain.difference, gain.low, gain.high), abs=1e-5
            )


def test_a_gain_is_above_zero_where_fewer_questions_are_refused() -> None:
    shy, bold = evaluation(2.0), evaluation(0.0)
    abstaining = difference("false_abstain", shy, bold)
    assert (abstaining.first, abstaining.other, abstaining.gain) == (1, 0, 1)
    assert abstaining.verdict == "better"
    for name in ("false_answer", "false_answer.near-miss"):
        assert difference(name, shy, bold).gain == -1
        assert difference(name, shy, bold).verdict == "worse"


def test_one_kind_counts_only_its_own_questions() -> None:
    first = evaluation(2.0)
    near, far = first.results[5], first.results[6]
    answered = replace(near, answered=True, measures={**near.measures, "false_answer": 1.0})
    results = (*first.results[:5], answered, far)
    other = replace(first, results=results, metrics=summarise(results))
    gains = {name: difference(name, first, other).gain for name in headline(first)}
    assert gains["false_answer.near-miss"] == -1
    assert gains["false_answer.out-of-scope"] == 0
    assert gains["false_answer"] == -0.5


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.sampled_from([0.1, 0.3, 0.5, 0.9]), min_size=7, max_size=7),
    st.lists(st.sampled_from([0.1, 0.3, 0.5, 0.9]), min_size=7, max_size=7),
)
def test_the_interval_of_auroc_draws_the_same_questions_for_both(
    before: list[float], after: list[float]
) -> None:
    found = evaluation()
    first, other = confident(found, before), confident(found, after)
    got = difference("auroc.near-miss", first, other)
    held = [0, 1, 2, 3, 4, 5]
    flags = np.array([found.results[n].question.answerable for n in held])
    columns = [np.array([c[n] for n in held]) for c in (before, after)]
    changes = np.concatenate(
        [auroc(flags, columns[1], w) - auroc(flags, columns[0], w) for w in draws(len(held))]
    )
    expected = np.nanquantile(changes, [0.025, 0.975])
    assert (got.low, got.high) == pytest.approx(tuple(expected))
    assert got.gain == pytest.approx(got.other - got.first)
    assert difference("auroc.near-miss", other, first).gain == pytest.approx(-got.gain)


def test_a_verdict_needs_the_whole_interval_on_one_side() -> None:
    assert Difference("x", 0, 1, 0.2, 0.1, 0.3).verdict == "better"
    assert Difference("x", 0, 1, -0.2, -0.3, -0.1).verdict == "worse"
    assert Difference("x", 0, 1, 0.2, 0.0, 0.3).verdict == ""
    assert Difference("x", 0, 1, -0.2, -0.3, 0.0).verdict == ""


def test_every_trial_is_held_against_the_first_one() -> None:
    trials = [
        trial("a", evaluation()),
        trial("b", evaluation(0.9)),
        trial("c", evaluation(texts=WORSE)),
    ]
    found = against_first(trials)
    assert [entry.trial.config.name for entry in found] == ["b", "c"]
    assert [entry.same_documents for entry in found] == [True, False]
    assert "q1" in [change.id for change in found[1].questions.broken]
    assert against_first(trials) == found
