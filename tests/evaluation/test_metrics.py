from __future__ import annotations

import math

import pytest

from qa_service.evaluation.metrics import (
    answer_measures,
    budget_measures,
    judge,
    labelled_quotes,
    ndcg,
    rank_measures,
    within_budget,
)
from qa_service.evaluation.questions import EvidenceSpan, Question
from qa_service.evaluation.spans import Place

A = EvidenceSpan("d", 10, 20, "x" * 10)
B = EvidenceSpan("d", 100, 110, "y" * 10)


def ask(*evidence: EvidenceSpan, category: str = "paraphrase") -> Question:
    return Question("q", "?", True, category, evidence)


def test_a_passage_counts_only_if_it_wholly_contains_the_span() -> None:
    ranking = [("d", 11, 50), ("d", 0, 19), ("e", 0, 50), ("d", 10, 20)]
    judged = judge(ask(A), ranking)
    assert judged.relevant == (False, False, False, True)
    assert judged.need_ranks == (4,)
    assert judged.first_hit == 4


def test_any_alternative_is_enough_outside_multi_sentence() -> None:
    judged = judge(ask(A, B), [("d", 90, 120), ("d", 0, 30)])
    measures = rank_measures(judged)
    assert judged.need_ranks == (1,)
    assert measures["recall@1"] == measures["hit@1"] == 1


def test_multi_sentence_recall_is_the_share_of_entries_found() -> None:
    judged = judge(
        ask(A, B, category="multi-sentence"), [("d", 90, 120), ("d", 0, 5), ("d", 0, 30)]
    )
    measures = rank_measures(judged)
    assert judged.need_ranks == (3, 1)
    assert (measures["recall@1"], measures["recall@3"]) == (0.5, 1.0)
    assert (measures["hit@1"], measures["mrr@10"]) == (1.0, 1.0)


def test_reciprocal_rank_ends_at_ten() -> None:
    miss = ("d", 0, 1)
    assert rank_measures(judge(ask(A), [miss] * 9 + [("d", 0, 30)]))["mrr@10"] == 0.1
    assert rank_measures(judge(ask(A), [miss] * 10 + [("d", 0, 30)]))["mrr@10"] == 0


def test_a_need_is_quoted_by_at_least_half_of_one_of_its_spans() -> None:
    def recall(question: Question, *quotes: Place) -> float:
        return answer_measures(question, quotes, [True] * len(quotes))["answer_recall"]

    assert recall(ask(A), ("d", 0, 15)) == 1
    assert recall(ask(A), ("d", 0, 14)) == 0
    assert recall(ask(A), ("d", 0, 13), ("d", 18, 40)) == 1, "two sentences hold one label"
    assert recall(ask(A), ("e", 0, 50)) == 0
    assert recall(ask(A, B), ("d", 100, 130)) == 1, "either will do"
    assert recall(ask(A, B, category="multi-sentence"), ("d", 100, 130)) == 0.5
    assert recall(ask(A)) == 0


def test_the_precision_of_an_answer_is_the_share_of_quotes_that_touch_a_label() -> None:
    def precision(*quotes: Place) -> float:
        labelled = labelled_quotes(ask(A, B), quotes)
        return answer_measures(ask(A, B), quotes, labelled)["answer_precision"]

    assert precision(("d", 19, 40)) == 1
    assert precision(("d", 20, 40)) == 0, "beside the label, not in it"
    assert precision(("d", 0, 40), ("d", 40, 60), ("d", 90, 120), ("e", 0, 40)) == 0.5
    assert precision() == 0


def test_ndcg_by_hand() -> None:
    both = ask(A, B, category="multi-sentence")
    judged = judge(both, [("d", 0, 5), ("d", 0, 30), ("d", 90, 120)])
    gained = 1 / math.log2(3) + 1 / math.log2(4)
    assert ndcg(judged, 10) == pytest.approx(gained / (1 + 1 / math.log2(3)))
    unmet = judge(both, [("d", 0, 30)])
    assert ndcg(unmet, 10) == pytest.approx(1 / (1 + 1 / math.log2(3)))
    assert ndcg(judge(both, []), 10) == 0


def test_reading_stops_at_the_first_passage_that_does_not_fit() -> None:
    assert within_budget([100, 100, 60, 10], 250) == 2
    assert within_budget([250], 250) == 1
    assert within_budget([251, 1], 250) == 0
    assert within_budget([], 250) == 0


def test_characters_in_two_passages_count_once() -> None:
    measures = budget_measures(ask(A), [("d", 5, 15), ("d", 0, 12)], [10, 10])
    assert measures["char_recall@250"] == 0.5
    assert measures["char_precision@250"] == pytest.approx(5 / 15)
    assert measures["char_iou@250"] == pytest.approx(5 / 20)


def test_with_nothing_read_every_measure_is_zero() -> None:
    assert set(budget_measures(ask(A), [("d", 0, 30)], [5000]).values()) == {0.0}
    assert set(rank_measures(judge(ask(A), [])).values()) == {0.0}
