"""Run as a program: build an index in children that are killed, and print what is left of it.

    kill_writers.py steps INDEX CORPUS...    a child dies before each step in turn
    kill_writers.py times INDEX CORPUS...    children die at random moments (seeded)

The children build the corpora in turn. A line of JSON for each killed child: where it died, which
generation and which corpus were live before, and which are live now.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from faulty import FaultyOs, install

from qa_service.embedding.hashing import HashingEmbedder
from qa_service.index.build import build_index
from qa_service.index.reader import open_index
from qa_service.index.verify import verify_index
from qa_service.settings import Settings

KILLS_AT_RANDOM = 15


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def build(index: Path, corpus: Path) -> None:
    build_index(Settings.create(corpus=corpus, index=index, model="hashing"), HashingEmbedder())


def state(index: Path) -> dict[str, object]:
    """Open, verify and read the index whole; whatever is wrong is an exception here."""
    problems = list(verify_index(index).problems)
    with open_index(index) as opened:
        texts = " ".join(p.text for p in opened.passages(range(opened.passage_count)))
        words = [word for word in ("old", "new") if word in texts]
        return {"version": opened.version, "words": words, "problems": problems}


def child_that_dies_at(step: int, index: Path, corpus: Path) -> int:
    child = os.fork()
    if child == 0:

        def at_step(now: int, name: str) -> None:
            if now == step:
                die()

        install(FaultyOs(before=at_step), setattr)
        build(index, corpus)
        os._exit(0)
    return os.waitpid(child, 0)[1]


def child_that_dies_within(seconds: float, index: Path, corpora: list[Path]) -> int:
    child = os.fork()
    if child == 0:
        while True:
            for corpus in corpora:
                build(index, corpus)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def report(died: str, before: dict[str, object], index: Path) -> None:
    print(json.dumps({"died": died, "before": before, "now": state(index)}), flush=True)


def main(mode: str, index: Path, corpora: list[Path]) -> None:
    build(index, corpora[0])
    if mode == "times":
        chance = random.Random(7)
        start = time.perf_counter()
        build(index, corpora[0])
        one_build = time.perf_counter() - start  # so that a busy machine is killed mid-way, too
        for _ in range(KILLS_AT_RANDOM):
            seconds = chance.uniform(0.1, 3) * one_build
            before = state(index)
            child_that_dies_within(seconds, index, corpora[::-1])
            report(f"{seconds:.3f} s", before, index)
        return
    step = 0
    killed = True
    while killed:
        step += 1
        before = state(index)
        corpus = corpora[1] if before["words"] == ["old"] else corpora[0]
        killed = os.WIFSIGNALED(child_that_dies_at(step, index, corpus))
        if killed:
            report(f"before step {step}", before, index)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), [Path(name) for name in sys.argv[3:]])
