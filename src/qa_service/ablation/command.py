"""``qa-service eval --compare``: from configs to tables and reports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from qa_service.ablation.configs import Config
from qa_service.ablation.differences import against_first
from qa_service.ablation.report import render_json, render_markdown, render_text
from qa_service.ablation.trials import TrialProgress, run_trials
from qa_service.evaluation.writing import write_atomically


def compare_configs(
    configs: Sequence[Config],
    *,
    questions_path: Path,
    progress: TrialProgress,
    write: Callable[[str], object],
    report_dir: Path | None = None,
    as_json: bool = False,
) -> None:
    """Try every config, tell ``write`` how they differ, and write ``compare.json`` and
    ``compare.md`` into ``report_dir``.

    Raises what ``run_trials`` raises, and EvaluationError when a report cannot be written: by then
    the result has been told.
    """
    trials = run_trials(configs, questions_path, progress)
    comparisons = against_first(trials)
    found = render_json(trials, comparisons)
    write(found if as_json else render_text(trials, comparisons))
    if report_dir is not None:
        write_atomically(report_dir / "compare.json", found)
        write_atomically(report_dir / "compare.md", render_markdown(trials, comparisons))
