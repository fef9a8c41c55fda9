from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qa_service.errors import EvaluationError
from qa_service.evaluation.labels import (
    check_labels,
    labelled_documents,
    reanchor,
    require_sound,
    rewrite_labels,
)
from qa_service.evaluation.questions import load_questions

from .factories import TEXTS, question, sample_questions, span, write_questions


def test_sound_labels_have_no_problem() -> None:
    assert check_labels(sample_questions(), TEXTS) == []
    assert labelled_documents(sample_questions()) == set(TEXTS)


def test_each_way_for_a_label_to_fall_is_told_apart() -> None:
    questions = [
        question("moved", "a", span("Tides rise.")),
        question("lost", "b", span("thick")),
        question("twice", "c", span("moon")),
        question("gone", "d", span("tea", "tea.txt")),
    ]
    changed = {"moon.txt": "New. moon, moon. Tides rise."}
    problems = {p.question_id: p for p in check_labels(questions, changed)}
    assert {i: p.kind for i, p in problems.items()} == {
        "moved": "quote_moved",
        "lost": "quote_lost",
        "twice": "quote_ambiguous",
        "gone": "document_missing",
    }
    assert problems["moved"].found_at == (17,)
    assert all(p.message and p.hint for p in problems.values())


def test_reanchoring_moves_what_is_unique_and_leaves_the_rest_to_a_person() -> None:
    questions = [question("q1", "a", span("Tides rise.")), question("q2", "b", span("thick"))]
    reanchored = reanchor(questions, {"moon.txt": "Before. Tides rise."})
    moved = reanchored.questions[0].evidence[0]
    assert (moved.start, moved.end) == (8, 19)
    assert reanchored.questions[1] == questions[1]
    assert [p.question_id for p in reanchored.moved] == ["q1"]
    assert [p.question_id for p in reanchored.left] == ["q2"]


def test_reanchoring_never_makes_two_entries_one_place() -> None:
    place = span("Tides rise.")
    both = question("q1", "a", place, replace(place, start=place.start + 1, end=place.end + 1))
    reanchored = reanchor([both], {"moon.txt": "Before. Tides rise."})
    assert reanchored.questions == (both,)
    assert not reanchored.moved
    assert len(reanchored.left) == 2


def test_rewriting_touches_only_the_moved_lines(tmp_path: Path) -> None:
    path = write_questions(tmp_path / "q.jsonl", sample_questions())
    lines = path.read_text("utf-8").split("\n")
    lines[0] = lines[0].replace('"id": "q1"', '"id":    "q1"') + "\r"
    path.write_bytes("\n".join(lines).encode())
    changed = {**TEXTS, "tea.txt": "Prefixed. " + TEXTS["tea.txt"]}
    rewrite_labels(path, reanchor(load_questions(path), changed))
    after = path.read_bytes().decode().split("\n")
    assert [i for i, (a, b) in enumerate(zip(lines, after, strict=True)) if a != b] == [2]
    assert check_labels(load_questions(path), changed) == []
    assert [p.name for p in tmp_path.iterdir()] == ["q.jsonl"]


def test_rewriting_refuses_a_file_that_changed_meanwhile(tmp_path: Path) -> None:
    path = write_questions(tmp_path / "q.jsonl", sample_questions())
    reanchored = reanchor(load_questions(path), {**TEXTS, "tea.txt": "x" + TEXTS["tea.txt"]})
    write_questions(path, sample_questions()[::-1])
    with pytest.raises(EvaluationError, match="changed while it was being read"):
        rewrite_labels(path, reanchored)


def test_unsound_labels_stop_an_evaluation_by_name() -> None:
    problems = check_labels(sample_questions(), {})
    with pytest.raises(EvaluationError) as caught:
        require_sound(Path("q.jsonl"), problems)
    assert "6 labels do not stand" in caught.value.message
    assert "(q1) evidence[0]: no document 'moon.txt'" in caught.value.message
    assert "and 3 more" in caught.value.message
    require_sound(Path("q.jsonl"), [])
