"""What is known about each candidate passage, as a table of numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa_service.index.protocol import QuestionTerm, Rows, Scores, SearchIndex, Vector

FEATURES = (
    "passage_similarity",  # cosine of question and passage
    "sentence_similarity",  # highest cosine of question and one sentence of the passage
    "passage_bm25",
    "sentence_bm25",  # highest BM25 of one sentence, by sentence statistics
    "word_pairs",  # BM25 over pairs of neighbouring terms
)


@dataclass(frozen=True, slots=True)
class FeatureTable:
    """``values[i, f]`` is feature ``FEATURES[f]`` of passage ``rows[i]``, ``(n, 5)`` float32.

    Sentence-level facts are kept for highlights and confidence: for each sentence row its owner
    (a place in ``rows``, ascending), its cosine, which of the question's terms it holds, ``(s,
    terms)``, and the share of their idf that this is. ``passage_coverage`` is that share for all
    of a passage's sentences together. ``term_idf`` is each term's idf and ``total_idf`` their sum;
    a term that no passage holds counts as the rarest, ``rarest_idf``.
    """

    rows: Rows
    values: NDArray[np.float32]
    sentence_rows: Rows
    sentence_owner: Rows
    sentence_cosine: Scores
    sentence_holds: NDArray[np.bool_]
    sentence_coverage: Scores
    passage_coverage: Scores
    term_idf: Scores
    total_idf: float
    rarest_idf: float

    def held_by(self, places: Rows) -> NDArray[np.bool_]:
        """Return which of the question's terms any passage at these places holds, ``(terms,)``."""
        inside = self.sentence_holds[np.isin(self.sentence_owner, places)]
        return np.asarray(inside.any(axis=0))


def feature_table(
    index: SearchIndex,
    question: str,
    vector: Vector,
    terms: Sequence[QuestionTerm],
    rows: Rows,
) -> FeatureTable:
    """Return every feature of these passages: ``rows`` distinct, ascending, of some sentence."""
    sentence_rows, owner = index.sentence_rows(rows)
    cosine = index.sentence_cosines(vector, sentence_rows)
    sentence_bm25, holds = index.sentence_matches(terms, sentence_rows)
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    values = np.stack(
        [
            index.passage_cosines(vector, rows),
            np.maximum.reduceat(cosine, starts),
            index.passage_lexical(terms, rows),
            np.maximum.reduceat(sentence_bm25, starts),
            index.pair_lexical(index.question_pairs(question), rows),
        ],
        axis=1,
    )
    idf, total = term_weights(terms, index.passage_count)
    share = idf / np.float32(total or 1)
    return FeatureTable(
        rows=rows,
        values=values,
        sentence_rows=sentence_rows,
        sentence_owner=owner,
        sentence_cosine=cosine,
        sentence_holds=holds,
        sentence_coverage=_share_held(holds, share),
        passage_coverage=_share_held(np.logical_or.reduceat(holds, starts, axis=0), share),
        term_idf=idf,
        total_idf=total,
        rarest_idf=rarest_idf(index.passage_count),
    )


def _share_held(holds: NDArray[np.bool_], share: NDArray[np.float32]) -> Scores:
    # Not a matrix product: BLAS raises false alarms ("invalid value") on operands this narrow.
    held: Scores = (holds * share).sum(axis=1)
    return held


def term_weights(terms: Sequence[QuestionTerm], passages: int) -> tuple[NDArray[np.float32], float]:
    """Return each term's idf, ``(len(terms),)``, and their sum.

    A term that no passage holds counts as the rarest: its absence is evidence, too.
    """
    rarest = rarest_idf(passages)
    idf = np.array([term.idf if term.known else rarest for term in terms], dtype=np.float32)
    return idf, float(idf.sum())


def rarest_idf(passages: int) -> float:
    """Return the idf of a term that none of so many passages holds."""
    return math.log1p((passages + 0.5) / 0.5)
