"""The command line from an empty folder to an evaluated index, as real processes."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from command_line import Outcome, assert_refused, run_inside, run_process, variables_of
from conftest import LIBRARY, write_corpus
from qa_service.embedding import opening
from qa_service.embedding.protocol import Embedder
from qa_service.service import Service
from qa_service.settings import Settings

ROOT = Path(__file__).parents[2]
QUESTIONS = ROOT / "eval" / "questions.jsonl"
KNOWN = "Whom did President Aliyev meet in Beijing?"
UNKNOWN = "How do I bake sourdough bread at home?"


def shell(settings: Settings, *arguments: object) -> Outcome:
    return run_process(*arguments, **variables_of(settings))


@pytest.mark.model
def test_index_verify_ask_and_eval_with_the_real_model(
    real_settings: Settings, tmp_path: Path
) -> None:
    settings = real_settings.model_copy(update={"index": tmp_path / "index"})
    built = shell(settings, "index", "--corpus", settings.corpus, "--json")
    assert built.code == 0, built.err
    assert built.err == ""
    assert built.json["documents"] == 1
    assert built.json["truncated"] == 0

    verified = shell(settings, "verify", "--questions", QUESTIONS, "--json")
    assert verified.code == 0, verified.err
    assert verified.json["sound"] is True
    assert verified.json["labels"] == len(QUESTIONS.read_text("utf-8").splitlines())

    reply = shell(settings, "ask", KNOWN, "--json").json
    assert reply["answerable"] is True
    assert "Xi Jinping" in reply["answer"]["text"]
    [document] = settings.corpus.glob("*.txt")
    text = document.read_text("utf-8")
    for passage in reply["passages"]:
        assert text[passage["start"] : passage["end"]] == passage["text"]
    for citation in reply["answer"]["citations"]:
        cited = citation["cited_text"]
        assert text[citation["source_start"] : citation["source_end"]] == cited

    report = tmp_path / "report"
    evaluated = shell(
        settings, "eval", "--questions", QUESTIONS, "--report", report, "--gate", "recall@5=0.9"
    )
    assert evaluated.code == 0, evaluated.out + evaluated.err
    assert {path.suffix for path in report.iterdir()} >= {".md", ".json", ".xml"}
    for path in report.glob("*.xml"):
        ElementTree.parse(path)


@pytest.mark.model
def test_a_question_about_something_else_is_not_answered(real_settings: Settings) -> None:
    reply = shell(real_settings, "ask", UNKNOWN, "--json").json
    assert reply["answerable"] is False
    assert reply["answer"] is None
    assert reply["reason"]
    assert reply["passages"]
    words = shell(real_settings, "ask", UNKNOWN)
    assert words.code == 0
    assert words.out.startswith("The documents do not answer this")


@pytest.mark.model
def test_a_corpus_is_evaluated_without_an_index_and_nothing_is_left_behind(
    real_settings: Settings, tmp_path: Path
) -> None:
    settings = real_settings.model_copy(update={"index": tmp_path / "index"})
    done = shell(settings, "eval", "--corpus", settings.corpus, "--questions", QUESTIONS, "--json")
    assert done.code == 0, done.err
    assert not (tmp_path / "index").exists()


@pytest.mark.model
def test_an_index_of_the_hashing_embedder_is_refused_by_the_real_one(
    real_settings: Settings, library_settings: Settings
) -> None:
    outcome = shell(real_settings, "ask", KNOWN, "--index", library_settings.index)
    assert_refused(outcome, "hashing", "all-MiniLM-L6-v2", "QA_MODEL")


@pytest.mark.model
def test_doctor_finds_everything_in_place(real_settings: Settings) -> None:
    outcome = shell(real_settings, "doctor", "--json")
    assert outcome.code == 0, outcome.out
    assert outcome.json["well"] is True


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "corpus", LIBRARY)


def test_a_failed_gate_is_exit_code_1_and_an_unknown_one_2(library: Path, tmp_path: Path) -> None:
    quote = "James Watt added a separate condenser."
    start = LIBRARY["engines.md"].index(quote)
    label = {
        "id": "q1",
        "question": "Who added a separate condenser?",
        "answerable": True,
        "category": "fact",
        "evidence": [
            {"document": "engines.md", "start": start, "end": start + len(quote), "quote": quote}
        ],
    }
    questions = tmp_path / "questions.jsonl"
    questions.write_text(json.dumps(label) + "\n")
    for gate, code in (("recall@5=1.0", 0), ("brier<=0", 1), ("beauty=1", 2)):
        outcome = run_inside("eval", "--corpus", library, "--questions", questions, "--gate", gate)
        assert outcome.code == code, outcome


def test_if_changed_builds_only_when_something_did(library: Path, tmp_path: Path) -> None:
    def index() -> Outcome:
        return run_inside(
            "index", "--corpus", library, "--index", tmp_path / "index", "--if-changed", "--json"
        )

    assert index().json["index_version"] == "gen-000001"
    assert index().json == {"index_version": "gen-000001", "unchanged": True}
    (library / "engines.md").write_text("# Engines\n\nNothing but engines.\n")
    assert index().json["index_version"] == "gen-000002"
    (library / "engines.md").unlink()
    assert index().json["documents"] == len(LIBRARY) - 1
    assert index().json["unchanged"] is True


def test_the_index_follows_its_corpus_and_goes_back(library: Path, tmp_path: Path) -> None:
    def run(*arguments: object) -> Any:
        return run_inside(*arguments, "--index", tmp_path / "index", "--json").json

    def index(*options: str) -> Any:
        return run("index", "--corpus", library, *options)

    planned = index("--dry-run")
    assert (planned["dry_run"], planned["live_version"]) == (True, None)
    assert not (tmp_path / "index").exists()
    first = index()
    assert first["changes"]["added"] == sorted(LIBRARY)
    assert first["embedded"] == planned["embedded"]

    (library / "engines.md").rename(library / "machines.md")
    (library / "rivers" / "ferry.txt").unlink()
    (library / "new.txt").write_text("The new bridge was opened in 1999.\n", "utf-8")
    changes = {
        "added": ["new.txt"],
        "changed": [],
        "moved": [{"from": "engines.md", "to": "machines.md"}],
        "removed": ["rivers/ferry.txt"],
        "unchanged": len(LIBRARY) - 2,
    }
    assert index("--dry-run")["changes"] == changes
    second = index()
    assert second["changes"] == changes
    assert second["from_scratch"] is None
    assert second["embedded"]["texts"] < first["embedded"]["texts"] / 4
    assert index("--full")["from_scratch"] == "asked for"

    kept = run("rollback", "--list")["generations"]
    assert [(each["version"], each["live"]) for each in kept] == [
        ("gen-000002", False),
        ("gen-000003", True),
    ]
    assert run("rollback")["index_version"] == "gen-000002"
    assert run("verify")["index_version"] == "gen-000002"
    assert run("rollback", "--to", "gen-000003")["before"] == "gen-000002"
    refused = run_inside("rollback", "--to", "gen-000001", "--index", tmp_path / "index")
    assert_refused(refused, "gen-000001", "gen-000002, gen-000003")


def test_what_is_printed_for_people_names_sources_and_places(library: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    built = run_inside("index", "--corpus", library, "--index", index)
    assert "5 documents" in built.out
    assert "0 truncated" in built.out
    question = "Who added a separate condenser?"
    shown = run_inside("ask", question, "--index", index, QA_THRESHOLD=0).out
    assert "James Watt added a separate condenser." in shown
    start = LIBRARY["engines.md"].index("James Watt")
    assert f"engines.md {start}-{start + 38}" in shown
    assert "sound" in run_inside("verify", "--index", index).out


def test_a_moved_label_fails_verify_with_exit_code_1(library: Path, tmp_path: Path) -> None:
    index, questions = tmp_path / "index", tmp_path / "questions.jsonl"
    evidence = [{"document": "engines.md", "start": 0, "end": 10, "quote": "James Watt"}]
    label = {"id": "q1", "question": "Who?", "answerable": True, "category": "x"}
    questions.write_text(json.dumps({**label, "evidence": evidence}) + "\n")
    assert run_inside("index", "--corpus", library, "--index", index).code == 0
    outcome = run_inside("verify", "--index", index, "--questions", questions)
    assert outcome.code == 1
    assert f"{questions}:1" in outcome.err
    assert "--fix-labels" in outcome.err


def test_an_index_moved_to_another_place_answers_there(library: Path, tmp_path: Path) -> None:
    assert run_inside("index", "--corpus", library, "--index", tmp_path / "index").code == 0
    shutil.rmtree(library)
    moved = Path(shutil.move(tmp_path / "index", tmp_path / "elsewhere"))
    assert run_inside("ask", "Who added a condenser?", "--index", moved).code == 0
    assert run_inside("verify", "--index", moved).code == 0


@pytest.mark.parametrize("question", ["", " \t", "?!", "\ud800 what", "why " * 600])
def test_a_question_that_cannot_be_asked_is_told_before_anything_is_opened(
    question: str, tmp_path: Path
) -> None:
    assert_refused(run_inside("ask", question, "--index", tmp_path / "none"), "the question")


def test_a_question_s_own_length_is_what_is_loaded_for_it(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, asked = tmp_path / "index", list[str]()
    assert run_inside("index", "--corpus", library, "--index", index).code == 0
    open_embedder = opening.open_embedder

    def opened(settings: Settings, *, first: str) -> Embedder:
        asked.append(first)
        return open_embedder(settings, first=first)

    monkeypatch.setattr(opening, "open_embedder", opened)
    assert run_inside("ask", " Who added a condenser? ", "--index", index).code == 0
    assert asked == ["Who added a condenser?"]


def test_a_server_loads_what_questions_would_wait_for_once_it_listens(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, done = tmp_path / "index", list[str]()
    assert run_inside("index", "--corpus", library, "--index", index).code == 0

    def serve(_settings: Settings, _service: Service, *, announce: Callable[[str], None]) -> None:
        done.append("listening")
        announce("http://127.0.0.1:1")

    monkeypatch.setattr("qa_service.web.server.serve", serve)
    monkeypatch.setattr(Service, "prepare", lambda _service: done.append("prepared"))
    assert run_inside("serve", "--index", index).code == 0
    assert done == ["listening", "prepared"]


@pytest.mark.parametrize(
    "command", ["index", "rollback", "serve", "ask", "eval", "verify", "doctor"]
)
def test_every_command_explains_itself(command: str) -> None:
    outcome = run_inside(command, "--help")
    assert outcome.code == 0
    assert f"Usage: qa-service {command}" in outcome.out
