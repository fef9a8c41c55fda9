from __future__ import annotations

import json

from qa_service.evaluation.baseline import baseline_of
from qa_service.evaluation.comparison import compare
from qa_service.evaluation.gates import check_gates, parse_gate
from qa_service.evaluation.report_json import as_json, render_json

from .factories import HOSTILE, question, sample_evaluation


def test_the_text_is_the_record_with_every_question_and_passage() -> None:
    evaluation = sample_evaluation()
    gates = check_gates([parse_gate("recall@1=0.1")], evaluation)
    comparison = compare(evaluation, baseline_of(evaluation))
    record = json.loads(render_json(evaluation, gates, comparison))
    assert record == json.loads(json.dumps(as_json(evaluation, gates, comparison)))
    assert record["held"] is True
    assert record["metrics"]["recall@1"]["questions"] == 5
    first = record["questions"][0]
    assert (first["id"], first["outcome"], first["rank"]) == ("q1", "found", 1)
    assert len(first["ranking"]) == 5
    assert first["quotes"] == [{"document_id": "moon.txt", "start": 0, "end": 26, "labelled": True}]
    assert record["comparison"]["failed"] is False


def test_a_failed_gate_or_comparison_is_not_held() -> None:
    evaluation = sample_evaluation()
    assert not as_json(evaluation, check_gates([parse_gate("recall@1=1")], evaluation))["held"]
    pinned = [question("p", "tea boiling sold", category="near-miss", pinned=True)]
    before = baseline_of(sample_evaluation(pinned, threshold=0.9))
    after = sample_evaluation(pinned, threshold=0)
    assert not as_json(after, (), compare(after, before))["held"]


def test_hostile_text_survives_exactly() -> None:
    evaluation = sample_evaluation([question("q1", HOSTILE, category="near-miss")])
    assert json.loads(render_json(evaluation))["questions"][0]["question"] == HOSTILE
