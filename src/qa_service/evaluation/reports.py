"""The report folder: one file for each reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from qa_service.evaluation.comparison import Comparison
from qa_service.evaluation.gates import GateResult
from qa_service.evaluation.report_html import render_html
from qa_service.evaluation.report_json import render_json
from qa_service.evaluation.report_junit import render_junit
from qa_service.evaluation.report_markdown import render_markdown
from qa_service.evaluation.report_trec import render_qrels, render_run
from qa_service.evaluation.results import Evaluation
from qa_service.evaluation.writing import write_atomically
from qa_service.records import Document


def write_reports(
    folder: Path,
    evaluation: Evaluation,
    gates: Sequence[GateResult],
    comparison: Comparison | None,
    document: Callable[[str], Document],
) -> list[Path]:
    """Write every report into ``folder``, made where absent, and return the files' paths.

    ``document`` gives the texts that the HTML page quotes. Raises EvaluationError when the
    operating system refuses.
    """
    texts = {
        "report.html": render_html(evaluation, gates, comparison, document),
        "report.md": render_markdown(evaluation, gates, comparison),
        "report.json": render_json(evaluation, gates, comparison),
        "junit.xml": render_junit(evaluation, gates, comparison),
        "run.trec": render_run(evaluation),
        "qrels.trec": render_qrels(evaluation),
    }
    for name, text in texts.items():
        write_atomically(folder / name, text)
    return [folder / name for name in texts]
