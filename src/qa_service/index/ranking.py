"""The order of results: highest score first, and by row where scores are equal."""

from __future__ import annotations

import numpy as np

from qa_service.index.protocol import Hits, Rows, Scores


def best_rows(scores: Scores, k: int) -> Hits:
    """Return the ``k`` rows of highest score above zero, best first, ties by row."""
    if k <= 0:
        return ordered(np.zeros(0, np.int64), np.zeros(0, np.float32), 0)
    if k < len(scores):
        # Every row that scores at least as much as the k-th: ties across the edge stay in play.
        edge = np.partition(scores, len(scores) - k)[len(scores) - k]
        rows = np.flatnonzero(scores >= edge) if edge > 0 else np.flatnonzero(scores > 0)
    else:
        rows = np.flatnonzero(scores > 0)
    return ordered(rows, scores[rows], k)


def ordered(rows: Rows, scores: Scores, k: int) -> Hits:
    """Return at most ``k`` of these rows as hits, best first, ties by row."""
    order = np.lexsort((rows, -scores))[:k]
    return Hits(rows[order].astype(np.int64), scores[order])
