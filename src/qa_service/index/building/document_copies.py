"""Which documents repeat another one, and how much of them it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa_service.index.texts.wording import Wordings

_REPEATS = 0.8  # of a document's words, by whole sentences, stand in the other one
_WORTH_A_LOOK = 0.3  # of the smaller document's words point to the larger


@dataclass(frozen=True, slots=True)
class DocumentCopy:
    """A document that repeats another; ``share`` of its words, 0.8 to 1, stand there as well."""

    document_id: str
    original_id: str
    share: float


def find_document_copies(
    wordings: Wordings, document_ids: Sequence[str], sentence_counts: Sequence[int]
) -> tuple[DocumentCopy, ...]:
    """Return the documents that repeat another one sentence by sentence, by id, each once.

    The sentences of ``wordings`` are those of the documents in order, so many of each. Of two
    documents that repeat each other, the later one is the copy. A document is compared with one
    other: the earlier one that holds most of its words first, so that the work grows with the
    text alone.
    """
    counts = np.array(sentence_counts, dtype=np.int64)
    ends = np.cumsum(counts)
    documents = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    totals = np.bincount(documents, weights=wordings.words, minlength=len(counts))

    def of(number: int) -> slice:
        return slice(int(ends[number] - counts[number]), int(ends[number]))

    def share(number: int, other: int) -> float:
        own = of(number)
        held = np.isin(wordings.sentences[own], wordings.sentences[of(other)])
        return float(wordings.words[own][held].sum() / max(totals[number], 1.0))

    copies: dict[int, DocumentCopy] = {}
    for later, earlier, words in _pairs(wordings, documents):
        if words < _WORTH_A_LOOK * min(totals[later], totals[earlier]):
            continue
        for number, other in ((later, earlier), (earlier, later)):
            found = share(number, other)
            if found >= _REPEATS:
                copy = DocumentCopy(document_ids[number], document_ids[other], found)
                copies.setdefault(number, copy)
                break
    return tuple(copies[number] for number in sorted(copies))


def _pairs(wordings: Wordings, documents: NDArray[np.int64]) -> list[tuple[int, int, int]]:
    """Return, for each document that has one, the earlier document that was the first to hold
    most of its words, and how many those are."""
    _, first, wording = np.unique(wordings.sentences, return_index=True, return_inverse=True)
    owners = documents[first][wording]
    repeated = np.flatnonzero(owners != documents)
    pairs, pair = np.unique(
        np.stack([documents[repeated], owners[repeated]], axis=1), axis=0, return_inverse=True
    )
    words = np.bincount(pair.ravel(), weights=wordings.words[repeated], minlength=len(pairs))
    most = np.lexsort((pairs[:, 1], -words, pairs[:, 0]))
    _, best = np.unique(pairs[most, 0], return_index=True)
    return [(int(pairs[at, 0]), int(pairs[at, 1]), int(words[at])) for at in most[best]]
