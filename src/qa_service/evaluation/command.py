"""``qa-service eval``: from a label file to figures, reports and an exit code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from qa_service.evaluation.baseline import load_baseline, write_baseline
from qa_service.evaluation.comparison import compare
from qa_service.evaluation.console import print_evaluation
from qa_service.evaluation.gates import check_gates, parse_gate
from qa_service.evaluation.labels import (
    check_labels,
    labelled_documents,
    reanchor,
    require_sound,
    rewrite_labels,
)
from qa_service.evaluation.questions import Question, load_questions
from qa_service.evaluation.report_json import render_json
from qa_service.evaluation.reports import write_reports
from qa_service.evaluation.runner import TOP_K, Progress, evaluate
from qa_service.evaluation.system import SystemUnderTest, document_texts

HELD = 0
FAILED = 1


def run(
    system: SystemUnderTest,
    *,
    questions_path: Path,
    console: Console,
    top_k: int = TOP_K,
    baseline: Path | None = None,
    new_baseline: Path | None = None,
    report_dir: Path | None = None,
    gates: Sequence[str] = (),
    fix_labels: bool = False,
    as_json: bool = False,
    progress: Progress | None = None,
) -> int:
    """Evaluate, print, write what was asked for, and return 0 if all held or 1 if something failed.

    Raises EvaluationError (exit code 2) when the evaluation could not run: labels that do not
    stand, an unknown gate, an unreadable baseline. Everything that can be checked before the first
    question is asked, is. A new baseline is written even when a gate fails, and is not compared.
    """
    wanted = [parse_gate(text) for text in gates]
    earlier = load_baseline(baseline) if baseline is not None and new_baseline is None else None
    questions = _sound_questions(system, questions_path, fix_labels, console, quiet=as_json)
    evaluation = evaluate(system, questions, top_k=top_k, progress=progress)
    checked = check_gates(wanted, evaluation)
    comparison = None
    if earlier is not None:
        comparison = compare(evaluation, earlier, name=str(baseline))
    if report_dir is not None:
        write_reports(report_dir, evaluation, checked, comparison, system.document)
    if new_baseline is not None:
        write_baseline(evaluation, new_baseline)
    if as_json:
        console.file.write(render_json(evaluation, checked, comparison))
    else:
        print_evaluation(console, evaluation, checked, comparison)
    gates_hold = all(gate.held for gate in checked)
    return HELD if gates_hold and not (comparison and comparison.failed) else FAILED


def _sound_questions(
    system: SystemUnderTest, path: Path, fix: bool, console: Console, *, quiet: bool
) -> list[Question]:
    questions = load_questions(path)
    texts = document_texts(system, labelled_documents(questions))
    if not fix:
        require_sound(path, check_labels(questions, texts))
        return questions
    reanchored = reanchor(questions, texts)
    if reanchored.moved:
        rewrite_labels(path, reanchored)
        if not quiet:
            console.print(f"labels moved: {len(reanchored.moved)} in {path}", markup=False)
    require_sound(path, reanchored.left)
    return list(reanchored.questions)
