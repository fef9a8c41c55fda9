"""The order of results: highest score first, and by row where scores are equal."""

from __future__ import annotations

import numpy as np

from qa_service.index.protocol import Hits, Rows, Scores

_MANY = 50_000
_BLOCK = 256


def best_rows(scores: Scores, k: int) -> Hits:
    """Return the ``k`` rows of highest score above zero, best first, ties by row."""
    if k <= 0:
        return ordered(np.zeros(0, np.int64), np.zeros(0, np.float32), 0)
    if k < len(scores):
        # Every row that scores at least as much as the k-th: ties across the edge stay in play.
        edge = _floor(scores, k)
        rows = np.flatnonzero(scores >= edge) if edge > 0 else np.flatnonzero(scores > 0)
    else:
        rows = np.flatnonzero(scores > 0)
    return ordered(rows, scores[rows], k)


def _floor(scores: Scores, k: int) -> float:
    """Return a score that at least ``k`` rows reach: the k-th highest, or somewhat less.

    Among many rows the k-th highest of the best of every block will do, and is found ten times
    sooner: that many blocks hold a row of at least this score.
    """
    if len(scores) > _MANY and k <= len(scores) // (_BLOCK * 4):
        whole = len(scores) // _BLOCK * _BLOCK
        scores = scores[:whole].reshape(-1, _BLOCK).max(axis=1)
    return float(np.partition(scores, len(scores) - k)[len(scores) - k])


def ordered(rows: Rows, scores: Scores, k: int) -> Hits:
    """Return at most ``k`` of these rows as hits, best first, ties by row."""
    order = np.lexsort((rows, -scores))[:k]
    return Hits(rows[order].astype(np.int64), scores[order])
