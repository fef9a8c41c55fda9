"""Texts that repeat one thing cost in proportion to their length; by processor time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from qa_service.chunking.passages import make_passages
from qa_service.reading.files import CorpusFile
from qa_service.reading.formats import parse
from qa_service.reading.language import with_language

# Each of these has taken a minute or more: a pattern tried at every character, or a list summed
# up for every line. Now the slowest takes about a second.
SECONDS = 8
WORDS = "The ferryman knew eleven songs.\n"


def count(texts: list[str]) -> list[int]:
    return [len(text) // 4 + 1 for text in texts]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tabs.txt", "\t" * 200_000 + WORDS),
        ("letters.txt", "x" * 300_000),
        ("semicolons.txt", ";" * 100_000 + WORDS),
        ("brackets.txt", "(" * 200_000 + WORDS),
        ("backticks.md", "`" * 50_000 + "\n" + WORDS),
        ("headings.md", "# x\n" * 20_000 + WORDS),
        ("blank lines.md", "---\n" + "\n" * 5_000 + "- x\n---\n" + WORDS),
    ],
)
def test_a_long_text_is_read_and_split_in_seconds(name: str, text: str) -> None:
    start = time.process_time()
    document = with_language(parse(CorpusFile(name, Path(name), 0), text.encode()))
    passages = make_passages(
        document,
        max_tokens=1_000,
        min_tokens=500,
        sentence_characters=4_000,
        count=count,
        window=1_000,
        window_count=count,
    )
    assert passages
    assert time.process_time() - start < SECONDS
