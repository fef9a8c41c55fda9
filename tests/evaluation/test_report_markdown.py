from __future__ import annotations

from qa_service.evaluation.baseline import baseline_of
from qa_service.evaluation.comparison import compare
from qa_service.evaluation.gates import check_gates, parse_gate
from qa_service.evaluation.report_markdown import escape, render_markdown

from .factories import HOSTILE, question, sample_evaluation


def test_failures_come_first_and_name_the_gate() -> None:
    evaluation = sample_evaluation()
    text = render_markdown(evaluation, check_gates([parse_gate("recall@1=1")], evaluation))
    assert text.startswith("## Evaluation: FAILED\n\n- **gate\\: recall\\@1 is 0.9000")
    assert render_markdown(evaluation).startswith("## Evaluation: held\n")


def test_every_table_row_has_as_many_cells_as_its_heading() -> None:
    evaluation = sample_evaluation([question("q1", HOSTILE, category="near-miss")], threshold=0)
    comparison = compare(evaluation, baseline_of(evaluation))
    gates = check_gates([parse_gate("false_answer<=0")], evaluation)
    bars = 0
    for line in render_markdown(evaluation, gates, comparison).splitlines():
        cells = line.replace("\\|", "").count("|")
        if line.startswith("|"):
            bars = bars or cells
            assert cells == bars, line
        else:
            bars = 0


def test_the_change_is_told_by_name_with_ranks() -> None:
    before = baseline_of(sample_evaluation())
    evaluation = sample_evaluation(threshold=0.9)
    text = render_markdown(evaluation, (), compare(evaluation, before))
    assert "<details open><summary>2 broken</summary>" in text
    assert "q2 \\[paraphrase\\] was found at rank 1, now refused at rank 1\\: does the moon" in text


def test_hostile_text_is_shown_and_not_obeyed() -> None:
    shown = escape(HOSTILE)
    assert "<" not in shown
    assert "\\[b\\](c)" in shown
    assert not any(ord(c) < 32 for c in shown)
    assert "\u2028" not in shown


def test_long_lists_end_and_say_so() -> None:
    questions = [question(f"q{n}", "x " * 400, category="near-miss") for n in range(80)]
    text = render_markdown(sample_evaluation(questions, threshold=0))
    assert "- and 30 more, in the other reports" in text
    assert len(text) < 50_000
