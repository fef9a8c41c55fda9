"""What the command line shows: tables and progress for people, JSON for machines.

Progress goes to standard error and only where that is a terminal; results go to standard output.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import orjson

from qa_service.records import Answer, Retrieval
from qa_service.settings import PREFIX, Settings

if TYPE_CHECKING:  # `serve` prints three lines: it must not wait for what only builds need
    from rich.progress import Progress, TaskID

    from qa_service.doctor import Examination
    from qa_service.verification import Verified


class StageProgress:
    """A bar for each stage of a build, with its rate and the time left."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._task: TaskID | None = None

    def say(self, what: str) -> None:
        """Show what is being done where there is nothing to count."""
        self.stage(what, 0, "")

    def stage(self, name: str, total: int, unit: str) -> None:
        self._task = self._bars.add_task(f"{name} {unit}".strip(), total=total or None)

    def advance(self, n: int) -> None:
        if self._task is not None:
            self._bars.advance(self._task, n)


@contextmanager
def build_progress(*, quiet: bool) -> Iterator[StageProgress]:
    """Yield the progress of a build; silent when quiet or when nobody is watching."""
    with _bars(quiet) as bars:
        yield StageProgress(bars)


@contextmanager
def question_progress(*, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Yield ``progress(done, total)`` for an evaluation."""
    with _bars(quiet) as bars:
        task = bars.add_task("asking questions", total=None)

        def advance(done: int, total: int) -> None:
            bars.update(task, completed=done, total=total)

        yield advance


def _bars(quiet: bool) -> Progress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}", markup=False),  # a path may hold brackets
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=quiet or not console.is_terminal,
    )


def announce(url: str, question: str) -> None:
    """Print the page to open and a curl line that works as printed, whatever the question holds."""
    body = shlex.quote(orjson.dumps({"question": question}).decode())
    print(f"Serving on {url}  (Ctrl-C stops)")
    print(f"Open {url}/ in a browser, or ask from a shell:")
    print(f"  curl -s {url}/v1/ask -H 'Content-Type: application/json' -d {body}", flush=True)


def print_reply(retrieval: Retrieval, answer: Answer | None, *, as_json: bool) -> None:
    """Print an answer with numbered sources, or that the documents do not say."""
    if as_json:
        from qa_service.web.render import ask_json

        print(ask_json(retrieval, answer, explain=False).decode())
        return
    sure = f"confidence {retrieval.confidence:.2f}, threshold {retrieval.threshold:.2f}"
    if answer is None:
        print(f"The documents do not answer this ({sure}).\n{retrieval.reason}")
        if retrieval.evidence:
            print("\nClosest, but not an answer:")
    else:
        print(f"{_marked(answer)}\n")
        if answer.note is not None:
            print(f"{answer.note}\n")
        for number, citation in enumerate(answer.citations, 1):
            print(
                f"[{number}] {citation.title}: {citation.document_id} "
                f"{citation.source_start}-{citation.source_end}"
            )
        print(f"({sure})\n\nPassages:")
    for number, evidence in enumerate(retrieval.evidence, 1):
        passage = evidence.passage
        text = " ".join(passage.text.split())
        shown = text if len(text) <= 160 else text[:157] + "..."
        print(f"{number}. {evidence.score:.2f}  {passage.id}\n   {shown}")


def _marked(answer: Answer) -> str:
    """Return the answer's text, each span that no source backs followed by a remark."""
    text = answer.text
    for span in reversed(answer.ungrounded):
        text = f"{text[: span.end]} [no source says this]{text[span.end :]}"
    return text


def print_verification(found: Verified, *, as_json: bool) -> None:
    """Print what was checked, and each problem."""
    if as_json:
        print_json(
            {
                "index_version": found.version,
                "sound": found.sound,
                "documents": found.documents,
                "passages": found.passages,
                "sentences": found.sentences,
                "truncated": found.truncated,
                "labels": found.labels,
                "searched": dict(zip(("passages", "sentences"), found.searched, strict=True)),
                "problems": list(found.problems),
            }
        )
        return
    for problem in found.problems:
        print(f"problem: {problem}", file=sys.stderr)
    state = "sound" if found.sound else f"{len(found.problems)} problems"
    print(
        f"{found.version}: {state}; {found.documents} documents, {found.passages} passages, "
        f"{found.sentences} sentences, {found.truncated} truncated, {found.labels} labels checked"
    )
    for what, how in zip(("passages", "sentences"), found.searched, strict=True):
        print(f"vectors of {what}: {how}")


def print_examination(examination: Examination, settings: Settings, *, as_json: bool) -> None:
    """Print each check with its remedy, versions, and every setting in force."""
    values = {PREFIX + name.upper(): getattr(settings, name) for name in Settings.model_fields}
    if as_json:
        print_json(
            {
                "well": examination.well,
                "checks": [
                    {"name": c.name, "well": c.well, "found": c.found, "hint": c.hint}
                    for c in examination.checks
                ],
                "versions": examination.versions,
                "settings": {
                    name: value if isinstance(value, int | float | str | None) else str(value)
                    for name, value in values.items()
                },
            }
        )
        return
    for check in examination.checks:
        print(f"{'ok     ' if check.well else 'MISSING'}  {check.name}: {check.found}")
        if check.hint:
            print(f"         {check.hint}")
    print("\nVersions: " + ", ".join(f"{n} {v}" for n, v in examination.versions.items()))
    print("\nSettings:")
    for name, value in values.items():
        description = Settings.model_fields[name.removeprefix(PREFIX).lower()].description
        print(f"  {name}={'' if value is None else value}  {description}")


def print_json(content: Any) -> None:
    """Print as indented JSON."""
    print(orjson.dumps(content, option=orjson.OPT_INDENT_2).decode())
