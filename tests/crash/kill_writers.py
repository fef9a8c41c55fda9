"""Run as a program: build an index in children that are killed, and print what is left of it.

    kill_writers.py steps INDEX CORPUS...          a child dies before each step in turn
    kill_writers.py times=NUMBER INDEX CORPUS...   children die at random moments (seeded)

The children build the corpora in turn. A line of JSON for each killed child: where it died, which
generation and which corpus were live before, and which are live now. A corpus is told by all that
it holds: ``corpus`` is the number of the one whose documents and passages are there, each once and
none else, or null.
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

Content = tuple[list[str], list[tuple[str, str]]]


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def build(index: Path, corpus: Path) -> None:
    build_index(Settings.create(corpus=corpus, index=index, model="hashing"), HashingEmbedder())


def content(index: Path) -> tuple[str, Content]:
    """Open and read the index whole; whatever is wrong is an exception here."""
    with open_index(index) as opened:
        passages = opened.passages(range(opened.passage_count))
        documents = sorted(info.id for info in opened.documents())
        return opened.version, (documents, sorted((p.id, p.text) for p in passages))


def state(index: Path, wholes: list[Content]) -> dict[str, object]:
    problems = list(verify_index(index).problems)
    version, found = content(index)
    corpus = wholes.index(found) if found in wholes else None
    return {"version": version, "corpus": corpus, "problems": problems}


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


def report(died: str, before: dict[str, object], now: dict[str, object]) -> None:
    print(json.dumps({"died": died, "before": before, "now": now}), flush=True)


def main(mode: str, index: Path, corpora: list[Path]) -> None:
    wholes = []
    for corpus in corpora[::-1]:
        start = time.perf_counter()
        build(index, corpus)
        one_build = time.perf_counter() - start  # so that a busy machine is killed mid-way, too
        wholes.insert(0, content(index)[1])
    now = state(index, wholes)
    if mode != "steps":
        chance = random.Random(7)
        for _ in range(int(mode.removeprefix("times="))):
            seconds = chance.uniform(0.1, 3) * one_build
            before = now
            child_that_dies_within(seconds, index, corpora[::-1])
            now = state(index, wholes)
            report(f"{seconds:.3f} s", before, now)
        return
    step = 0
    killed = True
    while killed:
        step += 1
        before = now
        corpus = corpora[1] if before["corpus"] == 0 else corpora[0]
        killed = os.WIFSIGNALED(child_that_dies_at(step, index, corpus))
        now = state(index, wholes)
        if killed:
            report(f"before step {step}", before, now)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), [Path(name) for name in sys.argv[3:]])
