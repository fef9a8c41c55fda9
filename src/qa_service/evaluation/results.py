"""What an evaluation found, question by question and in sum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from qa_service.evaluation.catalogue import FOUND_WITHIN, MetricInfo, info_of
from qa_service.evaluation.questions import Question
from qa_service.records import Span

Outcome = Literal["found", "missed", "refused", "abstained", "false-answer"]

OUTCOMES: Mapping[Outcome, str] = {
    "found": f"answered, with all the evidence in the first {FOUND_WITHIN} passages",
    "missed": f"answered, with evidence missing from the first {FOUND_WITHIN} passages",
    "refused": "answerable, yet not answered",
    "abstained": "not answerable, and not answered",
    "false-answer": "not answerable, yet answered",
}


@dataclass(frozen=True, slots=True)
class RankedPassage:
    """One passage of a ranking; ``relevant`` if it holds evidence, ``highlights`` as retrieved."""

    id: str
    document_id: str
    start: int
    end: int
    tokens: int
    score: float
    relevant: bool
    highlights: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """One citation of the answer: where its text stands, and if any of that is ``labelled``."""

    document_id: str
    start: int
    end: int
    labelled: bool


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """One question's reply held against its labels.

    ``need_ranks`` has the rank at which each need was met; ``quotes`` what the extractive answer
    is made of, nothing where there is none; ``measures`` this question's value of every metric
    that is a mean over questions.
    """

    question: Question
    ranking: tuple[RankedPassage, ...]
    confidence: float
    threshold: float
    answered: bool
    reason: str | None
    need_ranks: tuple[int | None, ...]
    first_hit: int | None
    quotes: tuple[Quote, ...]
    measures: Mapping[str, float]
    took_ms: float

    @property
    def found(self) -> bool:
        """Say whether every need is met within the first ``FOUND_WITHIN`` passages."""
        return self.rank is not None and self.rank <= FOUND_WITHIN

    @property
    def rank(self) -> int | None:
        """Return the rank by which every need is met; None where one is not met at all."""
        ranks = [rank for rank in self.need_ranks if rank is not None]
        return max(ranks) if ranks and len(ranks) == len(self.need_ranks) else None

    @property
    def outcome(self) -> Outcome:
        if not self.question.answerable:
            return "false-answer" if self.answered else "abstained"
        if not self.answered:
            return "refused"
        return "found" if self.found else "missed"

    @property
    def passed(self) -> bool:
        return self.outcome in ("found", "abstained")


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure over ``questions`` questions, with its 95 % bootstrap interval."""

    name: str
    value: float
    low: float
    high: float
    questions: int

    @property
    def info(self) -> MetricInfo:
        return info_of(self.name)


@dataclass(frozen=True, slots=True)
class CategorySummary:
    """One category: its questions, how many passed, and what became of each."""

    name: str
    answerable: int
    unanswerable: int
    passed: int
    outcomes: Mapping[Outcome, int]

    @property
    def questions(self) -> int:
        return self.answerable + self.unanswerable


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds for one question. Reported, never gated: the machine decides them."""

    p50_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that was found. ``metrics`` is keyed by name, ``NAME[CATEGORY]`` and
    ``NAME.KIND`` included; a figure that these questions cannot give is absent.

    ``short_rankings`` counts, for each token budget, the questions whose ``top_k`` passages hold
    fewer tokens than that: there the figure might rise with a larger ``top_k``.
    """

    results: tuple[QuestionResult, ...]
    metrics: Mapping[str, Metric]
    categories: tuple[CategorySummary, ...]
    latency: Latency
    top_k: int
    index_version: str
    corpus_fingerprint: str
    label_fingerprint: str
    short_rankings: Mapping[int, int]

    @property
    def passed(self) -> int:
        return sum(result.passed for result in self.results)
