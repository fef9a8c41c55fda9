"""``qa-service eval``: which index is scored, and what is done with the figures."""

from __future__ import annotations

import sys
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa_service.cli_options import IndexOption, JsonOption, settings_from
from qa_service.errors import EvaluationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qa_service.service import Service


def evaluate(
    configs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="CONFIG",
            help="With --compare: TOML files of settings, KEY=VALUE,... or - for those in force.",
            show_default=False,
        ),
    ] = None,
    questions: Annotated[
        Path, typer.Option("--questions", help="Labelled questions, one JSON object a line.")
    ] = Path("eval/questions.jsonl"),
    corpus: Annotated[
        Path | None, typer.Option("--corpus", help="Index this folder first, for this run alone.")
    ] = None,
    index: IndexOption = None,
    baseline: Annotated[
        Path | None, typer.Option("--baseline", help="Compare with this file.")
    ] = None,
    write_baseline: Annotated[
        Path | None, typer.Option("--write-baseline", help="Write a new baseline to this file.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", help="Write every report into this folder.")
    ] = None,
    gate: Annotated[
        list[str] | None,
        typer.Option("--gate", help="METRIC=MIN or METRIC<=MAX, e.g. recall@3=0.95; repeatable."),
    ] = None,
    fix_labels: Annotated[
        bool, typer.Option("--fix-labels", help="Move labels whose quote stands elsewhere, once.")
    ] = False,
    compare: Annotated[
        bool, typer.Option("--compare", help="Index and score under each config: --compare A B.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Score labelled questions; exit code 1 when a gate fails."""
    if corpus is not None and index is not None:
        raise EvaluationError("--corpus and --index exclude each other", "give one of them")
    if compare:
        given = {
            "--gate": gate,
            "--index": index,
            "--baseline": baseline,
            "--write-baseline": write_baseline,
            "--fix-labels": fix_labels,
        }
        _compare(configs or [], corpus, questions, report, [n for n in given if given[n]], as_json)
        return
    if configs:
        raise EvaluationError(
            f"{configs[0]}: unexpected", "to compare settings write --compare A B"
        )
    from rich.console import Console

    from qa_service.evaluation.command import run
    from qa_service.terminal import question_progress

    with (
        _evaluated(corpus, index) as service,
        question_progress(quiet=as_json) as progress,
    ):
        code = run(
            service,
            questions_path=questions,
            console=Console(),
            baseline=baseline,
            new_baseline=write_baseline,
            report_dir=report,
            gates=gate or (),
            fix_labels=fix_labels,
            as_json=as_json,
            progress=progress,
        )
    raise typer.Exit(code)


def _compare(
    texts: list[str],
    corpus: Path | None,
    questions: Path,
    report: Path | None,
    foreign: list[str],
    as_json: bool,
) -> None:
    """Compare configs; ``foreign`` are options given that mean nothing here."""
    if foreign:
        raise EvaluationError(
            f"{foreign[0]} does not apply to --compare, which builds indexes of its own and holds "
            "no figure against a bound",
            f"run `qa-service eval {foreign[0]}` without --compare",
        )
    from functools import partial

    from qa_service.ablation.command import compare_configs
    from qa_service.ablation.configs import load_configs
    from qa_service.terminal import build_progress

    configs = load_configs(texts, partial(settings_from, corpus=corpus))
    with build_progress(quiet=as_json) as progress:
        compare_configs(
            configs,
            questions_path=questions,
            progress=progress,
            write=sys.stdout.write,
            report_dir=report,
            as_json=as_json,
        )


@contextmanager
def _evaluated(corpus: Path | None, index: Path | None) -> Iterator[Service]:
    """Yield a service over the given index, or over one built from ``corpus`` for this run."""
    from qa_service.service import Service

    if corpus is None:
        with closing(Service.open(settings_from(index=index))) as service:
            yield service
        return
    import tempfile

    from qa_service.embedding.opening import prepare_embedder
    from qa_service.index.build import build_index

    with tempfile.TemporaryDirectory(prefix="qa-service-eval-") as folder:
        settings = settings_from(corpus=corpus, index=Path(folder))
        embedder = prepare_embedder(settings)
        build_index(settings, embedder)
        with closing(Service.open(settings, embedder=embedder)) as service:
            yield service
