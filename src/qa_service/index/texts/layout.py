"""Where every passage and sentence stands: a few integers a row, in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa_service.index.arrays import Content, decode_array, encode_array
from qa_service.index.protocol import Rows
from qa_service.records import Passage

PASSAGES_FILE = "passages.npy"
SENTENCES_FILE = "sentences.npy"
LAYOUT_FILES = (PASSAGES_FILE, SENTENCES_FILE)


@dataclass(frozen=True, slots=True)
class Layout:
    """Rows in order of (document id, start).

    ``passages`` is ``(p, 5)`` int64: document number, start, end, tokens, first sentence row.
    ``sentences`` is ``(s, 2)`` int64: start, end. Offsets are code points of the document's text.
    """

    passages: NDArray[np.int64]
    sentences: NDArray[np.int64]
    sentence_starts: NDArray[np.int64]
    """``(p + 1,)``: passage ``r`` holds sentences ``sentence_starts[r]`` up to the next entry."""

    def sentence_rows(self, passage_rows: Rows) -> tuple[Rows, Rows]:
        """Return the sentence rows of these passages, and whose each is, by place in the input."""
        first = self.sentence_starts[passage_rows]
        counts = self.sentence_starts[passage_rows + 1] - first
        owner = np.repeat(np.arange(len(passage_rows), dtype=np.int64), counts)
        within = np.arange(len(owner), dtype=np.int64) - np.repeat(
            np.cumsum(counts) - counts, counts
        )
        return first[owner] + within, owner

    def passages_of_sentences(self, sentence_rows: Rows) -> Rows:
        """Return the passage row that holds each sentence row."""
        places = np.searchsorted(self.sentence_starts, sentence_rows, side="right") - 1
        return places.astype(np.int64)

    def passage_range(self, document: int) -> tuple[int, int]:
        """Return the passage rows of a document, given by its number: first, and one past last."""
        numbers = self.passages[:, 0]
        return (
            int(np.searchsorted(numbers, document, side="left")),
            int(np.searchsorted(numbers, document, side="right")),
        )

    def problems(self, documents: int) -> list[str]:
        """Return what contradicts the promises above, in words; an empty list when all holds."""
        numbers, starts, ends, tokens, _ = self.passages.T
        owner = self.passages_of_sentences(np.arange(len(self.sentences), dtype=np.int64))
        checks = (
            (
                "a passage names a document that is not there",
                (numbers < 0) | (numbers >= documents),
            ),
            ("a passage is empty or reversed", (starts < 0) | (ends <= starts)),
            ("a passage counts less than one token", tokens < 1),
            ("passages are out of order", np.diff(numbers) < 0),
            (
                "two passages overlap",
                (np.diff(numbers) == 0) & (starts[1:] < ends[:-1]),
            ),
            ("a passage has no sentence", np.diff(self.sentence_starts) < 1),
            ("a sentence is empty or reversed", self.sentences[:, 1] <= self.sentences[:, 0]),
            (
                "a sentence leaves its passage",
                (self.sentences[:, 0] < starts[owner]) | (self.sentences[:, 1] > ends[owner]),
            ),
            (
                "sentences overlap",
                (np.diff(owner) == 0) & (self.sentences[1:, 0] < self.sentences[:-1, 1]),
            ),
        )
        return [
            f"{words} ({int(np.count_nonzero(wrong))} times, first at row {int(wrong.argmax())})"
            for words, wrong in checks
            if wrong.any()
        ]


def build_layout(passages: Sequence[Passage], documents: Sequence[int]) -> Layout:
    """Return the layout of passages in row order, each with the number of its document."""
    rows = np.zeros((len(passages), 5), dtype=np.int64)
    sentences: list[tuple[int, int]] = []
    for row, (passage, document) in enumerate(zip(passages, documents, strict=True)):
        rows[row] = (document, passage.start, passage.end, passage.tokens, len(sentences))
        sentences.extend((sentence.start, sentence.end) for sentence in passage.sentences)
    return _layout(rows, np.array(sentences, dtype=np.int64).reshape(-1, 2))


def layout_files(layout: Layout) -> Mapping[str, bytes]:
    """Return the content of the files that hold the layout, by name."""
    return {
        PASSAGES_FILE: encode_array(layout.passages),
        SENTENCES_FILE: encode_array(layout.sentences),
    }


def load_layout(files: Mapping[str, Content], passages: int, sentences: int) -> Layout:
    """Return the layout held by these files; raises ValueError when the counts disagree."""
    rows = decode_array(files[PASSAGES_FILE], np.int64, 2)
    spans = decode_array(files[SENTENCES_FILE], np.int64, 2)
    if rows.shape != (passages, 5) or spans.shape != (sentences, 2):
        raise ValueError(f"layout of {len(rows)} passages and {len(spans)} sentences")
    layout = _layout(rows, spans)
    if np.any(np.diff(layout.sentence_starts) < 0) or (passages and rows[0, 4] != 0):
        raise ValueError("the passages' sentences are out of order")
    return layout


def _layout(passages: NDArray[np.int64], sentences: NDArray[np.int64]) -> Layout:
    starts = np.append(passages[:, 4], len(sentences)).astype(np.int64)
    return Layout(passages, sentences, starts)
