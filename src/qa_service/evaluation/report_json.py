"""The evaluation as JSON: every figure and every question, for machines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from qa_service.evaluation.comparison import Comparison
from qa_service.evaluation.gates import GateResult
from qa_service.evaluation.results import Evaluation, QuestionResult
from qa_service.evaluation.tables import CHANGES, changes

FORMAT = 1


def as_json(
    evaluation: Evaluation,
    gates: Sequence[GateResult] = (),
    comparison: Comparison | None = None,
    *,
    questions: bool = True,
) -> dict[str, Any]:
    """Return the evaluation as plain dicts and lists; ``questions=False`` leaves each one out."""
    record: dict[str, Any] = {
        "format": FORMAT,
        "held": all(gate.held for gate in gates) and not (comparison and comparison.failed),
        "passed": evaluation.passed,
        "total": len(evaluation.results),
        "top_k": evaluation.top_k,
        "index_version": evaluation.index_version,
        "corpus_fingerprint": evaluation.corpus_fingerprint,
        "label_fingerprint": evaluation.label_fingerprint,
        "latency": asdict(evaluation.latency),
        "short_rankings": {str(b): n for b, n in evaluation.short_rankings.items()},
        "metrics": {
            m.name: {"value": m.value, "low": m.low, "high": m.high, "questions": m.questions}
            for m in evaluation.metrics.values()
        },
        "categories": [asdict(category) for category in evaluation.categories],
        "gates": [
            {
                "gate": gate.gate.text,
                "metric": gate.gate.metric,
                "bound": gate.gate.bound,
                "at_least": gate.gate.at_least,
                "value": gate.value,
                "held": gate.held,
            }
            for gate in gates
        ],
        "comparison": None if comparison is None else _comparison(comparison),
    }
    if questions:
        record["questions"] = [_question(result) for result in evaluation.results]
    return record


def render_json(
    evaluation: Evaluation,
    gates: Sequence[GateResult] = (),
    comparison: Comparison | None = None,
) -> str:
    """Return the JSON report's text."""
    head = as_json(evaluation, gates, comparison, questions=False)
    opening = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    # One question a line: indented throughout, the file would be twice as large and no clearer.
    rows = ",\n  ".join(
        json.dumps(_question(result), ensure_ascii=False) for result in evaluation.results
    )
    return f'{opening},\n "questions": [\n  {rows}\n ]\n}}\n'


def _comparison(comparison: Comparison) -> dict[str, Any]:
    return {
        "failed": comparison.failed,
        "failures": list(comparison.failures),
        "paired": comparison.paired,
        "metrics": [asdict(change) | {"dropped": change.dropped} for change in comparison.metrics],
        **{name: [asdict(change) for change in changes(comparison, name)] for name in CHANGES},
    }


def _question(result: QuestionResult) -> dict[str, Any]:
    question = result.question
    return {
        "id": question.id,
        "question": question.question,
        "category": question.category,
        "answerable": question.answerable,
        "pinned": question.pinned,
        "evidence": [asdict(entry) for entry in question.evidence],
        "outcome": result.outcome,
        "passed": result.passed,
        "answered": result.answered,
        "confidence": result.confidence,
        "threshold": result.threshold,
        "reason": result.reason,
        "first_hit": result.first_hit,
        "rank": result.rank,
        "need_ranks": list(result.need_ranks),
        "took_ms": result.took_ms,
        "quotes": [asdict(quote) for quote in result.quotes],
        "measures": dict(result.measures),
        "ranking": [
            {
                "id": passage.id,
                "document_id": passage.document_id,
                "start": passage.start,
                "end": passage.end,
                "tokens": passage.tokens,
                "score": passage.score,
                "relevant": passage.relevant,
                "highlights": [{"start": h.start, "end": h.end} for h in passage.highlights],
            }
            for passage in result.ranking
        ],
    }
