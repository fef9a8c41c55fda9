"""Makes a labelled collection of text files one of Markdown full of links, to see what they cost.

    python benchmarks/linked.py COLLECTION OUT
    qa-service eval --corpus OUT/corpus --questions OUT/questions.jsonl

About one word in thirteen becomes a link to an encyclopedia; labels move with the text. The same
collection always gives the same files.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SHARE = 0.12  # of the words of four letters and more
_WORD = re.compile(r"[\w'-]{4,}")
_TOPICS = ("disambiguation", "geography", "history", "science")


@dataclass(frozen=True, slots=True)
class Linked:
    """A text with links, and where each character of the one without them went."""

    text: str
    places: tuple[int, ...]


def linked(text: str, chooser: random.Random) -> Linked:
    """Return the text with some of its words as links."""
    parts: list[str] = []
    places: list[int] = []
    at = length = 0
    for match in _WORD.finditer(text):
        if chooser.random() >= _SHARE:
            continue
        word = match[0]
        address = f"https://en.wikipedia.org/wiki/{word.title()}_({chooser.choice(_TOPICS)})"
        plain = text[at : match.start()]
        places += range(length, length + len(plain))
        length += len(plain)
        link = f"[{word}]({address})"
        places += [length, *range(length + 2, length + 1 + len(word))]
        length += len(link)
        parts += [plain, link]
        at = match.end()
    places += range(length, length + len(text) - at + 1)
    return Linked("".join([*parts, text[at:]]), tuple(places))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("collection", type=Path, help="holds corpus/*.txt and questions.jsonl")
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    chooser = random.Random(5)
    (given.out / "corpus").mkdir(parents=True)
    made: dict[str, Linked] = {}
    for path in sorted((given.collection / "corpus").glob("*.txt")):
        made[path.name] = linked(path.read_text("utf-8-sig"), chooser)
        (given.out / "corpus" / f"{path.stem}.md").write_text(made[path.name].text, "utf-8")
    lines = (given.collection / "questions.jsonl").read_text("utf-8").splitlines()
    moved = [json.dumps(_moved(json.loads(line), made), ensure_ascii=False) for line in lines]
    (given.out / "questions.jsonl").write_text("\n".join(moved) + "\n", "utf-8")


def _moved(question: dict[str, Any], made: dict[str, Linked]) -> dict[str, Any]:
    for entry in question["evidence"]:
        document = made[entry["document"]]
        entry["document"] = f"{Path(entry['document']).stem}.md"
        entry["start"], entry["end"] = (document.places[entry[key]] for key in ("start", "end"))
        entry["quote"] = document.text[entry["start"] : entry["end"]]
    return question


if __name__ == "__main__":
    main()
