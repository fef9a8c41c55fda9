"""``qa-service eval --compare`` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from command_line import Outcome, assert_refused, run_inside
from conftest import LIBRARY, write_corpus

from .factories import write_labels

TIMES = ("seconds", "latency")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "corpus", LIBRARY)


def compare(corpus: Path, *arguments: object, **variables: object) -> Outcome:
    labels = write_labels(corpus.parent / "labels.jsonl")
    options = ("--corpus", corpus, "--questions", labels)
    return run_inside("eval", "--compare", *arguments, *options, **variables)


def without_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: without_times(v) for k, v in value.items() if k not in TIMES}
    return [without_times(v) for v in value] if isinstance(value, list) else value


def test_files_inline_settings_and_those_in_force_are_compared(corpus: Path) -> None:
    path = corpus.parent / "small.toml"
    path.write_text('name = "small passages"\npassage_tokens = 24\nmodel = "hashing"\n')
    outcome = compare(corpus, "-", path, "passage_tokens=48,threshold=0")
    assert outcome.code == 0, outcome
    assert outcome.err == ""
    assert "small passages against in force, in %" in outcome.out
    assert "passage_tokens=48,threshold=0 against in force, in %" in outcome.out
    assert "in force: model=hashing,passage_tokens=144,threshold=unset" in outcome.out


def test_a_worse_config_is_still_exit_code_0(corpus: Path) -> None:
    outcome = compare(corpus, "threshold=0", "threshold=1")
    assert outcome.code == 0
    assert "worse" in outcome.out
    assert "broken: 5" in outcome.out


def test_json_is_the_same_on_every_run_but_for_times(corpus: Path) -> None:
    first, second = (compare(corpus, "-", "passage_tokens=24", "--json") for _ in range(2))
    assert first.code == 0, first
    assert without_times(first.json) == without_times(second.json)
    assert [c["settings"]["passage_tokens"] for c in first.json["configs"]] == [144, 24]


def test_the_report_folder_holds_the_json_and_a_markdown_page(corpus: Path) -> None:
    folder = corpus.parent / "out" / "report"
    outcome = compare(corpus, "-", "threshold=1", "--report", folder, "--json")
    assert outcome.code == 0, outcome
    assert sorted(p.name for p in folder.iterdir()) == ["compare.json", "compare.md"]
    assert (folder / "compare.json").read_text("utf-8") == outcome.out
    assert "### threshold=1 against in force" in (folder / "compare.md").read_text("utf-8")


def test_a_report_that_cannot_be_written_comes_after_the_result(corpus: Path) -> None:
    outcome = compare(corpus, "-", "threads=1", "--report", corpus / "engines.md")
    assert outcome.code == 2
    assert "cannot be written" in outcome.err
    assert "threads=1 against in force" in outcome.out


@pytest.mark.parametrize(
    "option",
    [
        ("--gate", "recall@1=0.5"),
        ("--index", "index"),
        ("--baseline", "baseline.json"),
        ("--write-baseline", "baseline.json"),
        ("--fix-labels",),
    ],
)
def test_what_does_not_apply_is_refused_and_not_ignored(option: tuple[str, ...]) -> None:
    outcome = run_inside("eval", "--compare", "-", "threads=1", *option)
    assert_refused(outcome, f"{option[0]} does not apply to --compare")


def test_configs_without_compare_are_refused() -> None:
    assert_refused(run_inside("eval", "passage_tokens=96"), "passage_tokens=96", "--compare")


@pytest.mark.parametrize(
    ("configs", "words"),
    [
        ((), ("two configs",)),
        (("-",), ("two configs",)),
        (("-", "pasage_tokens=9"), ("did you mean passage_tokens?",)),
        (("-", "passage_tokens=9"), ("passage_tokens='9'",)),
        (("-", "corpus=x"), ("--corpus",)),
    ],
)
def test_wrong_configs_are_exit_code_2_in_one_line(
    configs: tuple[str, ...], words: tuple[str, ...]
) -> None:
    assert_refused(run_inside("eval", "--compare", *configs), *words)


def test_every_compared_config_reads_the_corpus_given(corpus: Path) -> None:
    outcome = compare(corpus, "-", "threads=1", "--json", QA_CORPUS=corpus.parent / "none")
    assert outcome.code == 0, outcome
    assert [c["index"]["documents"] for c in outcome.json["configs"]] == [5, 5]
    assert json.loads(outcome.out)["configs"][0]["name"] == "in force"
