from __future__ import annotations

import xml.etree.ElementTree as ET

from qa_service.evaluation.baseline import baseline_of
from qa_service.evaluation.comparison import compare
from qa_service.evaluation.gates import check_gates, parse_gate
from qa_service.evaluation.report_junit import render_junit
from qa_service.evaluation.runner import evaluate

from .factories import HOSTILE, TEXTS, question, sample_evaluation, sample_questions
from .fake_system import FakeSystem


def case(root: ET.Element, start: str) -> ET.Element:
    return next(c for c in root.iter("testcase") if c.get("name", "").startswith(start))


def test_one_case_a_question_and_one_a_gate_with_true_counts() -> None:
    evaluation = sample_evaluation()
    gates = check_gates([parse_gate("recall@1=0.1"), parse_gate("recall@1>=1")], evaluation)
    root = ET.fromstring(render_junit(evaluation, gates))
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("9", "2", "0")
    assert [s.get("name") for s in root] == [
        "eval.paraphrase",
        "eval.multi-sentence",
        "eval.near-miss",
        "eval.out-of-scope",
        "eval.gates",
    ]
    failure = case(root, "q4").find("failure")
    assert failure is not None
    assert failure.get("type") == "refused"
    assert "wanted moon.txt:0-26: The moon orbits the earth." in (failure.text or "")
    assert case(root, "q1").find("failure") is None
    assert case(root, "recall@1>=1").find("failure") is not None


def test_with_a_baseline_only_what_broke_is_a_failure() -> None:
    before = baseline_of(sample_evaluation())
    evaluation = sample_evaluation(threshold=0.9)
    root = ET.fromstring(render_junit(evaluation, (), compare(evaluation, before)))
    assert case(root, "q2").find("failure") is not None
    known = case(root, "q4")
    assert known.find("failure") is None
    skipped = known.find("skipped")
    assert skipped is not None
    assert "not broken by this change" in skipped.get("message", "")
    assert case(root, "same documents and labels").find("failure") is None
    assert case(root, "recall@3 has not dropped").find("failure") is None


def test_other_documents_are_a_failing_case() -> None:
    evaluation = evaluate(FakeSystem({**TEXTS, "new.txt": "New."}), sample_questions())
    comparison = compare(evaluation, baseline_of(sample_evaluation()))
    root = ET.fromstring(render_junit(evaluation, (), comparison))
    assert case(root, "same documents and labels").find("failure") is not None


def test_hostile_text_stays_well_formed_and_readable() -> None:
    evaluation = sample_evaluation([question("q1", HOSTILE, category="near-miss")], threshold=0)
    root = ET.fromstring(render_junit(evaluation))
    name = case(root, "q1").get("name", "")
    assert "<script>alert('x')</script>" in name
    assert "\U0001f600" in name
    assert not set(name) & {"\x00", "\x1b", "\ufffe"}
