"""How the index behaves as it grows: time to build, disk, memory, speed, recall.

    python benchmarks/scale.py [10000 100000 1000000] [--folder DIR] [--index auto|flat|ivf]
        [--questions 300] [--keep] [--plot FILE.svg]
    python benchmarks/scale.py --collection DIR

Each size is built by one process and served by another, so that memory is told apart. The
collections are made up (see ``synthetic.py``): four sentences a passage, clustered vectors, words
by Zipf's law. ``search`` is everything that answers a question but embedding it; ``cold`` are the
first questions after the files were dropped from the system's cache. Recall is beside an exact
search over all vectors. A million passages take about 10 GB of disk and 8 GB of memory to build.

The second form says what is lost with real texts and real questions: a labelled collection
(``corpus/`` and ``questions.jsonl``) is indexed both ways, however small it is.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from labelled import Collection, Span, score
from own_memory import memory_mb
from qa_service.embedding.opening import prepare_embedder
from qa_service.embedding.protocol import EmbedderIdentity, Matrix, Progress
from qa_service.index.build import build_index
from qa_service.index.protocol import Hits, Vector
from qa_service.index.reader import open_index
from qa_service.index.vectors.build import exact_edges, recall_of
from qa_service.index.vectors.choice import in_words
from qa_service.index.vectors.clusters import products
from qa_service.retrieval.retriever import Retriever
from qa_service.settings import Settings
from synthetic import IDENTITY, Made, questions, write_generation
from tables import print_table

_RECALL_QUESTIONS = 200
_COLD = 20
_REPLIES = 100


class _Given:
    """An embedder that gives the vector it was told to."""

    identity: EmbedderIdentity = IDENTITY

    def __init__(self) -> None:
        self.vector: Vector = np.zeros(IDENTITY.dimension, dtype=np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [1 for _ in texts]

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        return np.repeat(self.vector[None], len(texts), axis=0)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--folder", type=Path, default=None, help="where the indexes are built")
    parser.add_argument("--index", default="auto", choices=("auto", "flat", "ivf"))
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--keep", action="store_true", help="leave the indexes there")
    parser.add_argument("--plot", type=Path, default=None, help="write a plot (needs matplotlib)")
    parser.add_argument("--collection", type=Path, default=None, help="real texts instead")
    parser.add_argument("--child", choices=("build", "serve"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child is not None:
        run = _build if given.child == "build" else _serve
        print(json.dumps(run(given.sizes[0], given)))
        return
    if given.collection is not None:
        print_table(_quality(Collection.load(given.collection)))
        return
    folder = given.folder or Path(tempfile.mkdtemp(prefix="qa-service-scale-"))
    rows = []
    for size in given.sizes:
        place = folder / str(size)
        try:
            row = {"passages": f"{size:,}", "sentences": f"{size * 4:,}"}
            if not (place / "CURRENT").exists():
                row |= _child("build", size, place, given)
            row |= _child("serve", size, place, given)
            rows.append(row)
            print(json.dumps(row, indent=1), file=sys.stderr)
        finally:
            if not given.keep:
                shutil.rmtree(place, ignore_errors=True)
    print_table([_turned(name, rows) for name in rows[0] if name != "passages"])
    if given.plot is not None:
        _plot(rows, given.plot)
    print(f"load averages at the end: {' '.join(f'{load:.1f}' for load in os.getloadavg())}")


def _turned(name: str, rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Return one measure of all sizes as a row of the table."""
    return {"": name} | {row["passages"]: str(row.get(name, "")) for row in rows}


def _child(what: str, size: int, place: Path, given: argparse.Namespace) -> dict[str, Any]:
    command = [sys.executable, __file__, str(size), "--child", what, "--folder", str(place)]
    command += ["--index", given.index, "--questions", str(given.questions)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def _build(size: int, given: argparse.Namespace) -> dict[str, Any]:
    started: list[tuple[str, float]] = []

    def step(name: str) -> None:
        started.append((name, time.perf_counter()))
        print(f"{size:,}: {name}", file=sys.stderr)

    manifest = write_generation(Made(size), given.folder, given.index, step)
    seconds = {a: end - start for (a, start), (_, end) in pairwise(started)}
    files = manifest.files
    sizes = {
        "half-precision vectors": sum(f.size for n, f in files.items() if n.endswith(".faiss")),
        "inverted files": sum(f.size for n, f in files.items() if n.endswith(".ivf")),
        "texts": files["documents.sqlite"].size,
        "words and layout": sum(f.size for n, f in files.items() if n.endswith((".npy", ".txt"))),
    }
    return {
        "vectors built, s": f"{seconds['vectors']:.1f}",
        "words built, s": f"{seconds['postings']:.1f}",
        "most memory while building, MB": f"{memory_mb('VmHWM'):.0f}",
        "disk, MB": f"{sum(f.size for f in files.values()) / 1e6:.0f}",
        **{f"- {name}, MB": f"{size / 1e6:.0f}" for name, size in sizes.items()},
    }


def _serve(size: int, given: argparse.Namespace) -> dict[str, Any]:
    made = Made(size)
    asked = list(questions(*_sample(given.folder, made), given.questions + _COLD))
    cold, warm = asked[:_COLD], asked[_COLD:]
    before = memory_mb("VmRSS")
    started, worked_before = time.perf_counter(), time.process_time()
    index = open_index(given.folder)
    opened, opening = time.perf_counter() - started, time.process_time() - worked_before
    _forget(given.folder)
    embedder = _Given()
    with Retriever(index, embedder, Settings.create(index=given.folder)) as retriever:

        def times(some: Sequence[Any]) -> tuple[list[float], list[float]]:
            """Return the milliseconds by the clock and of the processor, by question."""
            clock, processor = [], []
            for one in some:
                embedder.vector = one.vector
                started = time.perf_counter(), time.process_time()
                retriever.retrieve(one.text)
                clock.append((time.perf_counter() - started[0]) * 1e3)
                processor.append((time.process_time() - started[1]) * 1e3)
            return clock, processor

        first, _ = times(cold)
        times(warm)  # brings the files back into the system's cache
        again, worked = times(warm)
        memory = memory_mb("VmRSS"), memory_mb("RssAnon"), memory_mb("VmHWM")
        row = {
            "passages searched by": in_words(index.manifest.passage_search),
            "sentences searched by": in_words(index.manifest.sentence_search),
            "opened and verified, s": f"{opened:.2f}",
            "- of the processors, s": f"{opening:.2f}",
            "resident, MB": f"{memory[0]:.0f}",
            "- of it not in files, MB": f"{memory[1]:.0f}",
            "- before opening, MB": f"{before:.0f}",
            "most resident, MB": f"{memory[2]:.0f}",
            "search p50, ms": f"{statistics.median(again):.1f}",
            "search p95, ms": f"{np.quantile(again, 0.95):.1f}",
            "- of the processor p50, ms": f"{statistics.median(worked):.1f}",
            "- of the processor p95, ms": f"{np.quantile(worked, 0.95):.1f}",
            "search cold p50, ms": f"{statistics.median(first):.1f}",
            "search cold max, ms": f"{max(first):.1f}",
        }
        vectors = np.stack([one.vector for one in warm[:_RECALL_QUESTIONS]])
        for name, searched in (
            ("passages", index.passage_vectors),
            ("sentences", index.sentence_vectors),
        ):
            for at in (10, 100):
                edges = exact_edges(searched.matrix, vectors, at)
                row[f"recall@{at}, {name}"] = f"{recall_of(searched, vectors, edges, at):.4f}"
        row["reply@10 as by exact search"] = f"{_same_replies(retriever, embedder, warm):.4f}"
        return row


class _Exact:
    """An open index whose vectors are searched exactly, for questions known beforehand."""

    def __init__(self, index: Any, asked: Sequence[Any], candidates: int) -> None:
        self._index = index
        vectors = np.stack([one.vector for one in asked])
        self._passages = _exact_rows(index.passage_vectors.matrix, vectors, candidates)
        self._sentences = _exact_rows(index.sentence_vectors.matrix, vectors, candidates * 2)
        self.place = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    def nearest_passages(self, vector: Vector, k: int, allowed: Any = None) -> Hits:
        rows = self._passages[self.place]
        return Hits(rows, np.zeros(len(rows), dtype=np.float32))

    def nearest_sentences(self, vector: Vector, k: int, allowed: Any = None) -> Hits:
        rows = self._sentences[self.place]
        return Hits(rows, np.zeros(len(rows), dtype=np.float32))


def _same_replies(retriever: Retriever, embedder: _Given, warm: Sequence[Any]) -> float:
    """Return the share of the first ten passages of replies that exact search brings, too."""
    asked = warm[:_REPLIES]
    exact = _Exact(retriever.index, asked, retriever.settings.candidates)
    beside = Retriever(exact, embedder, retriever.settings)
    same = total = 0
    for exact.place, one in enumerate(asked):
        embedder.vector = one.vector
        found, expected = (
            {evidence.passage.id for evidence in each.retrieve(one.text, top_k=10).evidence}
            for each in (retriever, beside)
        )
        same += len(found & expected)
        total += len(expected)
    return same / total


def _exact_rows(vectors: Any, questions: Any, k: int) -> Any:
    """Return for each question the rows of its ``k`` nearest vectors."""
    scores = np.full((len(questions), k), -2.0, dtype=np.float32)
    rows = np.zeros((len(questions), k), dtype=np.int64)
    for start in range(0, len(vectors), 16_384):
        part = products(questions, vectors[start : start + 16_384].astype(np.float32))
        both = np.concatenate([scores, part], axis=1)
        numbers = np.broadcast_to(np.arange(start, start + part.shape[1]), part.shape)
        all_rows = np.concatenate([rows, numbers], axis=1)
        best = np.argpartition(both, both.shape[1] - k, axis=1)[:, -k:]
        scores = np.take_along_axis(both, best, axis=1)
        rows = np.take_along_axis(all_rows, best, axis=1)
    return rows


def _quality(collection: Collection) -> list[dict[str, str | float]]:
    """Return the scores of a collection searched both ways."""
    rows: list[dict[str, str | float]] = []
    asked = collection.answerable()
    with tempfile.TemporaryDirectory(prefix="qa-service-scale-") as folder:
        for choice in ("flat", "ivf"):
            settings = Settings.create(
                corpus=collection.corpus, index=Path(folder), vector_index=choice
            )
            build_index(settings, prepare_embedder(settings))
            tokens: dict[Span, int] = {}
            rankings: list[list[Span]] = []
            with Retriever.open(folder, settings) as retriever:
                for question in asked:
                    found = [one.passage for one in retriever.retrieve(question.text).evidence]
                    rankings.append([(p.document_id, p.start, p.end) for p in found])
                    tokens.update(
                        zip(rankings[-1], (passage.tokens for passage in found), strict=True)
                    )
            rows.append({"searched by": choice} | score(rankings, asked, tokens))
    return rows


def _sample(folder: Path, made: Made) -> tuple[Any, Any]:
    """Return the sentences' vectors and words that questions are made of."""
    with open_index(folder) as index:
        rows = np.linspace(0, index.sentence_count - 1, 2_000).astype(np.int64)
        owners = index.passages(index.passages_of_sentences(rows).tolist())
        first = [index.first_sentence(r) for r in index.passages_of_sentences(rows).tolist()]
        texts = [
            passage.sentences[row - start].text
            for passage, row, start in zip(owners, rows.tolist(), first, strict=True)
        ]
        words = np.array([[int(w[1:]) for w in text.split()] for text in texts], dtype=np.int32)
        return np.array(index.sentence_vectors.matrix[rows]), words


def _forget(folder: Path) -> None:
    """Drop the index's files from the system's cache, as far as it lets us."""
    for path in folder.glob("gen-*/*"):
        descriptor = os.open(path, os.O_RDONLY)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


_PLOTTED = frozenset(
    {
        "vectors built, s",
        "words built, s",
        "disk, MB",
        "resident, MB",
        "opened and verified, s",
        "search p50, ms",
        "search p95, ms",
        "recall@10, passages",
    }
)


def _plot(rows: Sequence[dict[str, Any]], path: Path) -> None:
    try:
        from matplotlib import pyplot
    except ImportError:
        print("no plot: matplotlib is not installed", file=sys.stderr)
        return
    sizes = [int(row["passages"].replace(",", "")) for row in rows]
    measures = [name for name in rows[0] if name in _PLOTTED]
    figure, axes = pyplot.subplots(2, -(-len(measures) // 2), figsize=(2 * len(measures), 6))
    for axis in axes.flat[len(measures) :]:
        axis.axis("off")
    for axis, measure in zip(axes.flat, measures, strict=False):
        axis.plot(sizes, [float(row[measure]) for row in rows], marker="o")
        axis.set(xscale="log", xlabel="passages", title=measure, ylim=(0, None))
    figure.tight_layout()
    figure.savefig(path)


if __name__ == "__main__":
    main()
