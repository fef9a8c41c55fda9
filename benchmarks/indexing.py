"""Speed of indexing: this project beside ``SentenceTransformer.encode`` on exactly the same texts.

    python benchmarks/indexing.py CORPUS [CORPUS ...] [--rounds 5] [--sample 600]

Every corpus is indexed once, as ``qa-service index`` does it. Then both embed the same random
samples of the distinct passage and sentence texts that went into the indexes, in turns. Tokens are
the model's, special tokens included, counted once for both.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sentence_transformers import SentenceTransformer

from qa_service.embedding.models import locate_model
from qa_service.embedding.opening import prepare_embedder
from qa_service.embedding.protocol import Embedder, EmbedderIdentity, Matrix, Progress
from qa_service.index.build import BuildReport, build_index
from qa_service.settings import Settings
from tables import print_table


class Recorder:
    """An embedder that remembers which texts it was given to embed."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.texts: list[str] = []

    @property
    def identity(self) -> EmbedderIdentity:
        return self._embedder.identity

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._embedder.count_tokens(texts)

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        self.texts.extend(texts)
        return self._embedder.embed(texts, progress)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("corpora", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sample", type=int, default=600, help="texts a round")
    given = parser.parse_args()
    embedder = prepare_embedder(Settings.create())
    recorder = Recorder(embedder)
    _build_all(given.corpora, recorder)
    _compare(embedder, list(dict.fromkeys(recorder.texts)), given.rounds, given.sample)
    print(f"load averages at the end: {' '.join(f'{load:.1f}' for load in os.getloadavg())}")


def _build_all(corpora: Sequence[Path], embedder: Recorder) -> None:
    """Index each corpus into a folder of its own and print what that took."""
    reports: dict[str, BuildReport] = {}
    walls: list[float] = []
    for corpus in corpora:
        with tempfile.TemporaryDirectory(prefix="qa-service-bench-") as folder:
            settings = Settings.create(corpus=corpus, index=Path(folder) / "index")
            started = time.perf_counter()
            reports[str(corpus)] = build_index(settings, embedder)
            walls.append(time.perf_counter() - started)
    rows = [
        _row(name, report.model_tokens, report.seconds["embedding"], wall)
        for (name, report), wall in zip(reports.items(), walls, strict=True)
    ]
    if len(rows) > 1:
        tokens = sum(report.model_tokens for report in reports.values())
        seconds = sum(report.seconds["embedding"] for report in reports.values())
        rows.append(_row("together", tokens, seconds, sum(walls)))
    print_table(rows)
    print()


def _row(name: str, tokens: int, embedding: float, wall: float) -> dict[str, str | float]:
    return {
        "corpus": name,
        "model tokens": f"{tokens:,}",
        "embedding s": embedding,
        "whole build s": wall,
        "tokens/s embedding": f"{tokens / embedding:,.0f}",
        "tokens/s whole build": f"{tokens / wall:,.0f}",
    }


def _compare(embedder: Embedder, texts: list[str], rounds: int, size: int) -> None:
    """Print tokens a second of both on the same samples, and the spread of their ratio."""
    model = SentenceTransformer(str(locate_model(Settings.create().model)), device="cpu")
    systems: dict[str, Callable[[list[str]], object]] = {
        "qa-service": embedder.embed,
        "SentenceTransformer.encode": lambda some: model.encode(some, normalize_embeddings=True),
    }
    chooser = random.Random(20)
    for embed in systems.values():  # the first call of either prepares more than it computes
        embed(chooser.sample(texts, min(64, len(texts))))
    rates: dict[str, list[float]] = {name: [] for name in systems}
    for turn in range(rounds):
        sample = chooser.sample(texts, min(size, len(texts)))
        tokens = sum(embedder.count_tokens(sample))
        for name in list(systems) if turn % 2 else list(reversed(systems)):
            started = time.perf_counter()
            systems[name](sample)
            rates[name].append(tokens / (time.perf_counter() - started))
    print_table(
        [
            {
                "system": name,
                "tokens/s": f"{statistics.median(found):,.0f}",
                "each round": " ".join(f"{rate:,.0f}" for rate in found),
            }
            for name, found in rates.items()
        ]
    )
    ratios = [ours / plain for ours, plain in zip(*rates.values(), strict=True)]
    print(
        f"\nembedding: {statistics.median(ratios):.2f} times SentenceTransformer.encode "
        f"({min(ratios):.2f} to {max(ratios):.2f}); at least 2.5 is wanted"
    )


if __name__ == "__main__":
    main()
