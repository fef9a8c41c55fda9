from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from qa_service.errors import EvaluationError
from qa_service.evaluation.command import run
from qa_service.evaluation.questions import load_questions

from .factories import TEXTS, sample_questions, write_questions
from .fake_system import FakeSystem

REPORTS = ["junit.xml", "qrels.trec", "report.html", "report.json", "report.md", "run.trec"]


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    return write_questions(tmp_path / "q.jsonl", sample_questions())


def call(labels: Path, texts: dict[str, str] | None = None, **options: Any) -> tuple[int, str]:
    stream = io.StringIO()
    console = Console(file=stream, width=120)
    system = options.pop("system", None) or FakeSystem(texts or TEXTS)
    return run(system, questions_path=labels, console=console, **options), stream.getvalue()


def test_exit_code_is_0_when_gates_hold_and_1_when_one_fails(labels: Path) -> None:
    assert call(labels)[0] == 0
    assert call(labels, gates=["recall@1=0.1", "false_answer<=0"])[0] == 0
    assert call(labels, gates=["recall@1=0.1", "recall@1=1"])[0] == 1


def test_a_baseline_is_written_then_held_against(labels: Path, tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    assert call(labels, new_baseline=path)[0] == 0
    code, text = call(labels, baseline=path)
    assert code == 0
    assert "against the baseline" in text
    code, text = call(labels, {**TEXTS, "new.txt": "New."}, baseline=path)
    assert code == 1
    assert f"qa-service eval --write-baseline {path}" in text


def test_writing_a_baseline_replaces_one_that_no_longer_fits(labels: Path, tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text("{}")
    assert call(labels, baseline=path, new_baseline=path)[0] == 0
    assert call(labels, baseline=path)[0] == 0


def test_every_report_is_written_also_when_a_gate_fails(labels: Path, tmp_path: Path) -> None:
    code, _ = call(labels, report_dir=tmp_path / "out" / "report", gates=["recall@1=1"])
    assert code == 1
    written = sorted((tmp_path / "out" / "report").iterdir())
    assert [p.name for p in written] == REPORTS
    assert all(p.stat().st_size > 0 for p in written)


def test_json_output_is_only_json(labels: Path) -> None:
    code, text = call(labels, as_json=True, gates=["recall@1=1"])
    assert code == 1
    assert json.loads(text)["gates"][0]["held"] is False


@pytest.mark.parametrize(
    "options",
    [{"gates": ["recall@3"]}, {"gates": ["nope=1"]}, {"baseline": Path("none.json")}],
)
def test_what_can_be_refused_is_refused_before_a_question_is_asked(
    labels: Path, options: dict[str, Any]
) -> None:
    system = FakeSystem(TEXTS)
    with pytest.raises(EvaluationError):
        call(labels, system=system, **options)
    assert system.asked == []


def test_labels_that_do_not_stand_stop_the_run_and_can_be_moved(labels: Path) -> None:
    moved = {**TEXTS, "tea.txt": "Prefixed. " + TEXTS["tea.txt"]}
    with pytest.raises(EvaluationError, match="1 label does not stand") as caught:
        call(labels, moved)
    assert "--fix-labels" in caught.value.hint
    code, text = call(labels, moved, fix_labels=True)
    assert code == 0
    assert "labels moved: 1" in text
    assert load_questions(labels)[2].evidence[0].start == 33
    assert call(labels, moved)[0] == 0


def test_labels_that_cannot_be_moved_still_stop_a_fixing_run(labels: Path) -> None:
    with pytest.raises(EvaluationError, match=r"no document 'tea\.txt'"):
        call(labels, {"moon.txt": TEXTS["moon.txt"]}, fix_labels=True)
