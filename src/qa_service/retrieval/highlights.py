"""The best sentences of a passage: what a reader should look at first."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa_service.records import Highlight, Passage
from qa_service.retrieval.features import FeatureTable

_COSINE_WEIGHT = 0.6
_NEAR_BEST = 0.85  # a second sentence is shown when it scores at least this share of the best
_MOST = 3
# A line of signs below it marks a line of plain text as a heading.
_UNDERLINED = re.compile(r"[^\n]+\n\s*([=~^*+_#\"'`-])\1{2,}\s*")
_HEADING_SHARE = 0.5  # a heading names the topic: the sentence that says something comes first


def sentence_scores(table: FeatureTable) -> NDArray[np.float32]:
    """Return ``(s,)`` scores 0 to 1: cosine and the share of the question's words, weighted."""
    cosine = np.clip(table.sentence_cosine, 0, 1)
    scores = _COSINE_WEIGHT * cosine + (1 - _COSINE_WEIGHT) * table.sentence_coverage
    return np.clip(scores, 0, 1).astype(np.float32)


@dataclass(frozen=True, slots=True)
class SentenceScores:
    """The scores of the candidates' sentences, found by sentence row."""

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]

    @classmethod
    def of(cls, table: FeatureTable) -> SentenceScores:
        return cls(table.sentence_rows, sentence_scores(table))

    def at(self, first_row: int, count: int) -> NDArray[np.float32]:
        """Return the scores of ``count`` consecutive sentence rows, all of them candidates'."""
        place = int(np.searchsorted(self.rows, first_row))
        return self.scores[place : place + count]

    def best_first(self, first_row: int, count: int) -> list[int]:
        """Return the places 0 to ``count`` - 1 of those sentences, best first, ties in order."""
        return [int(place) for place in np.argsort(-self.at(first_row, count), kind="stable")]


def highlights(passage: Passage, scores: NDArray[np.float32]) -> tuple[Highlight, ...]:
    """Return the best sentences in order of score: always one, at most three, ties by place.

    ``scores`` has one entry for each of ``passage.sentences``.
    """
    headings = {passage.title, *passage.section}
    weight = [
        _HEADING_SHARE if _is_heading(one.text, headings) else 1.0 for one in passage.sentences
    ]
    scores = scores * np.array(weight, dtype=np.float32)
    order = np.argsort(-scores, kind="stable")[:_MOST]
    floor = scores[order[0]] * _NEAR_BEST
    chosen = [int(place) for place in order if scores[place] >= floor]
    return tuple(
        Highlight(
            passage.sentences[place].start,
            passage.sentences[place].end,
            passage.sentences[place].text,
            float(scores[place]),
        )
        for place in chosen
    )


def _is_heading(text: str, headings: Collection[str]) -> bool:
    """Tell whether a sentence is one of the headings it stands under, or underlined as one.

    In Markdown number signs stand before a heading, and may stand after it.
    """
    said = text.lstrip("#").strip()
    if text in headings or said in headings or said.rstrip("#").rstrip() in headings:
        return True
    return "\n" in text and _UNDERLINED.fullmatch(text) is not None
