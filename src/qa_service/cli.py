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
from contextlib import ExitStack, closing
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa_service.cli_evaluation import evaluate
from qa_service.cli_options import CorpusOption, IndexOption, JsonOption, settings_from
from qa_service.errors import ExtraMissing, QaServiceError

if TYPE_CHECKING:
    from qa_service.service import Service
    from qa_service.settings import Settings

FAILED = 1
COULD_NOT_RUN = 2

app = typer.Typer(
    help="Ask a folder of documents: passages with exact offsets, verified quotes, abstention.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


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
    settings = settings_from(corpus=corpus, index=index, skip_unreadable=skip_unreadable or None)
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
    settings = settings_from(index=index)
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
    settings = settings_from(index=index, host=host, port=port, corpus=corpus)
    gc.disable()  # hardly anything that a start makes is garbage
    with ExitStack() as open_things:
        service = open_things.enter_context(
            closing(_open_service(settings, "qa_service.web.server", "qa_service.watching"))
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
        prepare = open_things.enter_context(ThreadPoolExecutor(1, "qa-prepare"))

        def listening(url: str) -> None:
            announce(url, question)
            prepare.submit(service.prepare)  # what fails is told where it is needed

        serve_http(settings, service, announce=listening)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question, in plain language.")],
    index: IndexOption = None,
    top_k: Annotated[int, typer.Option("--top-k", help="Passages to return, 1 to 50.")] = 5,
    as_json: JsonOption = False,
) -> None:
    """Ask one question and print the answer with its sources."""
    settings = settings_from(index=index)
    from qa_service.retrieval.question_text import checked_question

    question = checked_question(question, settings.max_question_characters)
    with closing(_open_service(settings, "qa_service.terminal", first=question)) as service:
        from qa_service.terminal import print_reply

        retrieval, answer = service.ask(question, top_k=top_k)
        print_reply(retrieval, answer, as_json=as_json)


@app.command()
def mcp(index: IndexOption = None, corpus: CorpusOption = None) -> None:
    """Serve the MCP tools search and fetch on standard input and output, for one agent."""
    settings = settings_from(index=index, corpus=corpus)
    try:
        from qa_service.integrations.mcp import serve_stdio
    except ImportError as error:
        raise ExtraMissing(str(error), "the extra `mcp` of this package brings it") from None
    with closing(_open_service(settings, "qa_service.watching")) as service:
        import asyncio

        from qa_service.watching import following_index

        with following_index(service, _complain):
            asyncio.run(serve_stdio(service))


app.command("eval")(evaluate)


@app.command()
def verify(
    index: IndexOption = None,
    questions: Annotated[
        Path, typer.Option("--questions", help="Check that these labels stand, where the file is.")
    ] = Path("eval/questions.jsonl"),
    as_json: JsonOption = False,
) -> None:
    """Check the live index: checksums, invariants, and the labels' anchors in its documents."""
    settings = settings_from(index=index)
    from qa_service.terminal import print_verification
    from qa_service.verification import verify_all

    found = verify_all(settings, questions if questions.is_file() else None)
    print_verification(found, as_json=as_json)
    if not found.sound:
        raise typer.Exit(FAILED)


@app.command()
def doctor(as_json: JsonOption = False) -> None:
    """Tell what is missing on this machine and how to get it, and every setting in force."""
    settings = settings_from()
    from qa_service.doctor import examine
    from qa_service.terminal import print_examination

    examination = examine(settings)
    print_examination(examination, settings, as_json=as_json)
    if not examination.well:
        raise typer.Exit(FAILED)


def _open_service(settings: Settings, *needed: str, first: str = "") -> Service:
    """Return the service over the live index, ready for the question ``first``.

    The modules ``needed`` are imported meanwhile: a model is compiled outside the interpreter's
    lock, as long again as all imports take. Raises as ``Service.open``.
    """
    from qa_service.embedding.opening import open_embedder
    from qa_service.index.generation.opening import current_version

    current_version(settings.index)  # without an index, no model need be opened, or even exported
    with ThreadPoolExecutor(1, "qa-model") as beside:
        embedder = beside.submit(open_embedder, settings, first=first)
        for module in needed:
            import_module(module)
        from qa_service.service import Service

        return Service.open(settings, embedder=embedder.result())


def _complain(what: str) -> None:
    print(f"qa-service: {_one_line(what)}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
