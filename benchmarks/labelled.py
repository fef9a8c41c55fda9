"""A labelled collection on disk, and how rankings of source spans are scored against its labels."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Span = tuple[str, int, int]
"""Document id, start, end in code points."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One question; ``evidence`` are the acceptable places, empty where nothing answers it."""

    id: str
    text: str
    answerable: bool
    category: str
    evidence: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Collection:
    """A folder with ``corpus/`` and ``questions.jsonl``."""

    name: str
    corpus: Path
    questions: tuple[Labelled, ...]

    @classmethod
    def load(cls, folder: Path) -> Collection:
        whole = cls.of(folder / "corpus", folder / "questions.jsonl")
        return cls(folder.name, whole.corpus, whole.questions)

    @classmethod
    def of(cls, corpus: Path, questions: Path) -> Collection:
        """Return the collection of a folder of documents and a file of questions."""
        lines = questions.read_text("utf-8").splitlines()
        return cls(questions.parent.name, corpus, tuple(_labelled(line) for line in lines))

    def answerable(self) -> list[Labelled]:
        return [question for question in self.questions if question.answerable]


def _labelled(line: str) -> Labelled:
    data = json.loads(line)
    places = tuple((e["document"], e["start"], e["end"]) for e in data["evidence"])
    return Labelled(data["id"], data["question"], data["answerable"], data["category"], places)


def score(
    rankings: Sequence[Sequence[Span]],
    questions: Sequence[Labelled],
    tokens: Mapping[Span, int],
    budget: int = 1000,
) -> dict[str, float]:
    """Return percentages over answerable questions.

    ``hit@k``: one of the first k spans wholly contains a labelled place. ``mrr``: mean reciprocal
    rank of the first such span among ten. ``evidence``: share of labelled characters found in the
    first spans that fit the token budget together; the first that does not fit ends the list.
    """
    totals = dict.fromkeys(("hit@1", "hit@3", "hit@5", "mrr", "evidence"), 0.0)
    for ranked, question in zip(rankings, questions, strict=True):
        rank = next((i for i, s in enumerate(ranked[:10]) if holds_a_place(s, question)), None)
        if rank is not None:
            totals["mrr"] += 1 / (rank + 1)
            for k in (1, 3, 5):
                totals[f"hit@{k}"] += rank < k
        totals["evidence"] += _covered(_within(ranked, tokens, budget), question)
    return {name: 100 * value / len(questions) for name, value in totals.items()}


def holds_a_place(span: Span, question: Labelled) -> bool:
    """Return whether a span wholly contains one of the question's labelled places."""
    return any(d == span[0] and span[1] <= s and e <= span[2] for d, s, e in question.evidence)


def _within(ranked: Sequence[Span], tokens: Mapping[Span, int], budget: int) -> list[Span]:
    kept: list[Span] = []
    for span in ranked:
        budget -= tokens[span]
        if budget < 0:
            break
        kept.append(span)
    return kept


def _covered(spans: Sequence[Span], question: Labelled) -> float:
    wanted = {(d, place) for d, s, e in question.evidence for place in range(s, e)}
    found = {
        (d, place)
        for d, s, e in spans
        for gold, gold_start, gold_end in question.evidence
        if d == gold
        for place in range(max(s, gold_start), min(e, gold_end))
    }
    return len(wanted & found) / len(wanted)
