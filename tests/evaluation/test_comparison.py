from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qa_service.evaluation.baseline import baseline_of
from qa_service.evaluation.comparison import compare
from qa_service.evaluation.questions import Question
from qa_service.evaluation.results import Evaluation
from qa_service.evaluation.runner import evaluate
from qa_service.records import Retrieval

from .factories import TEXTS, question, sample_evaluation, sample_questions, span
from .fake_system import FakeSystem

COMMAND = "qa-service eval --write-baseline eval/baseline.json"


class Backwards(FakeSystem):
    """The same passages, worst first."""

    def retrieve(self, question: str, *, top_k: int, max_tokens: int | None = None) -> Retrieval:
        reply = super().retrieve(question, top_k=top_k)
        return replace(reply, evidence=reply.evidence[::-1])


def many(pinned: bool = False) -> list[Question]:
    return [
        question(f"q{n}", "moon orbits earth", span("The moon orbits the earth."), pinned=pinned)
        for n in range(40)
    ]


def backwards(questions: Sequence[Question], *, top_k: int = 50) -> Evaluation:
    return evaluate(Backwards(TEXTS), questions, top_k=top_k)


def test_an_evaluation_equals_its_own_baseline() -> None:
    evaluation = sample_evaluation()
    comparison = compare(evaluation, baseline_of(evaluation))
    assert not comparison.failed
    changed = (comparison.broken, comparison.fixed, comparison.slipped, comparison.climbed)
    assert changed == ((), (), (), ())
    assert comparison.paired == 7
    assert all(
        c.before == c.after and (c.gain is None or c.gain.low == c.gain.high == 0)
        for c in comparison.metrics
    )


def test_a_drop_beyond_chance_fails_and_names_the_metric() -> None:
    comparison = compare(backwards(many()), baseline_of(sample_evaluation(many())))
    assert comparison.failed
    assert any(f.startswith("recall@1 dropped from 1.0000 to 0.0000") for f in comparison.failures)
    assert not any(f.startswith("char_recall@1000") for f in comparison.failures)


def test_the_same_change_backwards_is_a_gain_and_does_not_fail() -> None:
    comparison = compare(sample_evaluation(many()), baseline_of(backwards(many())))
    assert not comparison.failed
    assert len(comparison.climbed) == 40 or len(comparison.fixed) == 40


def test_more_false_answers_are_a_drop_although_the_number_rises() -> None:
    questions = [
        question(f"q{n}", "green tea sold in which shop", category="near-miss") for n in range(40)
    ]
    before = baseline_of(sample_evaluation(questions, threshold=0.9))
    comparison = compare(sample_evaluation(questions, threshold=0.1), before)
    change = next(c for c in comparison.metrics if c.name == "false_answer")
    assert (change.before, change.after, change.dropped) == (0, 1, True)
    assert len(comparison.broken) == 40
    assert comparison.broken[0].message == "was abstained, now false-answer"


def test_broken_fixed_slipped_and_climbed_questions_are_named_with_both_ranks() -> None:
    questions = sample_questions()
    before = baseline_of(sample_evaluation(questions))
    evaluation = sample_evaluation(questions, threshold=0.9)
    comparison = compare(evaluation, before)
    broken = {c.id: c for c in comparison.broken}
    assert "q2" in broken
    assert broken["q2"].message == "was found at rank 1, now refused at rank 1"
    fixed = compare(sample_evaluation(questions), baseline_of(evaluation)).fixed
    assert {c.id for c in fixed} == set(broken)
    turned = compare(backwards(questions), before)
    moved = {c.id: (c.before_rank, c.after_rank) for c in turned.slipped + turned.broken}
    assert moved["q1"] == (1, 5)


def test_one_broken_question_fails_only_if_it_is_pinned() -> None:
    for pinned in (False, True):
        questions = [*many(), question("p", "tides rise", span("Tides rise."), pinned=pinned)]
        # Only "p" changes: six passages ahead of its own.
        texts = {"a.txt": "\n".join(["tides rise"] * 6), **TEXTS}
        before = evaluate(FakeSystem(TEXTS), questions)
        after = replace(
            evaluate(FakeSystem(texts), questions), corpus_fingerprint=before.corpus_fingerprint
        )
        comparison = compare(after, baseline_of(before))
        assert [c.id for c in comparison.broken] == ["p"]
        assert comparison.failed is pinned
    assert comparison.failures == (
        "pinned question p broke: was found at rank 1, now missed at rank 7: tides rise",
    )


def test_other_documents_labels_or_depth_fail_with_the_command_to_write_anew() -> None:
    questions = sample_questions()
    before = baseline_of(sample_evaluation(questions))
    changed = {**TEXTS, "new.txt": "Coffee."}
    comparison = compare(evaluate(FakeSystem(changed), questions), before)
    assert "other documents" in comparison.failures[0]
    assert comparison.paired == 7
    fewer = compare(sample_evaluation(questions[1:]), before)
    assert "(0 questions new, 1 gone" in fewer.failures[0]
    shallow = compare(evaluate(FakeSystem(TEXTS), questions, top_k=3), before)
    assert "top_k 50, now 3" in shallow.failures[0]
    for found in (comparison, fewer, shallow):
        assert COMMAND in found.failures[0]


def test_a_reworded_question_is_not_paired() -> None:
    questions = sample_questions()
    before = baseline_of(sample_evaluation(questions))
    reworded = [replace(questions[0], question="tides"), *questions[1:]]
    assert compare(sample_evaluation(reworded), before).paired == 6


def test_nothing_in_common_still_compares_without_gains() -> None:
    before = baseline_of(sample_evaluation(many()))
    others = [replace(q, id=f"other-{q.id}") for q in many()]
    comparison = compare(sample_evaluation(others), before)
    assert comparison.paired == 0
    assert comparison.failed
    assert all(c.gain is None for c in comparison.metrics)
