"""Configs, trials and labels for tests, small and without a model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from conftest import LIBRARY
from evaluation.factories import TEXTS, sample_questions
from evaluation.fake_system import FakeSystem
from qa_service.ablation.configs import Config
from qa_service.ablation.trials import Trial
from qa_service.errors import DocumentError
from qa_service.evaluation.results import Evaluation
from qa_service.evaluation.runner import evaluate
from qa_service.index.build import BuildReport
from qa_service.settings import Settings

LABELS = {
    "Who added a separate condenser?": ("engines.md", "James Watt added a separate condenser."),
    "What was the first ship to enter the new basin?": (
        "ports/lindholm harbour.txt",
        "The first ship to enter the new basin was the Marta.",
    ),
    "Where does the Danube rise?": ("rivers/danube.md", "The Danube rises in the Black Forest"),
    "How long is the Volga?": ("rivers/danube.md", "The Volga is 3,531 kilometres long."),
    "What burned much coal?": ("engines.md", "It burned much coal and moved slowly."),
}
UNANSWERABLE = {
    "Who painted the Marta?": "near-miss",
    "What is the capital of Peru?": "out-of-scope",
}


def write_labels(path: Path) -> Path:
    """Write questions about ``conftest.LIBRARY``, five of them answerable, and return the path."""
    lines: list[dict[str, Any]] = []
    for number, (question, (document, quote)) in enumerate(LABELS.items(), start=1):
        start = LIBRARY[document].index(quote)
        evidence = {
            "document": document,
            "start": start,
            "end": start + len(quote),
            "quote": quote,
        }
        lines.append(
            {
                "id": f"q{number}",
                "question": question,
                "answerable": True,
                "category": "fact",
                "evidence": [evidence],
            }
        )
    for number, (question, category) in enumerate(UNANSWERABLE.items(), start=1):
        lines.append(
            {
                "id": f"u{number}",
                "question": question,
                "answerable": False,
                "category": category,
                "evidence": [],
            }
        )
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    return path


def evaluation(threshold: float = 0.5, texts: dict[str, str] | None = None) -> Evaluation:
    return evaluate(FakeSystem(texts or TEXTS, threshold), sample_questions())


def trial(
    name: str,
    found: Evaluation,
    *failed: DocumentError,
    threshold: float | None = None,
    passages: int = 4,
) -> Trial:
    settings = Settings.create(threshold=threshold)
    changes = {} if threshold is None else {"threshold": threshold}
    built = BuildReport("gen-000001", 2, passages, 9, 90, 99, 0, (), failed, {"writing": 0.25})
    return Trial(Config(name, changes, settings), built, 1_250_000, found)
