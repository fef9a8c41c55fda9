"""Ways to run the command line in tests: inside this process, or as a process of its own."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from qa_service.cli import main
from qa_service.settings import Settings

CONSOLE_SCRIPT = Path(sys.executable).with_name("qa-service")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def assert_refused(outcome: Outcome, *words: str) -> None:
    """Assert that a command could not run and says so in one line that holds these words."""
    assert outcome.code == 2, outcome
    assert "Traceback" not in outcome.err
    assert outcome.out == ""
    [line] = outcome.err.splitlines()
    assert line.startswith("qa-service: ")
    for word in words:
        assert word in line


def environment(**variables: object) -> dict[str, str]:
    """Return this process's environment with these variables and no other ``QA_*``."""
    own = {name: text for name, text in os.environ.items() if not name.startswith("QA_")}
    return {**own, "HF_HUB_OFFLINE": "1", **{name: str(value) for name, value in variables.items()}}


def run_inside(*arguments: object, **variables: object) -> Outcome:
    """Run a command in this process, with the hashing embedder unless told otherwise."""
    variables = {"QA_MODEL": "hashing", **variables}
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with (
        mock.patch.dict(os.environ, environment(**variables), clear=True),
        mock.patch.object(sys, "argv", ["qa-service", *map(str, arguments)]),
        mock.patch.object(sys, "excepthook", sys.excepthook),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    return Outcome(code, _written(out), _written(err))


def run_process(*arguments: object, **variables: object) -> Outcome:
    """Run a command as a user does."""
    return _run([*program(), *map(str, arguments)], variables)


def run_python(code: str, *arguments: object, **variables: object) -> Outcome:
    """Run Python code in a process of its own; ``arguments`` are its ``sys.argv[1:]``."""
    return _run([sys.executable, "-c", code, *map(str, arguments)], variables)


def _run(command: list[str], variables: Mapping[str, object]) -> Outcome:
    done = subprocess.run(
        command,
        env=environment(**variables),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def program() -> list[str]:
    """Return the installed console script, or the module where there is none."""
    if CONSOLE_SCRIPT.exists():
        return [str(CONSOLE_SCRIPT)]
    return [sys.executable, "-m", "qa_service.cli"]


@contextmanager
def serving(*arguments: object, **variables: object) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run ``serve`` on a free port; yield its process and the URL it announced."""
    process = subprocess.Popen(
        [*program(), "serve", "--port", "0", *map(str, arguments)],
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = [word for word in line.split() if word.startswith("http://")]
        if not found:
            process.kill()
            raise AssertionError(f"no URL announced: {line!r} {process.communicate()}")
        yield process, found[0].rstrip("/")
    finally:
        process.kill()
        process.communicate()


def variables_of(settings: Settings) -> Mapping[str, object]:
    """Return the variables that make a command use this index, model and cache."""
    return {
        "QA_INDEX": settings.index,
        "QA_MODEL": settings.model,
        "QA_CACHE_DIR": settings.cache_dir,
        "QA_THREADS": settings.threads,
        "QA_PASSAGE_TOKENS": settings.passage_tokens,
    }


def _written(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8")
