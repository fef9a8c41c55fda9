"""What ``qa-service eval`` prints: one screen of figures, then what failed and why."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

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

_SHOWN = 10


def print_evaluation(
    console: Console,
    evaluation: Evaluation,
    gates: Sequence[GateResult] = (),
    comparison: Comparison | None = None,
) -> None:
    """Print the evaluation as plain tables; question texts are never read as markup."""
    _table(console, CATEGORY_HEADINGS, category_rows(evaluation))
    _table(console, *answers_table(evaluation))
    _line(
        console,
        f"{evaluation.passed} of {len(evaluation.results)} questions pass; "
        f"{evaluation.latency.p50_ms:.1f} ms a question at the median, "
        f"{evaluation.latency.p95_ms:.1f} ms at the 95th percentile, "
        f"{evaluation.top_k} passages each",
    )
    for budget, count in evaluation.short_rankings.items():
        _line(console, f"{count} rankings end before {budget} tokens are spent")
    if comparison is None:
        failed = [result for result in evaluation.results if not result.passed]
        _listing(console, "failing", [failure_line(result) for result in failed])
    else:
        _table(console, COMPARISON_HEADINGS, comparison_rows(comparison, guarded_only=True))
        for name in CHANGES:
            _listing(console, name, [change_line(c) for c in changes(comparison, name)])
    for gate in gates:
        _line(console, f"gate {'held' if gate.held else 'FAILED'}: {gate.message}")
    for failure in comparison.failures if comparison is not None else ():
        _line(console, f"baseline FAILED: {failure}")


def _table(console: Console, headings: Sequence[str], rows: Rows) -> None:
    table = Table(box=None, pad_edge=False)
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="left" if number == 0 else "right", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)
    console.print()


def _listing(console: Console, title: str, lines: Sequence[str]) -> None:
    if not lines:
        return
    _line(console, f"{title}: {len(lines)}")
    for line in lines[:_SHOWN]:
        _line(console, f"  {line}")
    if len(lines) > _SHOWN:
        _line(console, f"  and {len(lines) - _SHOWN} more: see the report (--report DIR)")


def _line(console: Console, text: str) -> None:
    # One line each, unwrapped and without control characters: a log is searched by line.
    printable = "".join(c if c.isprintable() else " " for c in text)
    console.print(Text(printable), soft_wrap=True)
