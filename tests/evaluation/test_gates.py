from __future__ import annotations

import pytest

from qa_service.errors import EvaluationError
from qa_service.evaluation.gates import check_gates, parse_gate

from .factories import sample_evaluation


@pytest.mark.parametrize(
    ("text", "metric", "at_least", "bound"),
    [
        ("recall@3=0.95", "recall@3", True, 0.95),
        ("recall@3>=0.95", "recall@3", True, 0.95),
        (" recall@3 >= 1 ", "recall@3", True, 1.0),
        ("false_answer<=0.05", "false_answer", False, 0.05),
        ("false_answer.out-of-scope<=0", "false_answer.out-of-scope", False, 0.0),
        ("recall@3[yes-no]=0.9", "recall@3[yes-no]", True, 0.9),
        ("char_recall@1000=.9", "char_recall@1000", True, 0.9),
        ("auroc.near-miss=0.6", "auroc.near-miss", True, 0.6),
    ],
)
def test_gates_mean_what_they_say(text: str, metric: str, at_least: bool, bound: float) -> None:
    gate = parse_gate(text)
    assert (gate.metric, gate.at_least, gate.bound) == (metric, at_least, bound)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("recall@3", "write recall@3=0.95"),
        ("recall@3==0.9", "metrics are shares"),
        ("recal@3=0.9", "did you mean recall@3"),
        ("p95=0.9", "latency is reported and never gated"),
        ("recall@3=95", "95 % is 0.95"),
        ("recall@3=nan", "95 % is 0.95"),
        ("recall@3=-0.1", "95 % is 0.95"),
        ("false_answer=0.05", "write false_answer<=0.05"),
        ("recall@3.near-miss=0.5", "write recall@3[near-miss]"),
        ("auroc[near-miss]=0.5", "write auroc.near-miss"),
        ("qqqq=1", "known: hit@1"),
    ],
)
def test_a_gate_that_means_nothing_says_how_to_write_it(text: str, hint: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        parse_gate(text)
    assert text in caught.value.message
    assert hint in caught.value.hint


def test_gates_hold_at_their_bound_and_fail_past_it() -> None:
    evaluation = sample_evaluation()
    texts = ["recall@1[multi-sentence]=0.5", "recall@1[multi-sentence]=0.51", "false_abstain<=0.2"]
    texts += ["false_abstain<=0.19", "hit@1[multi-sentence]<=0.9"]
    results = check_gates([parse_gate(text) for text in texts], evaluation)
    assert [r.held for r in results] == [True, False, True, False, False]
    assert results[1].message == "recall@1[multi-sentence] is 0.5000, at least 0.51 wanted"


def test_a_gate_on_a_category_without_questions_never_holds_in_silence() -> None:
    gate = parse_gate("recall@3[paraphrases]=0.5")
    with pytest.raises(EvaluationError, match="no question of this set gives") as caught:
        check_gates([gate], sample_evaluation())
    assert "recall@3[paraphrase]" in caught.value.hint
