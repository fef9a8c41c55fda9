"""The command line: reads options and ``QA_*`` variables, calls one room, prints what it returns.

Exit codes: 0 done; 1 a gate failed, an index is not sound, something is missing; 2 could not run
(one line on standard error says what, where and what to do).
"""

from __future__ import annotations

import gc
import io
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qa_service.errors import EvaluationError, ExtraMissing, QaServiceError
from qa_service.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qa_service.service import Service

FAILED = 1
COULD_NOT_RUN = 2

app = typer.Typer(
    help="Ask a folder of documents: passages with exact offsets, verified quotes, abstention.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

CorpusOption = Annotated[
    Path | None, typer.Option("--corpus", help="Folder of documents (QA_CORPUS; corpus/).")
]
IndexOption = Annotated[
    Path | None, typer.Option("--index", help="Folder of the index (QA_INDEX; index/).")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]


def main() -> None:
    """Run the command line; every deliberate error becomes one line and exit code 2."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Documents hold any character and JSON is UTF-8, whatever the locale can encode.
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        try:
            app(prog_name="qa-service")
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()  # a failure at the interpreter's end could only be noise
    except QaServiceError as error:
        raise _could_not_run(str(error)) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None  # 128 + SIGINT, as shells count
    except BrokenPipeError:
        # The reader of our output has gone, as `| head` does: no more to say, and no traceback.
        _discard_output()
        raise SystemExit(0) from None
    except OSError as error:
        _discard_output()
        raise _could_not_run(f"{error}; check the disk and where the output goes") from None


def _could_not_run(why: str) -> SystemExit:
    _complain(why)
    return SystemExit(COULD_NOT_RUN)


def _discard_output() -> None:
    """Let what is still buffered go nowhere, instead of failing once more at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _one_line(text: str) -> str:
    return " ".join(text.split())


@app.command()
def index(
    corpus: CorpusOption = None,
    index: IndexOption = None,
    skip_unreadable: Annotated[
        bool, typer.Option("--skip-unreadable", help="Index the rest when a file cannot be read.")
    ] = False,
    if_changed: Annotated[
        bool, typer.Option("--if-changed", help="Do nothing when the live index is up to date.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would be done, and write nothing.")
    ] = False,
    full: Annotated[
        bool, typer.Option("--full", help="Take over nothing from the live index.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring the index up to date: a new generation, in which only what changed is made anew."""
    settings = _settings(corpus=corpus, index=index, skip_unreadable=skip_unreadable or None)
    from qa_service.embedding.opening import prepare_embedder
    from qa_service.index.build import build_index, plan_build
    from qa_service.index.freshness import up_to_date
    from qa_service.terminal import build_progress
    from qa_service.terminal_index import print_build, print_plan, print_up_to_date

    with build_progress(quiet=as_json) as progress:
        embedder = prepare_embedder(settings, progress.say, deferred=True)
        if if_changed and not full and (version := up_to_date(settings, embedder.identity)):
            print_up_to_date(version, as_json=as_json)
            return
        if dry_run:
            report = plan_build(settings, embedder, progress=progress, full=full)
        else:
            report = build_index(
                settings, embedder, progress=progress, full=full, only_if_changed=if_changed
            )
    if dry_run:
        print_plan(report, settings, as_json=as_json)
    elif report.written:
        print_build(report, settings, as_json=as_json)
    else:
        print_up_to_date(report.version, as_json=as_json)


@app.command()
def rollback(
    index: IndexOption = None,
    to: Annotated[
        str | None, typer.Option("--to", help="The generation to go to, like gen-000012.")
    ] = None,
    show: Annotated[
        bool, typer.Option("--list", help="List the generations that are kept, and change nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Go back to the generation before the live one; a running server follows."""
    settings = _settings(index=index)
    from qa_service.index.rollback import kept_generations, roll_back
    from qa_service.terminal_index import print_generations, print_rollback

    if show:
        print_generations(kept_generations(settings.index), settings.index, as_json=as_json)
    else:
        print_rollback(roll_back(settings.index, to), settings.index, as_json=as_json)


@app.command()
def serve(
    index: IndexOption = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on (QA_HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="Port (QA_PORT); 0 takes a free one.")] = None,
    corpus: CorpusOption = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Index --corpus anew whenever its files change.")
    ] = False,
) -> None:
    """Answer over HTTP until stopped; a newer generation of the index is picked up by itself."""
    settings = _settings(index=index, host=host, port=port, corpus=corpus)
    gc.disable()  # hardly anything that a start makes is garbage
    with ExitStack() as open_things:
        service = open_things.enter_context(
            _opened(_open_service(settings, "qa_service.web.server", "qa_service.watching"))
        )
        from qa_service.terminal import announce
        from qa_service.watching import following_index, watching_corpus
        from qa_service.web.server import serve as serve_http

        gc.freeze()  # and it stays: no collection need walk through it while questions wait
        gc.enable()
        open_things.enter_context(following_index(service, _complain))
        if watch:
            open_things.enter_context(watching_corpus(settings, _complain, indexed=service.reload))
        question = f"What is said about {service.documents()[0].title}?"
        serve_http(settings, service, announce=lambda url: announce(url, question))


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question, in plain language.")],
    index: IndexOption = None,
    top_k: Annotated[int, typer.Option("--top-k", help="Passages to return, 1 to 50.")] = 5,
    as_json: JsonOption = False,
) -> None:
    """Ask one question and print the answer with its sources."""
    settings = _settings(index=index)
    with _opened(_open_service(settings, "qa_service.terminal")) as service:
        from qa_service.terminal import print_reply

        retrieval, answer = service.ask(question, top_k=top_k)
        print_reply(retrieval, answer, as_json=as_json)


@app.command()
def mcp(index: IndexOption = None, corpus: CorpusOption = None) -> None:
    """Serve the MCP tools search and fetch on standard input and output, for one agent."""
    settings = _settings(index=index, corpus=corpus)
    try:
        from qa_service.integrations.mcp import serve_stdio
    except ImportError as error:
        raise ExtraMissing(str(error), "the extra `mcp` of this package brings it") from None
    with _opened(_open_service(settings, "qa_service.watching")) as service:
        import asyncio

        from qa_service.watching import following_index

        with following_index(service, _complain):
            asyncio.run(serve_stdio(service))


@app.command("eval")
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


@app.command()
def verify(
    index: IndexOption = None,
    questions: Annotated[
        Path, typer.Option("--questions", help="Check that these labels stand, where the file is.")
    ] = Path("eval/questions.jsonl"),
    as_json: JsonOption = False,
) -> None:
    """Check the live index: checksums, invariants, and the labels' anchors in its documents."""
    settings = _settings(index=index)
    from qa_service.terminal import print_verification
    from qa_service.verification import verify_all

    found = verify_all(settings, questions if questions.is_file() else None)
    print_verification(found, as_json=as_json)
    if not found.sound:
        raise typer.Exit(FAILED)


@app.command()
def doctor(as_json: JsonOption = False) -> None:
    """Tell what is missing on this machine and how to get it, and every setting in force."""
    settings = _settings()
    from qa_service.doctor import examine
    from qa_service.terminal import print_examination

    examination = examine(settings)
    print_examination(examination, settings, as_json=as_json)
    if not examination.well:
        raise typer.Exit(FAILED)


def _settings(**options: Any) -> Settings:
    return Settings.from_environment(os.environ, **options)


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

    configs = load_configs(texts, partial(_settings, corpus=corpus))
    with build_progress(quiet=as_json) as progress:
        compare_configs(
            configs,
            questions_path=questions,
            progress=progress,
            write=sys.stdout.write,
            report_dir=report,
            as_json=as_json,
        )


def _open_service(settings: Settings, *needed: str) -> Service:
    """Return the service over the live index; the modules ``needed`` are imported meanwhile.

    A model is compiled outside the interpreter's lock: as long again as all imports take, and
    at the same time. Raises as ``Service.open``.
    """
    from qa_service.embedding.opening import open_embedder
    from qa_service.index.generation import current_version

    current_version(settings.index)  # without an index, no model need be opened, or even exported
    with ThreadPoolExecutor(1, "qa-model") as beside:
        embedder = beside.submit(open_embedder, settings)
        for module in needed:
            import_module(module)
        from qa_service.service import Service

        return Service.open(settings, embedder=embedder.result())


@contextmanager
def _opened(service: Service) -> Iterator[Service]:
    try:
        yield service
    finally:
        service.close()


@contextmanager
def _evaluated(corpus: Path | None, index: Path | None) -> Iterator[Service]:
    """Yield a service over the given index, or over one built from ``corpus`` for this run."""
    from qa_service.service import Service

    if corpus is None:
        with _opened(Service.open(_settings(index=index))) as service:
            yield service
        return
    import tempfile

    from qa_service.embedding.opening import prepare_embedder
    from qa_service.index.build import build_index

    with tempfile.TemporaryDirectory(prefix="qa-service-eval-") as folder:
        settings = _settings(corpus=corpus, index=Path(folder))
        embedder = prepare_embedder(settings)
        build_index(settings, embedder)
        with _opened(Service.open(settings, embedder=embedder)) as service:
            yield service


def _complain(what: str) -> None:
    print(f"qa-service: {_one_line(what)}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
