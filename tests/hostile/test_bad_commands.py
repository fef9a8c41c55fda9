"""Wrong options, wrong variables, missing parts: exit code 2, one line, and no traceback."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import tiktoken.registry

from command_line import assert_refused, environment, program, run_inside, run_process
from qa_service.settings import Settings

COMMANDS = ("index", "serve", "ask", "eval", "verify", "doctor")


@pytest.fixture
def no_tables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without tiktoken's tables; returns the empty folder that should hold them."""
    monkeypatch.setattr(tiktoken.registry, "ENCODINGS", {})
    monkeypatch.setitem(sys.modules, "litellm", None)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.delenv("DATA_GYM_CACHE_DIR", raising=False)
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
def test_a_bad_variable_stops_every_command(command: str) -> None:
    arguments = [command, "Who?"] if command == "ask" else [command]
    assert_refused(run_inside(*arguments, QA_PORT="eighty"), "QA_PORT='eighty'", "Port to listen")
    assert_refused(run_inside(*arguments, QA_THRESHOLD="1.5"), "QA_THRESHOLD='1.5'")
    assert_refused(run_inside(*arguments, QA_MODLE="x"), "QA_MODLE", "did you mean QA_MODEL?")


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_option_is_named(command: str) -> None:
    outcome = run_inside(command, "--colour", "red")
    assert outcome.code == 2
    assert "--colour" in outcome.err
    assert "Traceback" not in outcome.err
    assert outcome.out == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask",),
        ("ask", "one", "two"),
        ("ask", "Who?", "--top-k", "many"),
        ("serve", "--port", "eighty"),
        ("aks", "Who?"),
    ],
)
def test_a_wrong_command_line_shows_its_usage(arguments: tuple[str, ...]) -> None:
    outcome = run_inside(*arguments)
    assert outcome.code == 2
    assert outcome.err.startswith("Usage: qa-service")
    assert "Traceback" not in outcome.err


def test_no_command_shows_what_there_is() -> None:
    outcome = run_inside()
    assert outcome.code == 2
    shown = outcome.out + outcome.err
    assert all(command in shown for command in COMMANDS)


@pytest.mark.parametrize("question", ["", "  \n ", "?!…", "\udcff", "x" * 2001])
def test_what_is_no_question_is_refused(library_settings: Settings, question: str) -> None:
    outcome = run_inside("ask", question, "--index", library_settings.index)
    assert_refused(outcome, "question")


@pytest.mark.parametrize("top_k", [0, -1, 51])
def test_a_top_k_out_of_bounds_is_refused(library_settings: Settings, top_k: int) -> None:
    outcome = run_inside("ask", "Who?", "--index", library_settings.index, "--top-k", top_k)
    assert_refused(outcome, f"top_k is {top_k}", "1 to 50")


def test_a_port_in_use_is_refused_with_a_way_out(library_settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = run_inside("serve", "--index", library_settings.index, "--port", port)
    assert_refused(outcome, f"127.0.0.1:{port} is in use", "--port")


def test_an_address_that_is_not_ours_is_refused(library_settings: Settings) -> None:
    outcome = run_inside(
        "serve", "--index", library_settings.index, "--port", 0, "--host", "192.0.2.1"
    )
    assert_refused(outcome, "192.0.2.1", "QA_HOST")


@pytest.mark.parametrize("model", ["/nowhere/model", "./model", "~/no such folder/model"])
def test_a_missing_model_is_refused_with_a_way_to_get_one(
    library_settings: Settings, tmp_path: Path, model: str
) -> None:
    for arguments in (
        ("index", "--corpus", library_settings.corpus, "--index", tmp_path / "index"),
        ("ask", "Who?", "--index", library_settings.index),
        ("serve", "--port", 0, "--index", library_settings.index),
    ):
        outcome = run_inside(*arguments, QA_MODEL=model, QA_CACHE_DIR=tmp_path / "cache")
        assert_refused(outcome, model, "all-MiniLM-L6-v2")
    assert not (tmp_path / "index").exists()


def test_indexing_without_token_tables_is_refused_and_nothing_is_written(
    library_settings: Settings, no_tables: Path, tmp_path: Path
) -> None:
    outcome = run_inside(
        "index",
        *("--corpus", library_settings.corpus, "--index", tmp_path / "index"),
        TIKTOKEN_CACHE_DIR=no_tables,
    )
    assert_refused(outcome, "cl100k_base", "pip install litellm", "TIKTOKEN_CACHE_DIR")
    assert not (tmp_path / "index").exists()


def test_verifying_without_token_tables_is_refused(
    library_settings: Settings, no_tables: Path
) -> None:
    outcome = run_inside("verify", "--index", library_settings.index, TIKTOKEN_CACHE_DIR=no_tables)
    assert_refused(outcome, "cl100k_base", "TIKTOKEN_CACHE_DIR")


def test_asking_needs_no_token_tables(library_settings: Settings, no_tables: Path) -> None:
    # Counts are in the index: a machine that only serves needs no tables.
    outcome = run_inside(
        "ask", "Who?", "--index", library_settings.index, "--json", TIKTOKEN_CACHE_DIR=no_tables
    )
    assert outcome.code == 0
    assert outcome.json["passages"]


def test_a_damaged_token_table_is_refused_not_fetched(
    library_settings: Settings, no_tables: Path, tmp_path: Path
) -> None:
    table = no_tables / "9b5ad71b2ce5302211f9c61530b329a4922fc6a4"
    table.write_bytes(b"IQ== 0\n")
    outcome = run_inside(
        "index",
        *("--corpus", library_settings.corpus, "--index", tmp_path / "index"),
        TIKTOKEN_CACHE_DIR=no_tables,
    )
    assert_refused(outcome, str(table), "damaged")
    assert table.exists()


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("not json", "JSON"),
        ('{"id": "q1"}', "question"),
        (
            '{"id": "q1", "question": "Who?", "answerable": true, "category": "x", "evidence": '
            '[{"document": "engines.md", "start": 0, "end": 3, "quote": "zzz"}]}',
            "nowhere",
        ),
    ],
)
def test_questions_that_cannot_be_used_stop_the_evaluation(
    library_settings: Settings, tmp_path: Path, line: str, word: str
) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text(line + "\n")
    outcome = run_inside("eval", "--index", library_settings.index, "--questions", questions)
    assert_refused(outcome, str(questions), word)


def test_missing_questions_stop_the_evaluation(library_settings: Settings, tmp_path: Path) -> None:
    outcome = run_inside(
        "eval", "--index", library_settings.index, "--questions", tmp_path / "none.jsonl"
    )
    assert_refused(outcome, "none.jsonl", "--questions")


def test_two_sources_for_an_evaluation_are_refused(library_settings: Settings) -> None:
    outcome = run_inside(
        "eval", "--corpus", library_settings.corpus, "--index", library_settings.index
    )
    assert_refused(outcome, "--corpus", "--index")


def test_a_real_process_refuses_the_same_way(tmp_path: Path) -> None:
    outcome = run_process("ask", "Who?", "--index", tmp_path, QA_MODEL="hashing")
    assert_refused(outcome, "no index here")
    assert_refused(run_process("doctor", QA_PORTS="1"), "QA_PORTS", "QA_PORT?")


@pytest.mark.parametrize("buffered", [True, False])
def test_a_reader_that_has_gone_is_no_traceback(library_settings: Settings, buffered: bool) -> None:
    variables = environment(
        QA_MODEL="hashing", QA_INDEX=library_settings.index, PYTHONUNBUFFERED="1" * (not buffered)
    )
    process = subprocess.Popen(
        [*program(), "ask", "Who added a condenser?"],
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.close()  # as `| true` does
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(60) in (0, 1)


def test_a_full_disk_is_one_line(library_settings: Settings) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with full.open("w") as out:
        done = subprocess.run(
            [*program(), "ask", "Who?"],
            env=environment(QA_MODEL="hashing", QA_INDEX=library_settings.index),
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert "No space left" in line


def test_any_locale_shows_any_alphabet(library_settings: Settings) -> None:
    done = subprocess.run(
        [*program(), "ask", "Что изучал учёный?"],
        env=environment(
            QA_MODEL="hashing", QA_INDEX=library_settings.index, PYTHONIOENCODING="ascii"
        ),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Учёный изучал домашних птиц" in done.stdout.decode("utf-8")
