"""What the second look costs: time of a question and memory, with it and without.

    python benchmarks/second_look.py COLLECTION [--foreign COLLECTION] [--questions 3000]

The collection is indexed in a temporary folder. Its questions and those of ``--foreign``, mixed,
are asked in this process, each kind of retriever in a process of its own.
"""

from __future__ import annotations

import argparse
import dataclasses
import multiprocessing
import random
import tempfile
import time
from pathlib import Path

import numpy as np

from labelled import Collection
from own_memory import memory_mb
from qa_service.embedding.opening import prepare_embedder
from qa_service.index.build import build_index
from qa_service.retrieval.confidence import UNMATCHED
from qa_service.retrieval.retriever import Retriever
from qa_service.settings import Settings
from tables import print_table

_SEED = 1


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("collection", type=Path)
    parser.add_argument("--foreign", action="append", default=[], type=Path)
    parser.add_argument("--questions", type=int, default=3_000)
    given = parser.parse_args()
    own = Collection.load(given.collection)
    asked = [
        question.text
        for collection in (own, *map(Collection.load, given.foreign))
        for question in collection.questions
    ]
    random.Random(_SEED).shuffle(asked)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.create(corpus=own.corpus, index=Path(folder, "index"))
        build_index(settings, prepare_embedder(settings))
        work = [(settings, asked[: given.questions], second) for second in (False, True)]
        # Fresh processes, one after the other: memory is told by process.
        with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
            rows = list(pool.imap(_measure, work))
        print_table(rows)


def _measure(work: tuple[Settings, list[str], bool]) -> dict[str, str]:
    settings, questions, second = work
    seconds: list[float] = []
    doubted = 0
    with Retriever.open(settings.index, settings) as retriever:
        if not second:
            retriever.calibration = dataclasses.replace(retriever.calibration, doubt=None)
        for question in questions:
            start = time.perf_counter()
            reply = retriever.retrieve(question)
            seconds.append(time.perf_counter() - start)
            doubted += UNMATCHED in (reply.signals or {})
        quantiles = np.quantile(np.array(seconds) * 1e3, [0.5, 0.95, 0.99])
    return {
        "second look": "yes" if second else "no",
        "questions": str(len(questions)),
        "in doubt": f"{100 * doubted / len(questions):.1f} %",
        **{
            f"{name} ms": f"{value:.1f}"
            for name, value in zip(("p50", "p95", "p99"), quantiles, strict=True)
        },
        "RSS MB": f"{memory_mb('VmRSS'):.0f}",
    }


if __name__ == "__main__":
    main()
