from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from qa_service.evaluation.baseline import baseline_of
from qa_service.evaluation.comparison import compare
from qa_service.evaluation.console import print_evaluation
from qa_service.evaluation.gates import check_gates, parse_gate

from .factories import HOSTILE, question, sample_evaluation


def printed(*args: Any) -> str:
    stream = io.StringIO()
    print_evaluation(Console(file=stream, width=160), *args)
    return stream.getvalue()


def test_the_screen_shows_categories_answerability_failures_and_gates() -> None:
    evaluation = sample_evaluation()
    text = printed(evaluation, check_gates([parse_gate("recall@1=1")], evaluation))
    assert "multi-sentence" in text
    assert "false_answer" in text
    assert "6 of 7 questions pass" in text
    assert "q4 [paraphrase] refused, rank 1, confidence 0.00: satellite circling" in text
    assert "gate FAILED: recall@1 is 0.9000, at least 1 wanted" in text


def test_with_a_baseline_the_changed_questions_are_listed() -> None:
    before = baseline_of(sample_evaluation())
    evaluation = sample_evaluation(threshold=0.9)
    text = printed(evaluation, (), compare(evaluation, before))
    assert "broken: 2" in text
    assert "q2 [paraphrase] was found at rank 1, now refused at rank 1" in text


def test_question_text_is_neither_markup_nor_control() -> None:
    hostile = [question("q1", f"[bold]{HOSTILE}\nnext line", category="near-miss")]
    text = printed(sample_evaluation(hostile, threshold=0))
    line = next(line for line in text.split("\n") if line.startswith("  q1"))
    assert "[bold]]]> <script>" in line
    assert line.endswith("next line")
    assert "\x1b" not in text
