"""Choices made on one half of the documents and judged on the other: is the default one of them?

    python benchmarks/choices.py COLLECTION [COLLECTION ...]

Tried is every combination of a passage size, BM25's two parameters, and joining neighbours or not.
For each half of a collection's documents the combination that finds the most evidence within 1,000
tokens is chosen on the other half, and its figure on this half stands beside the default's. The
index holds the whole collection each time; only the questions are divided. The fitted weights stay
as they are (``fit_fusion.py`` judges those in halves as well).
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from halves import articles, halves
from labelled import Collection, Labelled, Span, score
from qa_service.embedding.opening import prepare_embedder
from qa_service.embedding.protocol import Embedder
from qa_service.index.build import build_index
from qa_service.index.lexical import postings
from qa_service.index.reader import open_index
from qa_service.retrieval import selection
from qa_service.retrieval.retriever import Retriever
from qa_service.settings import Settings
from remembering import RememberingEmbedder
from tables import print_table

_SIZES = (96, 120, 144, 168, 192)
_BM25 = ((0.3, 0.3), (0.9, 0.4), (1.2, 0.75))
_JOINED_RANKS = (0, selection.JOINED_RANKS)
_DEPTH = 50

Evidence = NDArray[np.float64]


@dataclass(frozen=True, slots=True, order=True)
class Choice:
    """One combination; ``joined_ranks`` 0 joins nothing."""

    passage_tokens: int
    k1: float
    b: float
    joined_ranks: int

    def __str__(self) -> str:
        joining = "joined" if self.joined_ranks else "not joined"
        return f"{self.passage_tokens} tokens, k1 {self.k1}, b {self.b}, {joining}"


DEFAULT = Choice(Settings.create().passage_tokens, postings.K1, postings.B, selection.JOINED_RANKS)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("collections", nargs="+", type=Path)
    given = parser.parse_args()
    embedder = RememberingEmbedder(prepare_embedder(Settings.create()))
    for folder in given.collections:
        collection = Collection.load(folder)
        judge(collection, dict(evidence_by_choice(collection, embedder)))


def evidence_by_choice(
    collection: Collection, embedder: Embedder
) -> Iterator[tuple[Choice, Evidence]]:
    """Yield, for each choice, the share of evidence found for each answerable question."""
    questions = collection.answerable()
    for size, (k1, b) in product(_SIZES, _BM25):
        with tempfile.TemporaryDirectory() as index_dir, patch.multiple(postings, K1=k1, B=b):
            settings = Settings.create(
                corpus=collection.corpus, index=Path(index_dir), passage_tokens=size
            )
            build_index(settings, embedder)
            with Retriever(open_index(settings.index), embedder, settings) as retriever:
                embedder.embed([question.text for question in questions])  # all at once
                for ranks in _JOINED_RANKS:
                    with patch.object(selection, "JOINED_RANKS", ranks):
                        found = [evidence(retriever, question) for question in questions]
                    yield Choice(size, k1, b, ranks), np.array(found)


def evidence(retriever: Retriever, question: Labelled) -> float:
    """Return the percentage of a question's evidence within the first 1,000 tokens."""
    tokens: dict[Span, int] = {}
    for one in retriever.retrieve(question.text, top_k=_DEPTH).evidence:
        passage = one.passage
        tokens[passage.document_id, passage.start, passage.end] = passage.tokens
    return score([list(tokens)], [question], tokens)["evidence"]


def judge(collection: Collection, found: dict[Choice, Evidence]) -> None:
    """Print what each half chooses and how that does on the other one, beside the default."""
    half = np.array(halves(articles(collection.answerable())))
    chosen_for, parts = {}, {}
    for judged in (0, 1):
        other = half != judged
        chosen_for[judged] = max(sorted(found), key=lambda c: float(found[c][other].mean()))
        parts[judged] = found[chosen_for[judged]][half == judged]
    print(f"\n{collection.name}: {len(half)} answerable questions, {len(found)} choices")
    print_table(
        [
            {
                "half": str(judged),
                "chosen on the other half": str(chosen_for[judged]),
                "evidence": float(parts[judged].mean()),
                "the default's": float(found[DEFAULT][half == judged].mean()),
                "best possible here": max(float(f[half == judged].mean()) for f in found.values()),
            }
            for judged in (0, 1)
        ]
    )
    together = float(np.concatenate([parts[0], parts[1]]).mean())
    print(f"both halves: {together:.1f} by choices made apart, {found[DEFAULT].mean():.1f} default")
    _print_axes(found)


def _print_axes(found: dict[Choice, Evidence]) -> None:
    """Print the default with one thing changed at a time."""
    changed: Sequence[Choice] = [
        c
        for c in sorted(found)
        if sum(
            (
                c.passage_tokens != DEFAULT.passage_tokens,
                (c.k1, c.b) != (DEFAULT.k1, DEFAULT.b),
                c.joined_ranks != DEFAULT.joined_ranks,
            )
        )
        <= 1
    ]
    print_table([{"choice": str(c), "evidence": float(found[c].mean())} for c in changed])


if __name__ == "__main__":
    main()
