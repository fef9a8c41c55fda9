from __future__ import annotations

import json
from dataclasses import replace

from rich.cells import cell_len

from evaluation.factories import HOSTILE
from qa_service.ablation.differences import against_first
from qa_service.ablation.report import render_json, render_markdown, render_text
from qa_service.ablation.trials import Trial

from .factories import evaluation, trial


def three() -> list[Trial]:
    return [
        trial("a", evaluation(0.6)),
        trial("b", evaluation(2.0), threshold=1.0),
        trial("機関", evaluation(0.0), threshold=0.0),
    ]


def test_text_names_each_config_difference_and_changed_question() -> None:
    text = render_text(three(), against_first(three()))
    assert "b against a, in %" in text
    assert "機関 against a, in %" in text
    assert "  q1 [paraphrase] was found at rank 1, now refused at rank 1: moon orbits earth" in text
    assert "fixed: " in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_columns_stand_below_each_other_also_below_wide_characters() -> None:
    lines = render_text(three(), against_first(three())).splitlines()
    block = lines[: lines.index("")]
    assert len({cell_len(line) for line in block}) == 1


def test_a_hostile_name_breaks_neither_text_nor_markdown() -> None:
    trials = [trial("a", evaluation()), trial(HOSTILE, evaluation(0.9), threshold=0.9)]
    comparisons = against_first(trials)
    text = render_text(trials, comparisons)
    assert not [c for c in text if not c.isprintable() and c != "\n"]
    markdown = render_markdown(trials, comparisons)
    assert "<script>" not in markdown
    rows = [line for line in markdown.splitlines() if line.startswith("| ") and "alert" in line]
    assert rows
    assert {line.replace("\\|", "").count("|") for line in rows[:1]} == {8}


def test_markdown_names_every_changed_question_and_text_only_ten() -> None:
    trials = three()
    first, second = against_first(trials)
    many = first.questions.broken * 12
    comparisons = [replace(first, questions=replace(first.questions, broken=many)), second]
    assert f"and {len(many) - 10} more: --report DIR" in render_text(trials, comparisons)
    assert render_markdown(trials, comparisons).count("now refused") >= len(many)


def test_json_holds_every_figure_and_the_settings_compared() -> None:
    record = json.loads(render_json(three(), against_first(three())))
    assert record["questions"] == 7
    first, second, _ = record["configs"]
    assert first["settings"] == {"threshold": None}
    assert second["settings"] == {"threshold": 1.0}
    assert first["against_first"] is None
    assert first["index"]["bytes"] == 1_250_000
    assert first["metrics"]["recall@1"]["value"] == evaluation().metrics["recall@1"].value
    changed = second["against_first"]
    [gain] = [m for m in changed["metrics"] if m["metric"] == "false_answer.near-miss"]
    assert set(gain) == {"metric", "first", "other", "gain", "low", "high", "verdict"}
    assert "q1" in [change["id"] for change in changed["broken"]]
    assert changed["same_documents"] is True
