"""The comparison of configs as plain text, as Markdown and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.cells import cell_len

from qa_service.ablation.configs import compared_settings
from qa_service.ablation.differences import Against
from qa_service.ablation.tables import Table, config_tables, difference_table, notes
from qa_service.ablation.trials import Trial
from qa_service.evaluation.report_json import as_json
from qa_service.evaluation.report_markdown import escape
from qa_service.evaluation.tables import CHANGES, change_line, changes

FORMAT = 1
_SHOWN = 10
_NAMED = ("broken", "fixed")


def render_text(trials: Sequence[Trial], comparisons: Sequence[Against]) -> str:
    """Return what is printed for people: no line is wrapped, no control character let through."""
    lines: list[str] = []
    for table in config_tables(trials):
        lines += [*_aligned(table), ""]
    lines += notes(trials, comparisons)
    lines += [""] if lines[-1] else []
    for against in comparisons:
        lines += _aligned(difference_table(against, trials[0].config.name))
        for name in _NAMED:
            entries = [change_line(change) for change in changes(against.questions, name)]
            lines.append(f"{name}: {len(entries)}")
            lines += [f"  {entry}" for entry in entries[:_SHOWN]]
            if len(entries) > _SHOWN:
                lines.append(f"  and {len(entries) - _SHOWN} more: --report DIR names them all")
        lines.append("")
    return "\n".join(_printable(line) for line in lines[:-1]) + "\n"


def render_markdown(trials: Sequence[Trial], comparisons: Sequence[Against]) -> str:
    """Return the comparison as Markdown, every broken and fixed question named."""
    first = trials[0]
    lines = [f"## {len(trials)} configs, {len(first.evaluation.results)} questions", ""]
    for table in config_tables(trials):
        lines += _markdown(table)
    lines += [f"- {escape(note)}" for note in notes(trials, comparisons)]
    lines += [""] if lines[-1] else []
    for against in comparisons:
        name = escape(against.trial.config.name)
        lines += [f"### {name} against {escape(first.config.name)}", ""]
        lines += _markdown(difference_table(against, first.config.name))
        for kind in _NAMED:
            entries = [change_line(change) for change in changes(against.questions, kind)]
            lines += [f"{len(entries)} {kind}{':' if entries else '.'}", ""]
            lines += [f"- {escape(entry)}" for entry in entries]
            lines += [""] if entries else []
    lines += [
        f"Corpus `{first.evaluation.corpus_fingerprint[:12]}`, "
        f"labels `{first.evaluation.label_fingerprint[:12]}`, "
        f"{first.evaluation.top_k} passages a question.",
        "",
    ]
    return "\n".join(lines)


def render_json(trials: Sequence[Trial], comparisons: Sequence[Against]) -> str:
    """Return every figure, difference and changed question; shares are from 0 to 1."""
    first = trials[0].evaluation
    names = compared_settings([trial.config for trial in trials])
    record = {
        "format": FORMAT,
        "questions": len(first.results),
        "top_k": first.top_k,
        "corpus_fingerprint": first.corpus_fingerprint,
        "label_fingerprint": first.label_fingerprint,
        "configs": [
            _config(trial, names, against)
            for trial, against in zip(trials, [None, *comparisons], strict=True)
        ],
    }
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def _config(trial: Trial, names: Sequence[str], against: Against | None) -> dict[str, Any]:
    built = trial.built
    evaluation = as_json(trial.evaluation, questions=False)
    return {
        "name": trial.config.name,
        "settings": trial.config.settings.model_dump(mode="json", include=set(names)),
        "index": {
            "documents": built.documents,
            "passages": built.passages,
            "sentences": built.sentences,
            "tokens": built.tokens,
            "tokens_per_passage": trial.mean_tokens,
            "skipped": [entry.message for entry in built.skipped],
            "failed": [error.message for error in built.failed],
            "bytes": trial.index_bytes,
            "seconds": trial.index_seconds,
        },
        "passed": trial.evaluation.passed,
        **{key: evaluation[key] for key in ("latency", "short_rankings", "metrics")},
        "against_first": None if against is None else _against(against),
    }


def _against(against: Against) -> dict[str, Any]:
    return {
        "same_documents": against.same_documents,
        "metrics": [asdict(d) | {"verdict": d.verdict} for d in against.differences],
        **{
            name: [asdict(change) for change in changes(against.questions, name)]
            for name in CHANGES
        },
    }


def _aligned(table: Table) -> list[str]:
    rows = (table.headings, *table.rows)
    widths = [max(cell_len(_printable(row[i])) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(_padded(row, widths)).rstrip() for row in rows]


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    cells = [_printable(cell) for cell in row]
    gaps = [" " * (width - cell_len(cell)) for cell, width in zip(cells, widths, strict=True)]
    return [cells[0] + gaps[0], *(g + c for g, c in zip(gaps[1:], cells[1:], strict=True))]


def _markdown(table: Table) -> list[str]:
    lines = [f"| {' | '.join(map(escape, table.headings))} |"]
    lines.append("|---" + "|---:" * (len(table.headings) - 1) + "|")
    return [*lines, *(f"| {' | '.join(map(escape, row))} |" for row in table.rows), ""]


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
