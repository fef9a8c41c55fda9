"""The committed baseline: what an earlier evaluation found, one question a line.

A file in version control, so it holds nothing that differs between two runs of the same thing: no
time, no machine, no path.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa_service.errors import EvaluationError
from qa_service.evaluation.catalogue import CATALOGUE
from qa_service.evaluation.results import OUTCOMES, Evaluation, QuestionResult
from qa_service.evaluation.writing import write_atomically

FORMAT = 1
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class BaselineQuestion:
    """What became of one question then; ``rank`` as in ``QuestionResult.rank``."""

    id: str
    question: str
    category: str
    outcome: str
    rank: int | None
    measures: Mapping[str, float]

    @property
    def answerable(self) -> bool:
        return self.outcome in ("found", "missed", "refused")

    @property
    def passed(self) -> bool:
        return self.outcome in ("found", "abstained")


@dataclass(frozen=True, slots=True)
class Baseline:
    """An earlier evaluation, and what it was of."""

    corpus_fingerprint: str
    label_fingerprint: str
    top_k: int
    metrics: Mapping[str, float]
    questions: Mapping[str, BaselineQuestion]


def baseline_of(evaluation: Evaluation) -> Baseline:
    """Return the evaluation as a baseline, figures rounded to six digits."""
    return Baseline(
        evaluation.corpus_fingerprint,
        evaluation.label_fingerprint,
        evaluation.top_k,
        {m.name: round(m.value, _DIGITS) for m in evaluation.metrics.values()},
        {result.question.id: _entry_of(result) for result in evaluation.results},
    )


def write_baseline(evaluation: Evaluation, path: Path) -> None:
    """Write the evaluation as a baseline file, atomically; equal results write equal bytes."""
    baseline = baseline_of(evaluation)
    head = {
        "format": FORMAT,
        "corpus_fingerprint": baseline.corpus_fingerprint,
        "label_fingerprint": baseline.label_fingerprint,
        "top_k": baseline.top_k,
        "metrics": baseline.metrics,
    }
    lines = [
        json.dumps(
            {
                "id": q.id,
                "question": q.question,
                "category": q.category,
                "outcome": q.outcome,
                "rank": q.rank,
                "measures": q.measures,
            },
            ensure_ascii=False,
        )
        for q in baseline.questions.values()
    ]
    # One question a line, so that a review shows which ones a change has touched.
    opening = json.dumps(head, indent=1, ensure_ascii=False).removesuffix("\n}")
    body = ",\n  ".join(lines)
    write_atomically(path, f'{opening},\n "questions": [\n  {body}\n ]\n}}\n')


def load_baseline(path: Path) -> Baseline:
    """Return the baseline of a file; raises EvaluationError where it is absent or no baseline."""
    hint = f"write it anew with `qa-service eval --write-baseline {path}`"
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise EvaluationError(f"{path}: no such baseline", hint) from None
    except OSError as error:
        raise EvaluationError(
            f"{path}: cannot be read: {error.strerror or error}", "name a readable file"
        ) from None
    except (ValueError, RecursionError):
        raise EvaluationError(f"{path}: is not JSON in UTF-8", hint) from None
    if isinstance(record, dict) and record.get("format", FORMAT) != FORMAT:
        raise EvaluationError(
            f"{path}: format {record['format']!r} where this version reads {FORMAT}", hint
        )
    try:
        return _parse(record)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = f"lacks {error}" if isinstance(error, KeyError) else str(error)
        raise EvaluationError(f"{path}: is no baseline of this version: {what}", hint) from None


def _entry_of(result: QuestionResult) -> BaselineQuestion:
    return BaselineQuestion(
        result.question.id,
        result.question.question,
        result.question.category,
        result.outcome,
        result.rank,
        {name: round(value, _DIGITS) for name, value in result.measures.items()},
    )


def _parse(record: Any) -> Baseline:
    questions = [_parse_question(entry) for entry in record["questions"]]
    baseline = Baseline(
        _typed(record["corpus_fingerprint"], str),
        _typed(record["label_fingerprint"], str),
        _typed(record["top_k"], int),
        {str(name): _number(value) for name, value in record["metrics"].items()},
        {question.id: question for question in questions},
    )
    if len(baseline.questions) < len(questions):
        raise ValueError("a question id is given twice")
    _check_means(baseline)
    return baseline


def _check_means(baseline: Baseline) -> None:
    """Refuse metrics that are not those of the questions below them: a merge gone wrong."""
    for name in (info.name for info in CATALOGUE.values() if info.measure):
        values = [q.measures[name] for q in baseline.questions.values() if name in q.measures]
        stated = baseline.metrics.get(name)
        if (stated is None) != (not values):
            raise ValueError(f"{name} is stated without questions, or not stated with them")
        if stated is not None and abs(stated - sum(values) / len(values)) > 10.0**-_DIGITS * 5:
            raise ValueError(f"{name} is not the mean of its questions")


def _parse_question(entry: Any) -> BaselineQuestion:
    question = BaselineQuestion(
        _typed(entry["id"], str),
        _typed(entry["question"], str),
        _typed(entry["category"], str),
        _typed(entry["outcome"], str),
        None if entry["rank"] is None else _typed(entry["rank"], int),
        {str(name): _number(value) for name, value in entry["measures"].items()},
    )
    if question.outcome not in OUTCOMES:
        raise ValueError(f"unknown outcome {question.outcome!r} of {question.id!r}")
    kinds = ("all", "answerable" if question.answerable else "unanswerable")
    expected = {i.name for i in CATALOGUE.values() if i.measure and i.population in kinds}
    if set(question.measures) != expected:
        differing = sorted(set(question.measures) ^ expected)
        raise ValueError(f"{question.id!r} has other measures: {', '.join(differing)}")
    return question


def _typed(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{value!r} where {kind.__name__} is expected")
    return value


def _number(value: Any) -> float:
    if type(value) not in (int, float) or value != value:
        raise TypeError(f"{value!r} where a number is expected")
    return float(value)
