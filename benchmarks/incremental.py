"""What it costs to bring an index up to date, beside building it: whole commands, in turn.

    python benchmarks/incremental.py [--files 1000] [--tokens 450] [--rounds 3] [--words FILE]

A corpus of small files is written from the words of FILE (by default the text in ``corpus/``), in
random order by a fixed seed, so that no two texts are alike. It is indexed by ``qa-service index``
as a user would: process start, model and all. Then a file is changed, moved or removed, and the
command is run again.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tables import print_table

_TOKENS_OF_A_WORD = 1.3
ROOT = Path(__file__).parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--tokens", type=int, default=450, help="about so many a file")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--words", type=Path, default=next((ROOT / "corpus").rglob("*.txt")))
    given = parser.parse_args()
    words = re.findall(r"[A-Za-z]{2,}", given.words.read_text("utf-8"))
    with tempfile.TemporaryDirectory(prefix="qa-service-bench-") as folder:
        corpus, index = Path(folder) / "corpus", Path(folder) / "index"
        chance = random.Random(20)
        for number in range(given.files):
            path = corpus / f"{number // 100:03d}" / f"note-{number:06d}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_text(words, given.tokens, chance), "utf-8")
        _measure(corpus, index, given.rounds, words)
    print(f"load averages at the end: {' '.join(f'{load:.1f}' for load in os.getloadavg())}")


def _measure(corpus: Path, index: Path, rounds: int, words: list[str]) -> None:
    chance = random.Random(21)
    full, report = _index(corpus, index)
    files = sorted(corpus.rglob("*.txt"))
    chance.shuffle(files)

    def change() -> None:
        with files.pop().open("a", encoding="utf-8") as stream:
            stream.write(f"\n{_sentence(words, chance)}\n")

    def move() -> None:
        path = files.pop()
        path.rename(path.with_name(f"moved-{path.name}"))

    steps: dict[str, Callable[[], None]] = {
        "one file changed": change,
        "one file moved": move,
        "one file removed": lambda: files.pop().unlink(),
        "nothing changed": lambda: None,
    }
    rows: list[dict[str, str | float]] = [_row("first build", [full], full, report)]
    for name, step in steps.items():
        seconds: list[float] = []
        for _ in range(rounds):
            step()
            wall, report_now = _index(corpus, index)
            seconds.append(wall)
        rows.append(_row(name, seconds, full, report_now))
    checks = [_index(corpus, index, "--if-changed")[0] for _ in range(rounds)]
    rows.append(_row("nothing changed, --if-changed", checks, full, {}))
    print_table(rows)
    built, embedding = sum(report["seconds"].values()), report["seconds"]["embedding"]
    tokens = report["embedded"]["tokens"]
    print(
        f"\nfirst build: {tokens:,} model tokens, {tokens / embedding:,.0f} a second while "
        f"embedding, {tokens / built:,.0f} over all stages: {embedding / built:.1%} of the time is "
        "the embedder's"
    )


def _index(corpus: Path, index: Path, *options: str) -> tuple[float, dict[str, Any]]:
    """Run the command; return its wall-clock seconds and its report."""
    command = [sys.executable, "-m", "qa_service.cli", "index", "--json", *options]
    command += ["--corpus", str(corpus), "--index", str(index)]
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return time.perf_counter() - started, json.loads(done.stdout)


def _row(
    name: str, seconds: list[float], full: float, report: dict[str, Any]
) -> dict[str, str | float]:
    wall = statistics.median(seconds)
    return {
        "command": name,
        "s": f"{wall:.2f}",
        "of the first build": f"{wall / full:.1%}",
        "each round, s": " ".join(f"{each:.2f}" for each in seconds),
        "texts embedded": f"{report['embedded']['texts'] if 'embedded' in report else 0:,}",
    }


def _text(words: list[str], tokens: int, chance: random.Random) -> str:
    paragraphs: list[str] = []
    while sum(len(text.split()) for text in paragraphs) * _TOKENS_OF_A_WORD < tokens:
        paragraphs.append(" ".join(_sentence(words, chance) for _ in range(chance.randint(3, 6))))
    return "\n\n".join(paragraphs) + "\n"


def _sentence(words: list[str], chance: random.Random) -> str:
    chosen = " ".join(chance.choice(words) for _ in range(chance.randint(10, 22)))
    return f"{chosen[0].upper()}{chosen[1:]} {chance.randint(1, 99_999)}."


if __name__ == "__main__":
    main()
