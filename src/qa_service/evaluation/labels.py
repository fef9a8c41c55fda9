"""Do the labels still stand in the text they quote? And where did a moved quote go?"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from qa_service.errors import EvaluationError
from qa_service.evaluation.questions import EvidenceSpan, Question, read_lines
from qa_service.evaluation.writing import write_atomically

Kind = Literal["document_missing", "quote_moved", "quote_ambiguous", "quote_lost"]

_HINTS: Mapping[Kind, str] = {
    "document_missing": "restore or rename the document, or label the question anew",
    "quote_moved": "`qa-service eval --fix-labels` sets the new offsets",
    "quote_ambiguous": "set start and end by hand to the place that is meant",
    "quote_lost": "label the question anew: its text was changed or removed",
}


@dataclass(frozen=True, slots=True)
class LabelProblem:
    """One evidence entry whose quote is not at its offsets. ``found_at`` lists where it is."""

    question_id: str
    line: int
    entry: int
    document: str
    kind: Kind
    message: str
    hint: str
    found_at: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reanchored:
    """Questions after moving what could be moved; ``left`` still needs a person."""

    questions: tuple[Question, ...]
    moved: tuple[LabelProblem, ...]
    left: tuple[LabelProblem, ...]


def labelled_documents(questions: Sequence[Question]) -> set[str]:
    """Return the id of every document that some label points into."""
    return {entry.document for question in questions for entry in question.evidence}


def check_labels(questions: Sequence[Question], documents: Mapping[str, str]) -> list[LabelProblem]:
    """Return every entry whose quote is not at its offsets; ``documents`` maps id to text."""
    problems: list[LabelProblem] = []
    for question in questions:
        for number, entry in enumerate(question.evidence):
            text = documents.get(entry.document)
            if text is not None and text[entry.start : entry.end] == entry.quote:
                continue
            problems.append(_problem(question, number, entry, text))
    return problems


def reanchor(questions: Sequence[Question], documents: Mapping[str, str]) -> Reanchored:
    """Return the questions with every moved quote at its new place, where that place is unique."""
    problems = check_labels(questions, documents)
    by_entry = {(p.question_id, p.entry): p for p in problems if p.kind == "quote_moved"}
    moved: list[LabelProblem] = []
    repaired: list[Question] = []
    for question in questions:
        evidence = list(question.evidence)
        changes: list[LabelProblem] = []
        for number, entry in enumerate(question.evidence):
            problem = by_entry.get((question.id, number))
            if problem is not None:
                start = problem.found_at[0]
                evidence[number] = replace(entry, start=start, end=start + len(entry.quote))
                changes.append(problem)
        # Two entries may have come to share one place: a file that lists it twice is refused.
        if len(set(evidence)) == len(evidence):
            repaired.append(replace(question, evidence=tuple(evidence)))
            moved.extend(changes)
        else:
            repaired.append(question)
    left = tuple(p for p in problems if p not in moved)
    return Reanchored(tuple(repaired), tuple(moved), left)


def rewrite_labels(path: Path, reanchored: Reanchored) -> None:
    """Write the moved offsets into the label file, atomically; other lines keep every byte."""
    lines = read_lines(path)
    by_line = {question.line: question for question in reanchored.questions}
    for number in sorted({problem.line for problem in reanchored.moved}):
        question = by_line[number]
        line = lines[number - 1]
        record = json.loads(line)
        if record.get("id") != question.id:
            raise EvaluationError(
                f"{path}:{number}: the file changed while it was being read", "run it again"
            )
        for written, entry in zip(record["evidence"], question.evidence, strict=True):
            written["start"], written["end"] = entry.start, entry.end
        ending = "\r" if line.endswith("\r") else ""
        lines[number - 1] = json.dumps(record, ensure_ascii=False) + ending
    write_atomically(path, "\n".join(lines))


def require_sound(path: Path, problems: Sequence[LabelProblem]) -> None:
    """Raise EvaluationError naming the first problems, if there are any."""
    if not problems:
        return
    shown = "; ".join(p.message for p in problems[:3])
    more = f"; and {len(problems) - 3} more" if len(problems) > 3 else ""
    hints = sorted({p.hint for p in problems})
    count = "1 label does" if len(problems) == 1 else f"{len(problems)} labels do"
    raise EvaluationError(
        f"{path}: {count} not stand in this corpus: {shown}{more}",
        "; ".join(hints),
    )


def _problem(
    question: Question, number: int, entry: EvidenceSpan, text: str | None
) -> LabelProblem:
    where = f"line {question.line} ({question.id}) evidence[{number}]"
    if text is None:
        kind: Kind = "document_missing"
        places: tuple[int, ...] = ()
        what = f"no document {entry.document!r} in this index"
    else:
        places = _places(entry.quote, text)
        spot = f"{entry.document}:{entry.start}-{entry.end}"
        if not places:
            kind, what = "quote_lost", f"the quote is nowhere in {entry.document} any more"
        elif len(places) == 1:
            kind, what = "quote_moved", f"the quote is not at {spot} but at {places[0]}"
        else:
            kind = "quote_ambiguous"
            what = f"the quote is not at {spot} but at {len(places)} other places"
    return LabelProblem(
        question.id,
        question.line,
        number,
        entry.document,
        kind,
        f"{where}: {what}",
        _HINTS[kind],
        places,
    )


def _places(quote: str, text: str) -> tuple[int, ...]:
    places: list[int] = []
    at = text.find(quote)
    while at >= 0:
        places.append(at)
        at = text.find(quote, at + 1)
    return tuple(places)
