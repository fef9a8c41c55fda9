from __future__ import annotations

from dataclasses import replace

import pytest

from qa_service.errors import EvaluationError, InvalidQuestion
from qa_service.evaluation.runner import evaluate
from qa_service.evaluation.system import corpus_fingerprint, document_texts
from qa_service.records import Retrieval

from .factories import TEXTS, question, sample_evaluation, sample_questions, span
from .fake_system import FakeSystem


class Altered(FakeSystem):
    """A system whose replies are changed before they come back."""

    def __init__(self, **changes: object) -> None:
        super().__init__(TEXTS)
        self.changes = changes

    def retrieve(self, question: str, *, top_k: int, max_tokens: int | None = None) -> Retrieval:
        reply = super().retrieve(question, top_k=top_k)
        changes = dict(self.changes)
        if changes.pop("twice", False):
            changes["evidence"] = reply.evidence[:1] * 2
        return replace(reply, **changes)


def test_every_question_is_asked_once_in_order_and_counted() -> None:
    system, seen = FakeSystem(TEXTS), []
    evaluation = evaluate(
        system, sample_questions(), progress=lambda done, total: seen.append((done, total))
    )
    assert system.asked == [q.question for q in sample_questions()]
    assert seen == [(n, 7) for n in range(1, 8)]
    assert [r.question.id for r in evaluation.results] == [q.id for q in sample_questions()]


def test_each_outcome_is_named() -> None:
    outcomes = {r.question.id: r.outcome for r in sample_evaluation().results}
    assert outcomes == {
        "q1": "found",
        "q2": "found",
        "q3": "found",
        "q4": "refused",
        "q5": "found",
        "q6": "abstained",
        "q7": "abstained",
    }
    daring = {r.question.id: r.outcome for r in sample_evaluation(threshold=0.0).results}
    assert daring["q6"] == daring["q7"] == "false-answer"
    far = question("q1", "green tea brewed degrees", span("Tides rise."))
    few = evaluate(FakeSystem(TEXTS), [far], top_k=2)
    assert few.results[0].outcome == "missed"
    assert few.results[0].rank is None


def test_results_hold_spans_scores_and_ranks() -> None:
    result = sample_evaluation().results[4]
    assert result.need_ranks == (1, 2)
    assert (result.first_hit, result.rank) == (1, 2)
    first = result.ranking[0]
    assert TEXTS[first.document_id][first.start : first.end] == "The moon orbits the earth."
    assert first.relevant
    assert first.score == result.confidence
    assert result.took_ms > 0


def test_what_the_answer_quotes_is_kept_and_judged() -> None:
    results = {r.question.id: r for r in sample_evaluation().results}
    [quote] = results["q2"].quotes
    assert TEXTS[quote.document_id][quote.start : quote.end] == "The moon has no thick atmosphere."
    assert quote.labelled
    assert results["q2"].measures["answer_recall"] == 1
    assert results["q4"].quotes == ()
    assert results["q4"].measures["answer_recall"] == 0, "refused"
    answered = {r.question.id: r for r in sample_evaluation(threshold=0).results}
    assert answered["q6"].quotes
    assert not any(quote.labelled for quote in answered["q6"].quotes)
    assert "answer_recall" not in answered["q6"].measures
    metrics = sample_evaluation().metrics
    assert metrics["answer_recall"].questions == metrics["answer_precision"].questions == 5


def test_a_system_without_highlights_has_answers_without_quotes() -> None:
    class Plain(FakeSystem):
        def retrieve(
            self, question: str, *, top_k: int, max_tokens: int | None = None
        ) -> Retrieval:
            found = super().retrieve(question, top_k=top_k, max_tokens=max_tokens)
            evidence = tuple(replace(one, highlights=()) for one in found.evidence)
            return replace(found, evidence=evidence)

    result = evaluate(Plain(TEXTS), sample_questions()).results[0]
    assert result.answered
    assert result.quotes == ()


def test_metrics_come_overall_by_category_and_by_kind() -> None:
    metrics = sample_evaluation().metrics
    assert metrics["recall@1"].questions == 5
    assert metrics["recall@1[multi-sentence]"].value == 0.5
    assert metrics["false_answer"].questions == 2
    assert metrics["false_answer.near-miss"].questions == 1
    assert metrics["auroc.out-of-scope"].questions == 6
    assert metrics["false_abstain"].value == pytest.approx(0.2)
    assert "recall@1[near-miss]" not in metrics
    assert "recall@1.near-miss" not in metrics
    assert all(m.low <= m.value + 1e-12 and m.value <= m.high + 1e-12 for m in metrics.values())


def test_figures_that_the_questions_cannot_give_are_absent() -> None:
    answerable = [q for q in sample_questions() if q.answerable]
    metrics = sample_evaluation(answerable).metrics
    assert not {"auroc", "false_answer"} & set(metrics)
    unanswerable = [q for q in sample_questions() if not q.answerable]
    metrics = sample_evaluation(unanswerable).metrics
    assert not {"auroc", "recall@1", "false_abstain"} & set(metrics)
    assert "ece" in metrics


def test_two_runs_agree_in_everything_but_time() -> None:
    first, second = sample_evaluation(), sample_evaluation()
    assert first.metrics == second.metrics
    assert [replace(r, took_ms=0) for r in first.results] == [
        replace(r, took_ms=0) for r in second.results
    ]


def test_categories_count_what_became_of_their_questions() -> None:
    summaries = {c.name: c for c in sample_evaluation().categories}
    assert summaries["paraphrase"].outcomes == {"found": 3, "refused": 1}
    assert (summaries["paraphrase"].questions, summaries["paraphrase"].passed) == (4, 3)
    assert list(summaries) == ["paraphrase", "multi-sentence", "near-miss", "out-of-scope"]


def test_rankings_cut_short_of_a_budget_are_counted() -> None:
    short = evaluate(FakeSystem(TEXTS), sample_questions(), top_k=1).short_rankings
    assert short == dict.fromkeys((250, 500, 1000, 2000), 5)
    assert sample_evaluation().short_rankings == {}, "the ranking holds the whole corpus"


def test_a_refused_question_is_named() -> None:
    class Refusing(FakeSystem):
        def retrieve(
            self, question: str, *, top_k: int, max_tokens: int | None = None
        ) -> Retrieval:
            raise InvalidQuestion("too long", "shorten it")

    with pytest.raises(EvaluationError, match="q1: the question was refused: too long") as caught:
        evaluate(Refusing(TEXTS), sample_questions())
    assert caught.value.hint == "shorten it"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"confidence": 1.5}, "q1: confidence 1.5 is not between 0 and 1"),
        ({"confidence": float("nan")}, "q1: confidence nan"),
        ({"index_version": "gen-000002"}, "the index changed from gen-000001 to gen-000002 at q1"),
        ({"twice": True}, "q1: 2 passages for top_k 50, or one of them twice"),
    ],
)
def test_a_reply_that_cannot_be_measured_stops_the_run(
    changes: dict[str, object], said: str
) -> None:
    with pytest.raises(EvaluationError) as caught:
        evaluate(Altered(**changes), sample_questions())
    assert said in caught.value.message
    assert caught.value.hint


def test_no_questions_is_an_error() -> None:
    with pytest.raises(EvaluationError, match="no questions"):
        evaluate(FakeSystem(TEXTS), [])


def test_corpus_fingerprint_ignores_order_and_sees_every_change() -> None:
    documents = FakeSystem(TEXTS).documents()
    assert corpus_fingerprint(documents) == corpus_fingerprint(list(documents)[::-1])
    changed = FakeSystem({**TEXTS, "tea.txt": "Other."}).documents()
    assert corpus_fingerprint(documents) != corpus_fingerprint(changed)


def test_texts_of_absent_documents_are_left_out() -> None:
    assert set(document_texts(FakeSystem(TEXTS), ["tea.txt", "none.txt"])) == {"tea.txt"}
