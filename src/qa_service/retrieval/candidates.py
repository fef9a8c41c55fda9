"""Which passages are looked at closely: what each of three retrievers puts forward."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from qa_service.index.protocol import Mask, QuestionTerm, Rows, SearchIndex, Vector
from qa_service.index.texts.duplicates import first_of_each

_SENTENCES_PER_PASSAGE = 2  # several of the best sentences may stand in one passage
_SPARE = 16  # so many more hits are asked for where copies may have to be left out


def candidate_rows(
    index: SearchIndex,
    vector: Vector,
    terms: Sequence[QuestionTerm],
    k: int,
    allowed: Mask | None,
) -> Rows:
    """Return the passage rows, ascending, among the ``k`` best by passage, sentence or BM25.

    Each of the three puts a wording forward once, by the passage that it finds best: however often
    one text stands in the documents, others are among the candidates.
    """
    if index.passage_count <= k:  # then every one of them is
        everything = np.arange(index.passage_count, dtype=np.int64)
        return everything if allowed is None else everything[allowed]

    def by_passage(wanted: int) -> Rows:
        return index.nearest_passages(vector, wanted, allowed).rows

    def by_sentence(wanted: int) -> Rows:
        return index.passages_of_sentences(index.nearest_sentences(vector, wanted, allowed).rows)

    def by_words(wanted: int) -> Rows:
        return index.best_lexical(terms, wanted, allowed).rows

    originals = index.originals
    found = [
        _different(by_passage, k, originals),
        _different(by_sentence, k * _SENTENCES_PER_PASSAGE, originals),
        _different(by_words, k, originals),
    ]
    return np.unique(np.concatenate(found))


def _different(search: Callable[[int], Rows], k: int, originals: Rows | None) -> Rows:
    """Return the passage rows of the ``k`` best hits, those of copies left out.

    Every hit in the passage that is the first of its wording counts.
    """
    if originals is None:
        return search(k)
    wanted = k + _SPARE
    while True:
        found = search(wanted)
        kept = found[first_of_each(found, originals)]
        if len(kept) >= k or len(found) < wanted:
            return kept[:k]
        wanted *= 2
