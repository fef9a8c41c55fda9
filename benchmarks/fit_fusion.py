"""Fit the weights of the ranking to labelled collections, and write them with their figures.

    python benchmarks/fit_fusion.py COLLECTION [COLLECTION ...] --note "what they are"

The score is a weighted sum of features, each scaled to 0..1 over a question's candidates. The
weights maximise the softmax probability of the passages that wholly hold a labelled place among
all candidates (ListNet's top-one loss: Cao et al., ICML 2007), none negative. Every collection
counts the same. Figures are of documents that the weights were not fitted on: two halves by
document, each judged with the weights of the other.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from halves import articles, halves
from labelled import Collection, Labelled, Span, holds_a_place, score
from qa_service.embedding.opening import prepare_embedder
from qa_service.embedding.protocol import Embedder
from qa_service.index.build import build_index
from qa_service.index.protocol import Rows
from qa_service.retrieval.candidates import candidate_rows
from qa_service.retrieval.features import FEATURES, feature_table
from qa_service.retrieval.fusion import default_weights, normalise
from qa_service.retrieval.retriever import Retriever
from qa_service.settings import Settings
from tables import print_table

TARGET = Path(__file__).parents[1] / "src" / "qa_service" / "retrieval" / "fusion.json"
_SHOWN = ("hit@1", "hit@3", "hit@5", "mrr", "evidence")
_DEPTH = 50
_RIDGE = 1e-4
_START = 3.0  # of every weight; the loss is nearly convex, its optimum lies between 1 and 15
_STEP = 0.05  # of the weights: the optimum is flat, and finer steps change no figure

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Candidates:
    """What one question may be answered with: ``values`` is ``(n, features)``, scaled to 0..1,
    and ``right`` tells which passages wholly hold a labelled place."""

    question: Labelled
    half: int
    rows: Rows
    values: Floats
    right: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Measured:
    """One collection, indexed: its passages by row, and each answerable question's candidates."""

    name: str
    spans: tuple[Span, ...]
    tokens: dict[Span, int]
    candidates: tuple[Candidates, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("collections", nargs="+", type=Path)
    parser.add_argument("--note", required=True, help="in words, what the collections are")
    parser.add_argument("--check", nargs=2, type=Path, metavar=("CORPUS", "QUESTIONS"))
    parser.add_argument("--dry-run", action="store_true", help="print, but write nothing")
    given = parser.parse_args()
    base = Settings.create()
    embedder = prepare_embedder(base)
    measured = [measure(Collection.load(folder), base, embedder) for folder in given.collections]
    fitted_on_all = _share(fit([one.candidates for one in measured]))
    print(f"fitted on both halves: {np.round(fitted_on_all, 3).tolist()}")
    weights = np.round(fitted_on_all / _STEP) * _STEP
    weights[weights.argmax()] += 1 - weights.sum()
    without = [
        fit([[c for c in one.candidates if c.half != half] for one in measured]) for half in (0, 1)
    ]
    for half, fitted in enumerate(without):
        print(f"fitted without half {half}: {np.round(_share(fitted), 3).tolist()}")
    rows = [row for one in measured for row in compare(one, without)]
    if given.check:
        check = measure(Collection.of(*given.check), base, embedder)
        current = np.array(default_weights().values)
        rows.append(_row(check, "before", rank(check.candidates, current), check.candidates))
        rows.append(_row(check, "new", rank(check.candidates, weights), check.candidates))
    rows += [
        _row(m, "new, fitted on these", rank(m.candidates, weights), m.candidates) for m in measured
    ]
    print_table(rows)
    if not given.dry_run:
        write(weights, given.note, rows, len(measured))


def measure(collection: Collection, base: Settings, embedder: Embedder) -> Measured:
    """Index a collection in a temporary folder and return the features of every candidate."""
    with tempfile.TemporaryDirectory() as folder:
        settings = base.model_copy(update={"corpus": collection.corpus, "index": Path(folder)})
        build_index(settings, embedder)
        with Retriever.open(folder, settings, embedder=embedder) as retriever:
            passages = retriever.index.passages(range(retriever.index.passage_count))
            spans = tuple((p.document_id, p.start, p.end) for p in passages)
            questions = collection.answerable()
            found = tuple(
                _candidates(retriever, question, half, spans)
                for question, half in zip(questions, halves(articles(questions)), strict=True)
            )
    tokens = {span: passage.tokens for span, passage in zip(spans, passages, strict=True)}
    return Measured(collection.name, spans, tokens, found)


def _candidates(
    retriever: Retriever, question: Labelled, half: int, spans: Sequence[Span]
) -> Candidates:
    index = retriever.index
    vector = retriever.embedder.embed([question.text])[0]
    terms = index.question_terms(question.text)
    rows = candidate_rows(index, vector, terms, retriever.settings.candidates, None)
    table = feature_table(index, question.text, vector, terms, rows)
    right = np.array([holds_a_place(spans[row], question) for row in rows], dtype=np.bool_)
    return Candidates(question, half, rows, normalise(table).astype(np.float64), right)


def fit(collections: Sequence[Sequence[Candidates]]) -> Floats:
    """Return the weights, not yet scaled, that fit these questions best."""
    groups = [
        (one.values, one.right, 1 / len(usable))
        for questions in collections
        for usable in [[one for one in questions if one.right.any() and not one.right.all()]]
        for one in usable
    ]

    def loss(weights: Floats) -> tuple[float, Floats]:
        total = _RIDGE * float(weights @ weights)
        slope = 2 * _RIDGE * weights
        for values, right, share in groups:
            logits = values @ weights
            odds = np.exp(logits - logits.max())
            odds /= odds.sum()
            hit = float(odds[right].sum()) + 1e-300
            total -= share * float(np.log(hit))
            slope -= share * (values.T @ (np.where(right, odds / hit, 0) - odds))
        return total, slope

    start = np.full(len(FEATURES), _START)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(start))
    return np.asarray(found.x, dtype=np.float64)


def rank(questions: Sequence[Candidates], weights: Floats) -> list[Rows]:
    """Return each question's passage rows, best first, ties by row."""
    return [one.rows[np.lexsort((one.rows, -(one.values @ weights)))] for one in questions]


def compare(one: Measured, without: Sequence[Floats]) -> list[dict[str, str | float]]:
    """Return the figures of the current weights, and of those fitted ``without`` each half."""
    parts = [[c for c in one.candidates if c.half == half] for half in (0, 1)]
    refitted = [
        rows for part, fitted in zip(parts, without, strict=True) for rows in rank(part, fitted)
    ]
    ordered = parts[0] + parts[1]
    current = np.array(default_weights().values)
    return [
        _row(one, "before", rank(ordered, current), ordered),
        _row(one, "of the other half", refitted, ordered),
    ]


def _row(
    one: Measured, weights: str, rankings: Sequence[Rows], questions: Sequence[Candidates]
) -> dict[str, str | float]:
    spans = [[one.spans[row] for row in rows[:_DEPTH]] for rows in rankings]
    figures = score(spans, [c.question for c in questions], one.tokens)
    return {"collection": one.name, "weights": weights} | {name: figures[name] for name in _SHOWN}


def _share(weights: Floats) -> Floats:
    share: Floats = weights / weights.sum()
    return share


def write(
    weights: Floats, note: str, rows: Sequence[Mapping[str, str | float]], collections: int
) -> None:
    """Write ``fusion.json`` beside the module that reads it."""
    folders = " ".join(["COLLECTION"] * collections)
    content = {
        "weights": {n: round(w, 2) for n, w in zip(FEATURES, weights.tolist(), strict=True)},
        "note": f"Fitted on {note}; rounded to {_STEP}, as the optimum is flat.",
        "command": f"python benchmarks/fit_fusion.py {folders} --note '{note}'",
        "figures": [
            {name: v if isinstance(v, str) else round(v, 1) for name, v in row.items()}
            for row in rows
        ],
    }
    TARGET.write_text(json.dumps(content, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
