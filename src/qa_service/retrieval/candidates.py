"""Which passages are looked at closely: what each of three retrievers puts forward."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qa_service.index.protocol import Mask, QuestionTerm, Rows, SearchIndex, Vector

_SENTENCES_PER_PASSAGE = 2  # several of the best sentences may stand in one passage


def candidate_rows(
    index: SearchIndex,
    vector: Vector,
    terms: Sequence[QuestionTerm],
    k: int,
    allowed: Mask | None,
) -> Rows:
    """Return the passage rows, ascending, among the ``k`` best by passage, sentence or BM25."""
    if index.passage_count <= k:  # then every one of them is
        everything = np.arange(index.passage_count, dtype=np.int64)
        return everything if allowed is None else everything[allowed]
    by_passage = index.nearest_passages(vector, k, allowed).rows
    best_sentences = index.nearest_sentences(vector, k * _SENTENCES_PER_PASSAGE, allowed).rows
    by_sentence = index.passages_of_sentences(best_sentences)
    by_words = index.best_lexical(terms, k, allowed).rows
    return np.unique(np.concatenate([by_passage, by_sentence, by_words]))
