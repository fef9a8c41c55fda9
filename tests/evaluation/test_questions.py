from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qa_service.errors import EvaluationError
from qa_service.evaluation.questions import label_fingerprint, load_questions

from .factories import record, sample_questions, write_questions

GOOD: dict[str, Any] = {
    "id": "q1",
    "question": "Why?",
    "answerable": True,
    "category": "paraphrase",
    "evidence": [{"document": "a.txt", "start": 0, "end": 3, "quote": "abc"}],
}


def load(tmp_path: Path, *lines: str) -> Any:
    path = tmp_path / "q.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    return load_questions(path)


def changed(**changes: Any) -> str:
    return json.dumps({**GOOD, **changes})


def entry(**changes: Any) -> list[dict[str, Any]]:
    return [{**GOOD["evidence"][0], **changes}]


def test_questions_come_back_as_written_with_their_lines(tmp_path: Path) -> None:
    path = write_questions(tmp_path / "q.jsonl", sample_questions())
    loaded = load_questions(path)
    assert [record(q) for q in loaded] == [record(q) for q in sample_questions()]
    assert [q.line for q in loaded] == list(range(1, 8))


def test_blank_lines_windows_line_ends_and_a_bom_are_accepted(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + changed().encode() + b"\r\n\r\n" + changed(id="q2").encode())
    assert [(q.id, q.line) for q in load_questions(path)] == [("q1", 1), ("q2", 3)]


def test_a_line_separator_inside_a_question_does_not_end_its_line(tmp_path: Path) -> None:
    line = json.dumps({**GOOD, "question": "one\u2028two"}, ensure_ascii=False)
    assert load(tmp_path, line)[0].question == "one\u2028two"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{not json", "line: is not JSON"),
        ("[1]", "line: a list instead of an object"),
        ("[" * 100_000, "line: is not JSON"),
        ('{"id": "a", "id": "b"}', "id: is given twice"),
        (json.dumps({k: v for k, v in GOOD.items() if k != "category"}), "category: is missing"),
        (changed(anwserable=True), "anwserable: unknown field; did you mean 'answerable'?"),
        (changed(id=7), "id: a number instead of a string"),
        (changed(id="a b"), "id: holds a space"),
        (changed(question="  "), "question: is blank"),
        (changed(question="\ud800"), "question: holds half of a surrogate pair"),
        (changed(answerable="yes"), "answerable: a string instead of true or false"),
        (changed(answerable=1), "answerable: a number instead of true or false"),
        (changed(answerable=False), "evidence: a question that is not answerable has no evidence"),
        (changed(evidence=[]), "evidence: an answerable question needs at least one place"),
        (changed(evidence={}), "evidence: an object instead of a list"),
        (changed(evidence=[3]), "evidence[0]: a number instead of an object"),
        (changed(evidence=entry() * 2), "evidence: the same place is listed twice"),
        (changed(category="near miss"), "category: 'near miss' is no plain name"),
        (changed(pinned="x"), "pinned: a string instead of true or false"),
        (changed(evidence=entry(start=True)), "evidence[0].start: a boolean instead of a whole"),
        (changed(evidence=entry(start=-1)), "evidence[0].start: -1 is negative"),
        (changed(evidence=entry(start=0.0)), "evidence[0].start: a number instead of a whole"),
        (changed(evidence=entry(end=0)), "evidence[0].end: 0 is not after start 0"),
        (changed(evidence=entry(end=4)), "evidence[0].quote: has 3 characters where 0:4 has 4"),
        (changed(evidence=entry(quote=None)), "evidence[0].quote: null instead of a string"),
        (changed(evidence=entry(page=3)), "evidence[0].page: unknown field"),
        (changed(evidence=[{"document": "a"}]), "evidence[0].start: is missing"),
    ],
)
def test_a_bad_line_is_named_with_file_line_field_and_a_next_step(
    tmp_path: Path, line: str, said: str
) -> None:
    with pytest.raises(EvaluationError) as caught:
        load(tmp_path, changed(id="fine"), line)
    assert f"q.jsonl:2: {said}" in str(caught.value)
    assert caught.value.hint


def test_a_reused_id_names_both_lines(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"q\.jsonl:3: id: 'q1' is already used on line 1"):
        load(tmp_path, changed(), "", changed())


def test_a_missing_an_empty_and_an_undecodable_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="no such file"):
        load_questions(tmp_path / "none.jsonl")
    with pytest.raises(EvaluationError, match="holds no question"):
        load(tmp_path, "", " ")
    (tmp_path / "bad.jsonl").write_bytes(b"abc\xff")
    with pytest.raises(EvaluationError, match="byte 3 is not UTF-8"):
        load_questions(tmp_path / "bad.jsonl")
    with pytest.raises(EvaluationError, match="cannot be read"):
        load_questions(tmp_path)


def test_fingerprint_ignores_order_and_spacing_but_no_label() -> None:
    questions = sample_questions()
    assert label_fingerprint(questions) == label_fingerprint(questions[::-1])
    assert label_fingerprint(questions) != label_fingerprint(questions[1:])


def test_only_multi_sentence_questions_need_every_place() -> None:
    both = sample_questions()[4]
    assert len(both.needs) == 2
    assert [len(need) for need in both.needs] == [1, 1]
    assert sample_questions()[5].needs == ()
