"""The tables that console, Markdown and HTML all show, as rows of plain strings."""

from __future__ import annotations

from collections.abc import Sequence

from qa_service.evaluation.comparison import Comparison, QuestionChange
from qa_service.evaluation.results import Evaluation, Metric, QuestionResult
from qa_service.evaluation.summary import unanswerable_kinds

Rows = Sequence[tuple[str, ...]]

_COLUMNS = ("hit@1", "recall@3", "mrr@10", "char_recall@250", "char_recall@1000")
_ANSWERS = (
    "answer_recall",
    "answer_precision",
    "false_answer",
    "false_abstain",
    "auroc",
    "ece",
    "brier",
    "aurc",
)

CATEGORY_HEADINGS = ("in %", "questions", "pass", *_COLUMNS, "refused", "false answers")
COMPARISON_HEADINGS = ("against the baseline", "before", "after", "gain, 95 % interval", "")
CHANGES = ("broken", "fixed", "slipped", "climbed")


def category_rows(evaluation: Evaluation) -> Rows:
    """Return one row a category, and the row over all of them last."""
    groups = [(c.name, c.questions, c.passed, f"[{c.name}]") for c in evaluation.categories]
    groups.append(("all", len(evaluation.results), evaluation.passed, ""))
    names = (*_COLUMNS, "false_abstain", "false_answer")
    return [
        (
            label,
            str(questions),
            str(passed),
            *(_percent(evaluation.metrics.get(name + suffix)) for name in names),
        )
        for label, questions, passed, suffix in groups
    ]


def answers_table(evaluation: Evaluation) -> tuple[tuple[str, ...], Rows]:
    """Return headings and rows of the figures on answers and on confidence: overall, and for each
    kind of unanswerable question apart."""
    kinds = unanswerable_kinds(evaluation.results)
    # With a single kind its column would repeat the first one.
    suffixes = {"all": "", **({kind: f".{kind}" for kind in kinds} if len(kinds) > 1 else {})}
    rows = [
        (
            name,
            *(
                _with_interval(evaluation.metrics.get(name + suffix))
                for suffix in suffixes.values()
            ),
        )
        for name in _ANSWERS
        if name in evaluation.metrics
    ]
    return ("answers", *suffixes), rows


def comparison_rows(comparison: Comparison, *, guarded_only: bool) -> Rows:
    """Return each metric then and now; the last column says what failed."""
    rows: list[tuple[str, ...]] = []
    for change in comparison.metrics:
        if guarded_only and not change.guarded:
            continue
        gain = change.gain
        notes = ["dropped"] if change.dropped else []
        notes += ["guarded"] if change.guarded and not guarded_only else []
        rows.append(
            (
                change.name,
                f"{change.before:.4f}",
                f"{change.after:.4f}",
                "-" if gain is None else f"{gain.low:+.4f} to {gain.high:+.4f}",
                ", ".join(notes),
            )
        )
    return rows


def changes(comparison: Comparison, name: str) -> tuple[QuestionChange, ...]:
    """Return the changed questions of one of ``CHANGES``."""
    found: tuple[QuestionChange, ...] = getattr(comparison, name)
    return found


def change_line(change: QuestionChange) -> str:
    """Return one line that names a question and how it changed."""
    pinned = " (pinned)" if change.pinned else ""
    return f"{change.id} [{change.category}]{pinned} {change.message}: {change.question}"


def failure_line(result: QuestionResult) -> str:
    """Return one line that names a question and what became of it."""
    question = result.question
    where = f", {rank_text(result)}" if question.answerable else ""
    return (
        f"{question.id} [{question.category}] {result.outcome}{where}, "
        f"confidence {result.confidence:.2f}: {question.question}"
    )


def rank_text(result: QuestionResult) -> str:
    """Return the rank by which all evidence is read, in words."""
    return f"rank {result.rank}" if result.rank is not None else "evidence not ranked"


def _with_interval(metric: Metric | None) -> str:
    if metric is None:
        return "-"
    return f"{metric.value:.3f} ({metric.low:.3f} to {metric.high:.3f})"


def _percent(metric: Metric | None) -> str:
    return "-" if metric is None else f"{100 * metric.value:.1f}"
