"""The tables that the screen and Markdown both show, as rows of plain strings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa_service.ablation.configs import compared_settings, described
from qa_service.ablation.differences import ANSWERING, RANKING, READING, Against, headline
from qa_service.ablation.trials import Trial

_BYTES_PER_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and rows of equal length; the first column holds names, the others figures."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def config_tables(trials: Sequence[Trial]) -> list[Table]:
    """Return one row a config: what the index costs, then its figures, a table for each group."""
    known = headline(trials[0].evaluation)
    groups = {
        "ranking, in %": [name for name in known if name in RANKING],
        "char_recall, in %": [name for name in known if name in READING],
        "answers, in %": [name for name in known if name in ANSWERING],
        "abstaining, in %": [name for name in known if name.startswith("false_")],
        "confidence, in %": [name for name in known if name.startswith("auroc")],
    }
    tables = [_figure_table(title, names, trials) for title, names in groups.items() if names]
    return [_cost_table(trials), *tables]


def difference_table(against: Against, first: str) -> Table:
    """Return one row a metric: first, other, the gain with its interval, and the verdict."""
    rows = tuple(
        (
            d.metric,
            f"{100 * d.first:.1f}",
            f"{100 * d.other:.1f}",
            _signed(d.gain),
            f"{_signed(d.low)} to {_signed(d.high)}",
            d.verdict,
        )
        for d in against.differences
    )
    title = f"{against.trial.config.name} against {first}, in %"
    return Table((title, "before", "after", "gain", "95 % interval", ""), rows)


def notes(trials: Sequence[Trial], comparisons: Sequence[Against]) -> list[str]:
    """Return what a reader of the tables must know besides, one line each."""
    configs = [trial.config for trial in trials]
    names = compared_settings(configs)
    settings = {config.name: described(config, names) for config in configs}
    lines = [f"{name}: {text}" for name, text in settings.items() if text not in ("", name)]
    for trial in trials:
        name, evaluation = trial.config.name, trial.evaluation
        for failed in trial.built.failed:
            lines.append(f"{name}: not indexed: {failed.message}")
        for budget, count in evaluation.short_rankings.items():
            lines.append(f"{name}: {count} rankings end before {budget} tokens are spent")
    lines += [
        f"{a.trial.config.name}: has read other documents than {trials[0].config.name}, so that "
        "more than the settings differs"
        for a in comparisons
        if not a.same_documents
    ]
    return lines


def _cost_table(trials: Sequence[Trial]) -> Table:
    return Table(
        ("index", "passages", "tokens each", "seconds", "MB", "p50 ms", "questions passed"),
        tuple(
            (
                t.config.name,
                str(t.built.passages),
                f"{t.mean_tokens:.1f}",
                f"{t.index_seconds:.2f}",
                f"{t.index_bytes / _BYTES_PER_MB:.2f}",
                f"{t.evaluation.latency.p50_ms:.2f}",
                f"{t.evaluation.passed} of {len(t.evaluation.results)}",
            )
            for t in trials
        ),
    )


def _figure_table(title: str, names: Sequence[str], trials: Sequence[Trial]) -> Table:
    shown = [name.removeprefix("char_recall").replace(".", " ", 1) for name in names]
    rows = [
        (t.config.name, *(f"{100 * t.evaluation.metrics[name].value:.1f}" for name in names))
        for t in trials
    ]
    return Table((title, *shown), tuple(rows))


def _signed(share: float) -> str:
    return f"{round(100 * share, 1) + 0.0:+.1f}"  # the sum makes no gain of minus nothing
