"""Exact token counts of every text that a reply may be made of beside whole passages.

Counted while indexing, so that serving honours a token budget to the token without loading
tiktoken's tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from qa_service.index.arrays import Content, decode_array, encode_array
from qa_service.index.protocol import LONGEST_JOIN, Rows
from qa_service.records import Document, Passage

RUNS_FILE = "run_tokens.npy"
SENTENCES_FILE = "sentence_tokens.npy"
BUDGET_FILES = (RUNS_FILE, SENTENCES_FILE)

CountMany = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True, slots=True)
class Budgets:
    """``runs[r, n - 2]`` is the tiktoken count of ``n`` passages from row ``r`` on, read as one
    text with the white space between them; 0 where they may not be joined: the document ends, or
    something that is never retrieved stands between. ``(p, LONGEST_JOIN - 1)`` int32.

    ``sentences[s]`` is the count of sentence row ``s`` alone, ``(s,)`` int32.
    """

    runs: NDArray[np.int32]
    sentences: NDArray[np.int32]

    def joinable(self, row: int) -> bool:
        """Return whether passage ``row + 1`` continues passage ``row``."""
        return bool(self.runs[row, 0] > 0)

    def of_run(self, first: int, last: int) -> int:
        """Return the tokens of passages ``first`` to ``last`` as one text, two or more of them."""
        return int(self.runs[first, last - first - 1])

    def of_sentences(self, first: int, count: int) -> Rows:
        """Return the tokens of ``count`` sentence rows from ``first`` on."""
        return self.sentences[first : first + count].astype(np.int64)


def gap_after(document: Document, passage: Passage, following: Passage | None) -> str | None:
    """Return the white space up to the next passage; None where the two may not be joined."""
    if following is None:
        return None
    between = document.text[passage.end : following.start]
    return between if not between or between.isspace() else None


def build_budgets(split: Sequence[tuple[Document, Sequence[Passage]]], count: CountMany) -> Budgets:
    """Return the counts for documents in id order, each with its passages in text order."""
    texts: list[str] = []
    places: list[tuple[int, int]] = []
    row = 0
    for document, passages in split:
        joined = [
            gap_after(document, one, following) is not None for one, following in pairwise(passages)
        ]
        for first in range(len(passages)):
            for extra in range(1, LONGEST_JOIN):
                last = first + extra
                if last >= len(passages) or not all(joined[first:last]):
                    break
                texts.append(document.text[passages[first].start : passages[last].end])
                places.append((row + first, extra - 1))
        row += len(passages)
    runs = np.zeros((row, LONGEST_JOIN - 1), dtype=np.int32)
    if places:
        runs[tuple(np.array(places).T)] = count(texts)
    sentences = [
        sentence.text
        for _, passages in split
        for passage in passages
        for sentence in passage.sentences
    ]
    return Budgets(runs, np.array(count(sentences), dtype=np.int32))


def budget_files(budgets: Budgets) -> Mapping[str, bytes]:
    """Return the content of the files that hold the counts, by name."""
    return {RUNS_FILE: encode_array(budgets.runs), SENTENCES_FILE: encode_array(budgets.sentences)}


def load_budgets(files: Mapping[str, Content], passages: int, sentences: int) -> Budgets:
    """Return the counts held by these files; raises ValueError when their sizes disagree."""
    runs = decode_array(files[RUNS_FILE], np.int32, 2)
    alone = decode_array(files[SENTENCES_FILE], np.int32, 1)
    if runs.shape != (passages, LONGEST_JOIN - 1) or alone.shape != (sentences,):
        raise ValueError(f"token counts of {len(runs)} passages and {len(alone)} sentences")
    return Budgets(runs, alone)
