"""Ask the system every question and hold its replies against the labels."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

import numpy as np

from qa_service.answering.extractive import extractive_answer
from qa_service.errors import EvaluationError, QaServiceError
from qa_service.evaluation.catalogue import BUDGETS
from qa_service.evaluation.metrics import (
    answer_measures,
    budget_measures,
    judge,
    labelled_quotes,
    rank_measures,
)
from qa_service.evaluation.questions import Question, label_fingerprint
from qa_service.evaluation.results import (
    Evaluation,
    Latency,
    QuestionResult,
    Quote,
    RankedPassage,
)
from qa_service.evaluation.spans import Place
from qa_service.evaluation.summary import summarise, summarise_categories
from qa_service.evaluation.system import SystemUnderTest, corpus_fingerprint
from qa_service.records import Retrieval, Span

TOP_K = 50
Progress = Callable[[int, int], None]


def evaluate(
    system: SystemUnderTest,
    questions: Sequence[Question],
    *,
    top_k: int = TOP_K,
    progress: Progress | None = None,
) -> Evaluation:
    """Return what the system made of the questions; ``progress(done, total)`` after each.

    Raises EvaluationError where there is no question, where the system refuses one, or where its
    index changes meanwhile: figures of two indexes are not one evaluation.
    """
    if not questions:
        raise EvaluationError("no questions to evaluate", "add some to the label file")
    version = system.index_version
    results: list[QuestionResult] = []
    for done, question in enumerate(questions, start=1):
        started = time.perf_counter()
        try:
            retrieval = system.retrieve(question.question, top_k=top_k)
        except QaServiceError as error:
            raise EvaluationError(
                f"{question.id}: the question was refused: {error.message}",
                error.hint or "correct the question in the label file",
            ) from error
        took_ms = (time.perf_counter() - started) * 1000
        if retrieval.index_version != version:
            raise EvaluationError(
                f"the index changed from {version} to {retrieval.index_version} at {question.id}",
                "run the evaluation again once indexing has finished",
            )
        results.append(_result(question, retrieval, top_k, took_ms))
        if progress is not None:
            progress(done, len(questions))
    times = np.array([r.took_ms for r in results])
    return Evaluation(
        results=tuple(results),
        metrics=summarise(results),
        categories=summarise_categories(results),
        latency=Latency(float(np.quantile(times, 0.5)), float(np.quantile(times, 0.95))),
        top_k=top_k,
        index_version=version,
        corpus_fingerprint=corpus_fingerprint(system.documents()),
        label_fingerprint=label_fingerprint(questions),
        short_rankings=_short_rankings(results, top_k),
    )


def _result(question: Question, retrieval: Retrieval, top_k: int, took_ms: float) -> QuestionResult:
    passages = [evidence.passage for evidence in retrieval.evidence]
    confidence = float(retrieval.confidence)
    if not 0 <= confidence <= 1 or math.isnan(confidence):
        raise EvaluationError(
            f"{question.id}: confidence {confidence} is not between 0 and 1",
            "the system under test must return a probability",
        )
    if len(passages) > top_k or len({p.id for p in passages}) < len(passages):
        raise EvaluationError(
            f"{question.id}: {len(passages)} passages for top_k {top_k}, or one of them twice",
            "the system under test must return at most top_k distinct passages",
        )
    ranking = [(p.document_id, p.start, p.end) for p in passages]
    judged = judge(question, ranking)
    quotes = _quotes(retrieval)
    labelled = labelled_quotes(question, quotes)
    measures: dict[str, float] = {}
    if question.answerable:
        measures |= rank_measures(judged)
        measures |= budget_measures(question, ranking, [p.tokens for p in passages])
        measures |= answer_measures(question, quotes, labelled)
        measures["false_abstain"] = float(not retrieval.answerable)
    else:
        measures["false_answer"] = float(retrieval.answerable)
    measures["brier"] = (confidence - question.answerable) ** 2
    ranked = tuple(
        RankedPassage(
            passage.id,
            passage.document_id,
            passage.start,
            passage.end,
            passage.tokens,
            float(evidence.score),
            relevant,
            tuple(Span(h.start, h.end) for h in evidence.highlights),
        )
        for passage, evidence, relevant in zip(
            passages, retrieval.evidence, judged.relevant, strict=True
        )
    )
    return QuestionResult(
        question=question,
        ranking=ranked,
        confidence=confidence,
        threshold=retrieval.threshold,
        answered=retrieval.answerable,
        reason=retrieval.reason,
        need_ranks=judged.need_ranks,
        first_hit=judged.first_hit,
        quotes=tuple(Quote(*quote, hit) for quote, hit in zip(quotes, labelled, strict=True)),
        measures=measures,
        took_ms=took_ms,
    )


def _quotes(retrieval: Retrieval) -> list[Place]:
    """Return what the answer quotes: that of the documents' own sentences, which asks no model."""
    answer = extractive_answer(retrieval)
    if answer is None:
        return []
    return [(one.document_id, one.source_start, one.source_end) for one in answer.citations]


def _short_rankings(results: Sequence[QuestionResult], top_k: int) -> dict[int, int]:
    # A ranking of fewer than top_k holds all there is: a larger top_k would not lengthen it.
    full = [r for r in results if r.question.answerable and len(r.ranking) == top_k]
    spent = [sum(p.tokens for p in r.ranking) for r in full]
    counts = {budget: sum(tokens < budget for tokens in spent) for budget in BUDGETS}
    return {budget: count for budget, count in counts.items() if count}
