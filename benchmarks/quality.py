"""Retrieval quality on labelled collections: this project beside its own parts alone.

    python benchmarks/quality.py COLLECTION [COLLECTION ...] [--precision int8|float32]
        [--peers peers/bin/python]

Every row of this project reads the same passages and the same vectors; only the ranking differs.
``--peers`` adds the rows of ``peers.py``, run by the interpreter of an environment of their own
(how to make one stands in that file).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from labelled import Collection, Span, score
from qa_service.embedding.opening import prepare_embedder
from qa_service.index.build import build_index
from qa_service.index.protocol import Rows
from qa_service.retrieval.retriever import Retriever
from qa_service.settings import Settings
from tables import print_table

_DEPTH = 50
_RRF_CONSTANT = 60  # Cormack, Clarke and Buettcher, SIGIR 2009

Ranker = Callable[[Retriever, str], list[Span]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collections", nargs="+", type=Path)
    parser.add_argument("--precision", default="int8")
    parser.add_argument("--peers", type=Path, metavar="PYTHON")
    given = parser.parse_args()
    for folder in given.collections:
        peers = [] if given.peers is None else _peers(given.peers, folder)
        measure(Collection.load(folder), given.precision, peers)


def measure(
    collection: Collection, precision: str, peers: Sequence[Mapping[str, str | float]] = ()
) -> None:
    with tempfile.TemporaryDirectory() as index_dir:
        settings = Settings.create(
            corpus=collection.corpus, index=Path(index_dir), precision=precision
        )
        report = build_index(settings, prepare_embedder(settings))
        print(
            f"\n{collection.name}: {report.documents} documents, {report.passages} passages, "
            f"{len(collection.answerable())} answerable questions, {precision}"
        )
        with Retriever.open(index_dir, settings) as retriever:
            tokens: dict[Span, int] = {}
            rows = [
                {"system": name} | _scores(retriever, ranker, collection, tokens)
                for name, ranker in _rankers(tokens).items()
            ]
        print_table([*rows[:-1], *peers, rows[-1]])


def _peers(python: Path, folder: Path) -> list[Mapping[str, str | float]]:
    """Return the peers' rows, scored in their own environment by the same code."""
    command = [str(python), str(Path(__file__).with_name("peers.py")), str(folder), "--json"]
    # One of them would look for prices on the network.
    environment = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def _scores(
    retriever: Retriever, ranker: Ranker, collection: Collection, tokens: dict[Span, int]
) -> dict[str, float]:
    questions = collection.answerable()
    rankings = [ranker(retriever, question.text) for question in questions]
    return score(rankings, questions, tokens)


def _rankers(tokens: dict[Span, int]) -> dict[str, Ranker]:
    def spans(retriever: Retriever, rows: Rows) -> list[Span]:
        found: list[Span] = []
        for passage in retriever.index.passages([int(row) for row in rows[:_DEPTH]]):
            span = (passage.document_id, passage.start, passage.end)
            tokens[span] = passage.tokens
            found.append(span)
        return found

    def dense(retriever: Retriever, question: str) -> Rows:
        vector = retriever.embedder.embed([question])[0]
        return retriever.index.nearest_passages(vector, 1000).rows

    def lexical(retriever: Retriever, question: str) -> Rows:
        index = retriever.index
        return index.best_lexical(index.question_terms(question), 1000).rows

    def fused(retriever: Retriever, question: str) -> Rows:
        scores = np.zeros(retriever.index.passage_count)
        for rows in (dense(retriever, question), lexical(retriever, question)):
            scores[rows] += 1 / (_RRF_CONSTANT + 1 + np.arange(len(rows)))
        return np.argsort(-scores, kind="stable")

    def whole(retriever: Retriever, question: str) -> list[Span]:
        found: list[Span] = []
        for one in retriever.retrieve(question, top_k=_DEPTH).evidence:
            span = (one.passage.document_id, one.passage.start, one.passage.end)
            tokens[span] = one.passage.tokens
            found.append(span)
        return found

    return {
        "dense alone": lambda r, q: spans(r, dense(r, q)),
        "BM25 alone": lambda r, q: spans(r, lexical(r, q)),
        "reciprocal rank fusion": lambda r, q: spans(r, fused(r, q)),
        "qa-service": whole,
    }


if __name__ == "__main__":
    main()
