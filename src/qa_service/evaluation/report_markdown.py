"""The evaluation as Markdown, fit for a CI job's summary page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa_service.evaluation.comparison import Comparison
from qa_service.evaluation.gates import GateResult
from qa_service.evaluation.results import Evaluation
from qa_service.evaluation.tables import (
    CATEGORY_HEADINGS,
    CHANGES,
    COMPARISON_HEADINGS,
    Rows,
    answers_table,
    category_rows,
    change_line,
    changes,
    comparison_rows,
    failure_line,
)

_LISTED = 50
_LONGEST = 300
_SPECIAL = re.compile(r"([\\`*_\[\]#|~$@:])")


def render_markdown(
    evaluation: Evaluation,
    gates: Sequence[GateResult] = (),
    comparison: Comparison | None = None,
) -> str:
    """Return the report's text; lists end after 50 entries and say so."""
    failures = [f"gate: {gate.message}" for gate in gates if not gate.held]
    failures += [f"baseline: {text}" for text in (comparison.failures if comparison else ())]
    lines = [f"## Evaluation: {'FAILED' if failures else 'held'}", ""]
    lines += [f"- **{escape(failure)}**" for failure in failures]
    lines += [""] if failures else []
    lines += [
        f"{evaluation.passed} of {len(evaluation.results)} questions pass. "
        f"Median {evaluation.latency.p50_ms:.1f} ms a question, "
        f"95th percentile {evaluation.latency.p95_ms:.1f} ms.",
        "",
    ]
    lines += _table(CATEGORY_HEADINGS, category_rows(evaluation))
    lines += _table(*answers_table(evaluation))
    if gates:
        rows = [(g.gate.text, f"{g.value:.4f}", "held" if g.held else "FAILED") for g in gates]
        lines += _table(("gate", "value", ""), rows)
    if comparison is not None:
        lines += _table(COMPARISON_HEADINGS, comparison_rows(comparison, guarded_only=True))
        for name in CHANGES:
            entries = [change_line(change) for change in changes(comparison, name)]
            lines += _details(f"{len(entries)} {name}", entries, opened=name == "broken")
    failed = [failure_line(result) for result in evaluation.results if not result.passed]
    lines += _details(f"{len(failed)} questions fail", failed)
    lines += [
        f"Index {escape(evaluation.index_version)}, "
        f"corpus `{evaluation.corpus_fingerprint[:12]}`, "
        f"labels `{evaluation.label_fingerprint[:12]}`, {evaluation.top_k} passages a question.",
        "",
    ]
    return "\n".join(lines)


def escape(text: str) -> str:
    """Return text that Markdown shows as it is, on one line, and that can break no table."""
    flat = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    safe = flat.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\1", safe)


def _details(title: str, entries: Sequence[str], *, opened: bool = False) -> list[str]:
    if not entries:
        return []
    lines = [f"<details{' open' if opened else ''}><summary>{title}</summary>", ""]
    for entry in entries[:_LISTED]:
        short = entry if len(entry) <= _LONGEST else entry[:_LONGEST] + "…"
        lines.append(f"- {escape(short)}")
    if len(entries) > _LISTED:
        lines.append(f"- and {len(entries) - _LISTED} more, in the other reports")
    return [*lines, "", "</details>", ""]


def _table(headings: Sequence[str], rows: Rows) -> list[str]:
    lines = [f"| {' | '.join(headings)} |", "|---" + "|---:" * (len(headings) - 1) + "|"]
    lines += [f"| {' | '.join(escape(cell) for cell in row)} |" for row in rows]
    return [*lines, ""]
