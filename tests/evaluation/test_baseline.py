from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qa_service.errors import EvaluationError
from qa_service.evaluation.baseline import baseline_of, load_baseline, write_baseline

from .factories import sample_evaluation


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_baseline(sample_evaluation(), tmp_path / "baseline.json")
    return tmp_path / "baseline.json"


def test_a_baseline_comes_back_as_written(path: Path) -> None:
    assert load_baseline(path) == baseline_of(sample_evaluation())


def test_equal_results_write_equal_bytes_one_question_a_line(path: Path, tmp_path: Path) -> None:
    write_baseline(sample_evaluation(), tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == path.read_bytes()
    lines = path.read_text("utf-8").splitlines()
    assert sum('"outcome"' in line for line in lines) == 7


def damage(record: dict[str, Any], what: str) -> None:
    question = record["questions"][0]
    if what == "format":
        record["format"] = 99
    elif what == "missing":
        del record["corpus_fingerprint"]
    elif what == "outcome":
        question["outcome"] = "perfect"
    elif what == "measure":
        del question["measures"]["hit@1"]
    elif what == "edited":
        question["measures"]["hit@1"] = 0.0
    elif what == "dropped":
        del record["metrics"]["recall@1"]
    elif what == "twice":
        record["questions"].append(question)
    elif what == "rank":
        question["rank"] = True
    elif what == "number":
        record["metrics"]["recall@1"] = "high"
    elif what == "list":
        record["questions"] = 3


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("format", "format 99 where this version reads 1"),
        ("missing", "lacks 'corpus_fingerprint'"),
        ("outcome", "unknown outcome 'perfect'"),
        ("measure", "other measures: hit@1"),
        ("edited", "hit@1 is not the mean of its questions"),
        ("dropped", "recall@1 is stated without questions, or not stated with them"),
        ("twice", "a question id is given twice"),
        ("rank", "True where int is expected"),
        ("number", "'high' where a number is expected"),
        ("list", "not iterable"),
    ],
)
def test_a_damaged_baseline_is_refused_with_the_command_to_write_it_anew(
    path: Path, what: str, said: str
) -> None:
    record = json.loads(path.read_text("utf-8"))
    damage(record, what)
    path.write_text(json.dumps(record), "utf-8")
    with pytest.raises(EvaluationError) as caught:
        load_baseline(path)
    assert said in caught.value.message
    assert f"qa-service eval --write-baseline {path}" in caught.value.hint


@pytest.mark.parametrize("text", ["", "[]", "3", "null", "[" * 100_000, '{"a": '])
def test_what_is_no_baseline_at_all_is_refused(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
    with pytest.raises(EvaluationError):
        load_baseline(path)


def test_an_absent_baseline_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="no such baseline"):
        load_baseline(tmp_path / "none.json")
    with pytest.raises(EvaluationError, match="cannot be read"):
        load_baseline(tmp_path)
