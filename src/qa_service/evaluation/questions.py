"""The labelled questions: one JSON object a line, checked strictly when read."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from qa_service.errors import EvaluationError

MULTI_SENTENCE = "multi-sentence"
"""The one category in which every evidence entry is needed; elsewhere any one is enough."""

_REQUIRED = ("id", "question", "answerable", "category", "evidence")
_OPTIONAL = ("pinned", "note")
_ENTRY = ("document", "start", "end", "quote")
_CATEGORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_ID = re.compile(r"[^\s\x00-\x1f\x7f]{1,200}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_EXAMPLE = (
    '{"id": "q1", "question": "...", "answerable": true, "category": "paraphrase", "evidence": '
    '[{"document": "file.txt", "start": 0, "end": 3, "quote": "..."}]}'
)


@dataclass(frozen=True, slots=True)
class EvidenceSpan:
    """One acceptable place: code points ``start:end`` of a document, and the text found there."""

    document: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Question:
    """One labelled question; ``line`` is where it stands in its file, counted from 1."""

    id: str
    question: str
    answerable: bool
    category: str
    evidence: tuple[EvidenceSpan, ...]
    pinned: bool = False
    line: int = 0

    @property
    def needs(self) -> tuple[tuple[EvidenceSpan, ...], ...]:
        """Return what must be found: groups of which one member each is enough."""
        if self.category == MULTI_SENTENCE:
            return tuple((entry,) for entry in self.evidence)
        return (self.evidence,) if self.evidence else ()


def load_questions(path: Path) -> list[Question]:
    """Return the questions of a JSON-lines file, in its order.

    Raises EvaluationError naming file, line and field, and what to write instead. Blank lines are
    allowed; unknown fields are not, since a misspelt one would be ignored in silence.
    """
    questions: list[Question] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(read_lines(path), start=1):
        if not line.strip():
            continue
        question = _parse(line, _Place(path, number))
        if question.id in seen:
            raise EvaluationError(
                f"{path}:{number}: id: {question.id!r} is already used on line {seen[question.id]}",
                "give every question its own id",
            )
        seen[question.id] = number
        questions.append(question)
    if not questions:
        raise EvaluationError(f"{path}: holds no question", f"add one a line, like {_EXAMPLE}")
    return questions


def read_lines(path: Path) -> list[str]:
    """Return the lines of a label file with their line ends; raises EvaluationError."""
    try:
        # Bytes first: text mode would turn "\r\n" into "\n", and a rewrite would touch every line.
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise EvaluationError(
            f"{path}: no such file", "name the label file with --questions FILE"
        ) from None
    except UnicodeDecodeError as error:
        raise EvaluationError(
            f"{path}: byte {error.start} is not UTF-8", "save the file as UTF-8"
        ) from None
    except OSError as error:
        raise EvaluationError(
            f"{path}: cannot be read: {error.strerror or error}",
            "name a readable JSON-lines file with --questions FILE",
        ) from None
    # Only "\n" ends a line: splitlines() would also cut at U+2028 inside a JSON string.
    return text.removeprefix("\ufeff").split("\n")


def label_fingerprint(questions: Sequence[Question]) -> str:
    """Return the SHA-256 over what the labels say, whatever their order and spacing."""
    rows = [
        [
            q.id,
            q.question,
            q.answerable,
            q.category,
            q.pinned,
            [[e.document, e.start, e.end, e.quote] for e in q.evidence],
        ]
        for q in sorted(questions, key=lambda q: q.id)
    ]
    canonical = json.dumps(rows, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True)
class _Place:
    path: Path
    line: int

    def fail(self, field: str, problem: str, hint: str) -> NoReturn:
        raise EvaluationError(f"{self.path}:{self.line}: {field}: {problem}", hint)


def _parse(line: str, place: _Place) -> Question:
    record = _decode(line, place)
    _check_keys(record, _REQUIRED, _OPTIONAL, "", place)
    identity = _text(record["id"], "id", place)
    if not _ID.fullmatch(identity):
        place.fail("id", "holds a space or is over 200 characters", "use an id such as q001")
    question = _text(record["question"], "question", place)
    category = _text(record["category"], "category", place)
    if not _CATEGORY.fullmatch(category):
        place.fail(
            "category",
            f"{category!r} is no plain name",
            "use letters, digits, hyphens and underscores, such as near-miss",
        )
    answerable = _flag(record["answerable"], "answerable", place)
    pinned = _flag(record.get("pinned", False), "pinned", place)
    if "note" in record:
        _text(record["note"], "note", place)
    entries = record["evidence"]
    if not isinstance(entries, list):
        place.fail("evidence", f"{_kind(entries)} instead of a list", 'write "evidence": [...]')
    evidence = tuple(_entry(e, f"evidence[{i}]", place) for i, e in enumerate(entries))
    if answerable and not evidence:
        place.fail(
            "evidence",
            "an answerable question needs at least one place",
            'add a place, or set "answerable": false',
        )
    if not answerable and evidence:
        place.fail(
            "evidence",
            "a question that is not answerable has no evidence",
            'write "evidence": [], or set "answerable": true',
        )
    if len(set(evidence)) < len(evidence):
        place.fail("evidence", "the same place is listed twice", "list each place once")
    return Question(identity, question, answerable, category, evidence, pinned, place.line)


def _decode(line: str, place: _Place) -> dict[str, Any]:
    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in items:
            if key in found:
                place.fail(key, "is given twice in one object", "keep one of them")
            found[key] = value
        return found

    try:
        record = json.loads(line, object_pairs_hook=pairs)
    except (ValueError, RecursionError) as error:
        what = error.msg if isinstance(error, json.JSONDecodeError) else "nested or sized too far"
        column = f" at column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        place.fail("line", f"is not JSON: {what}{column}", f"write one object a line: {_EXAMPLE}")
    if not isinstance(record, dict):
        place.fail("line", f"{_kind(record)} instead of an object", f"write {_EXAMPLE}")
    return record


def _check_keys(
    record: dict[str, Any],
    required: tuple[str, ...],
    optional: tuple[str, ...],
    prefix: str,
    place: _Place,
) -> None:
    known = required + optional
    for key in record:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known fields: {', '.join(known)}"
            place.fail(prefix + ascii(key)[1:-1], "unknown field", hint)
    for key in required:
        if key not in record:
            place.fail(prefix + key, "is missing", f"add it: {_EXAMPLE}")


def _entry(value: Any, field: str, place: _Place) -> EvidenceSpan:
    if not isinstance(value, dict):
        place.fail(field, f"{_kind(value)} instead of an object", f"write {_EXAMPLE}")
    _check_keys(value, _ENTRY, (), f"{field}.", place)
    document = _text(value["document"], f"{field}.document", place)
    quote = _text(value["quote"], f"{field}.quote", place)
    start = _offset(value["start"], f"{field}.start", place)
    end = _offset(value["end"], f"{field}.end", place)
    if end <= start:
        place.fail(f"{field}.end", f"{end} is not after start {start}", "ends are exclusive")
    if len(quote) != end - start:
        place.fail(
            f"{field}.quote",
            f"has {len(quote)} characters where {start}:{end} has {end - start}",
            "count Unicode code points, not bytes, and exclude the end",
        )
    return EvidenceSpan(document, start, end, quote)


def _text(value: Any, field: str, place: _Place) -> str:
    if not isinstance(value, str):
        place.fail(field, f"{_kind(value)} instead of a string", 'write text in "quotes"')
    if not value.strip():
        place.fail(field, "is blank", "write it out")
    if _SURROGATE.search(value):
        place.fail(field, "holds half of a surrogate pair", "write the character itself in UTF-8")
    return value


def _flag(value: Any, field: str, place: _Place) -> bool:
    if not isinstance(value, bool):
        place.fail(field, f"{_kind(value)} instead of true or false", "write true or false")
    return value


def _offset(value: Any, field: str, place: _Place) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        place.fail(field, f"{_kind(value)} instead of a whole number", "write an offset such as 12")
    if value < 0:
        place.fail(field, f"{value} is negative", "offsets count from 0")
    return value


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    names = {bool: "a boolean", str: "a string", int: "a number", float: "a number"}
    return names.get(type(value), "a list" if isinstance(value, list) else "an object")
