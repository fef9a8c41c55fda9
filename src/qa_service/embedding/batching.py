"""Which texts are embedded together: neighbours in length, so that little padding is computed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

PADDED_TOKENS = 1024
"""Tokens of one batch, padding included. 512 to 1,024 measured best on two cores: larger batches
leave the cache, smaller ones leave the cores idle."""

WIDTH_STEP = 8
"""Widths are rounded up to a multiple of this. A runtime prepares and keeps code for every shape it
meets: with questions of every length from 5 to 60 tokens, the process grew by 53 MB without
rounding and by 10 MB with it, for three or four padding tokens a question."""

ALONE_WIDTHS = (16, 24)
"""Widths of short texts computed alone, as questions are: of three labelled sets' questions 96 to
98 % fit one of them, 57 to 76 % the first. A runtime may keep a graph of one shape for each."""

Ids = NDArray[np.int64]


def padded_width(length: int, window: int) -> int:
    """Return the width at which a text of this many tokens is computed, at most ``window``."""
    return min(-(-length // WIDTH_STEP) * WIDTH_STEP, max(window, length))


def width_alone(length: int, window: int) -> int:
    """Return the width at which a text of this many tokens is computed when it is a question."""
    short = (width for width in ALONE_WIDTHS if length <= width <= window)
    return next(short, padded_width(length, window))


def plan_batches(widths: Sequence[int], budget: int = PADDED_TOKENS) -> list[NDArray[np.int64]]:
    """Return arrays of positions into ``widths``; together they hold each position once.

    Within a batch widths ascend, and rows times largest width stay within ``budget``, unless a
    single text is wider than that by itself. Equal widths keep their order, so the same texts
    are always batched alike.
    """
    if not widths:
        return []
    order = np.argsort(np.asarray(widths, dtype=np.int64), kind="stable")
    batches: list[NDArray[np.int64]] = []
    start = 0
    for end in range(1, len(order) + 1):
        rows_with_next = end - start + 1
        if end == len(order) or rows_with_next * widths[order[end]] > budget:
            batches.append(order[start:end])
            start = end
    return batches


def plan_even_batches(
    widths: Sequence[int], budget: int = PADDED_TOKENS
) -> list[NDArray[np.int64]]:
    """Return batches as ``plan_batches`` does, each of texts of one width alone.

    With int8 weights a text's vector depends a little on the width that it is padded to, and not on
    the rows beside it (measured: equal to the bit). So a text has one vector, whatever else is
    embedded with it, at no cost: widths are few, and what is padded less makes up for more batches.
    """
    sizes = np.asarray(widths, dtype=np.int64)
    batches: list[NDArray[np.int64]] = []
    for width in np.unique(sizes):
        places = np.flatnonzero(sizes == width).astype(np.int64)
        rows = max(budget // int(width), 1)
        batches.extend(places[start : start + rows] for start in range(0, len(places), rows))
    return batches


def pad(rows: Sequence[Sequence[int]], pad_id: int, width: int) -> tuple[Ids, Ids]:
    """Return ids and attention mask, both ``(len(rows), width)`` int64, padded on the right."""
    ids = np.full((len(rows), width), pad_id, dtype=np.int64)
    mask = np.zeros((len(rows), width), dtype=np.int64)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = row
        mask[place, : len(row)] = 1
    return ids, mask
