from __future__ import annotations

import re
from pathlib import Path

from qa_service.evaluation.catalogue import CATALOGUE, GUARDED, SPLIT_BY_KIND, info_of
from qa_service.evaluation.gates import parse_gate
from qa_service.evaluation.questions import load_questions
from qa_service.evaluation.results import OUTCOMES

from .factories import sample_evaluation

DOCUMENT = (Path(__file__).parents[2] / "docs" / "evaluation.md").read_text("utf-8")


def test_every_metric_outcome_and_guarded_name_is_documented() -> None:
    for name in CATALOGUE:
        stem, _, size = name.partition("@")
        assert f"`{name}`" in DOCUMENT or (f"`{stem}@" in DOCUMENT and f"@{size}`" in DOCUMENT), (
            name
        )
    for outcome in OUTCOMES:
        assert f"| `{outcome}` |" in DOCUMENT
    listed = DOCUMENT.split("- one of ")[1].split(" got")[0]
    assert tuple(re.findall(r"`([^`]+)`", listed)) == GUARDED
    split = DOCUMENT.split("`NAME.CATEGORY`, for")[1].split(", takes")[0]
    assert set(re.findall(r"`([^`]+)`", split)) == set(SPLIT_BY_KIND)


def test_every_gate_and_label_in_the_documentation_is_valid(tmp_path: Path) -> None:
    gates = re.findall(r"--gate '?([a-z_]+[^\s']*=[^\s']+)", DOCUMENT)
    assert len(gates) >= 6
    for text in gates:
        parse_gate(text)
    example = DOCUMENT.split("excluded, and `quote` is the text found there:")[1].split("| Field")[
        0
    ]
    line = " ".join(example.split()).replace('"quote": "..."', f'"quote": "{"x" * 29}"')
    (tmp_path / "q.jsonl").write_text(line, "utf-8")
    assert load_questions(tmp_path / "q.jsonl")[0].id == "q001"


def test_every_figure_has_its_meaning_and_direction() -> None:
    for metric in sample_evaluation().metrics.values():
        assert metric.info.meaning
        assert metric.info is info_of(metric.name)
    assert info_of("false_answer.near-miss").higher_is_better is False
    assert info_of("recall@3[yes-no]").name == "recall@3"
