"""Short ways to write down questions, rankings and evaluations in a test."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qa_service.evaluation.questions import EvidenceSpan, Question
from qa_service.evaluation.results import Evaluation
from qa_service.evaluation.runner import evaluate

from .fake_system import FakeSystem

TEXTS = {
    "moon.txt": "The moon orbits the earth.\n\nThe moon has no thick atmosphere.\n\nTides rise.",
    "tea.txt": "Green tea is brewed at eighty degrees.\n\nBlack tea takes boiling water.",
}
HOSTILE = "]]> <script>alert('x')</script> & \"q\" `|` \u2028 [b](c) \x00\x1b[31m \ufffe \U0001f600"


def span(quote: str, document: str = "moon.txt") -> EvidenceSpan:
    start = TEXTS[document].index(quote)
    return EvidenceSpan(document, start, start + len(quote), quote)


def question(
    identity: str,
    text: str,
    *evidence: EvidenceSpan,
    category: str = "paraphrase",
    pinned: bool = False,
) -> Question:
    return Question(identity, text, bool(evidence), category, evidence, pinned)


def sample_questions() -> list[Question]:
    moon, air = span("The moon orbits the earth."), span("no thick atmosphere")
    return [
        question("q1", "moon orbits earth", moon),
        question("q2", "does the moon have thick atmosphere", air),
        question("q3", "green tea brewed degrees", span("eighty degrees", "tea.txt")),
        question("q4", "satellite circling our planet", moon),
        question("q5", "moon orbits and atmosphere", moon, air, category="multi-sentence"),
        question("q6", "green tea sold in which shop", category="near-miss"),
        question("q7", "how do bicycles stay upright", category="out-of-scope"),
    ]


def sample_evaluation(
    questions: Sequence[Question] | None = None, *, threshold: float = 0.5
) -> Evaluation:
    return evaluate(FakeSystem(TEXTS, threshold), questions or sample_questions())


def record(question: Question) -> dict[str, Any]:
    return {
        "id": question.id,
        "question": question.question,
        "answerable": question.answerable,
        "category": question.category,
        "evidence": [
            {"document": e.document, "start": e.start, "end": e.end, "quote": e.quote}
            for e in question.evidence
        ],
        **({"pinned": True} if question.pinned else {}),
    }


def write_questions(path: Path, questions: Sequence[Question]) -> Path:
    path.write_text(
        "".join(json.dumps(record(q), ensure_ascii=False) + "\n" for q in questions), "utf-8"
    )
    return path
