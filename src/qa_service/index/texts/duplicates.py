"""Which passages say the same in the same words, wherever they stand.

Two passages are duplicates when their ``wording`` is equal. Nothing looser is: at a Jaccard
coefficient of 0.9 over runs of five words, a passage of usual length with one word exchanged for
another counts as the same in one case of five, and that word may be the answer. Equal wording is
also transitive, and found in one pass over the passages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa_service.index.arrays import Content, decode_array, encode_array
from qa_service.index.protocol import Mask, Rows

DUPLICATES_FILE = "duplicates.npy"
DUPLICATE_FILES = (DUPLICATES_FILE,)


@dataclass(frozen=True, slots=True)
class Duplicates:
    """``copies`` is ``(c, 2)`` int64, ascending: a passage row, and the first row of its wording.

    ``originals`` is ``(p,)``: for every row the first one of its wording, itself where there is
    no other; None where no two passages of the index are duplicates. ``families`` is ``copies``
    in order of the original.
    """

    copies: NDArray[np.int64]
    originals: Rows | None
    families: NDArray[np.int64]

    def elsewhere(self, row: int) -> list[int]:
        """Return the other rows of the same wording, ascending."""
        if self.originals is None:
            return []
        original = self.originals[row]
        first, end = np.searchsorted(self.families[:, 0], [original, original + 1])
        family = [int(original), *self.families[first:end, 1].tolist()]
        return [other for other in family if other != row]

    def runs_elsewhere(self, first: int, last: int, joinable: Callable[[int], bool]) -> list[range]:
        """Return the other runs of rows, each row joinable with the next one, where the wordings
        of rows ``first`` to ``last`` stand one after another; none that shares a row with them.
        """
        if self.originals is None:
            return []
        length = last - first + 1
        wanted = self.originals[first : last + 1]
        return [
            range(row, row + length)
            for row in self.elsewhere(first)
            if (row + length <= first or last < row)
            and np.array_equal(self.originals[row : row + length], wanted)
            and all(joinable(at) for at in range(row, row + length - 1))
        ]

    def repeats(self, allowed: Mask | None) -> int:
        """Return how many of the allowed rows repeat an allowed one before them."""
        if allowed is None:
            return len(self.copies)
        rows, originals = self.copies[:, 0], self.copies[:, 1]
        found = originals[allowed[rows]]
        without_original = found[~allowed[found]]
        return len(found) - len(np.unique(without_original))


def find_duplicates(digests: Sequence[bytes]) -> Duplicates:
    """Return the duplicates among passages, given by the digests of their wording, by row."""
    first_rows: dict[bytes, int] = {}
    firsts = [first_rows.setdefault(digest, row) for row, digest in enumerate(digests)]
    copies = [(row, first) for row, first in enumerate(firsts) if row != first]
    return _duplicates(np.array(copies, dtype=np.int64).reshape(-1, 2), len(digests))


def duplicate_files(duplicates: Duplicates) -> Mapping[str, bytes]:
    """Return the content of the file that holds the duplicates, by name."""
    return {DUPLICATES_FILE: encode_array(duplicates.copies)}


def load_duplicates(files: Mapping[str, Content], passages: int) -> Duplicates:
    """Return the duplicates held by this file; raises ValueError when they cannot be."""
    copies = decode_array(files[DUPLICATES_FILE], np.int64, 2)
    if copies.shape[1] != 2:
        raise ValueError(f"duplicates of {copies.shape[1]} columns")
    rows, originals = copies.T
    inside = (originals >= 0) & (originals < rows) & (rows < passages)
    if not inside.all() or (np.diff(rows) < 1).any() or np.isin(originals, rows).any():
        raise ValueError("duplicates that lead to no first passage")
    return _duplicates(copies, passages)


def first_of_each(ranked: Rows, originals: Rows) -> Mask:
    """Return which of the ranked rows, best first, is the first of its wording among them.

    A row that stands there several times is so each time.
    """
    _, first, family = np.unique(originals[ranked], return_index=True, return_inverse=True)
    chosen: Mask = ranked == ranked[first][family]
    return chosen


def _duplicates(copies: NDArray[np.int64], passages: int) -> Duplicates:
    order = np.lexsort((copies[:, 0], copies[:, 1]))
    originals: Rows | None = None
    if len(copies):
        originals = np.arange(passages, dtype=np.int64)
        originals[copies[:, 0]] = copies[:, 1]
    return Duplicates(copies, originals, np.ascontiguousarray(copies[order][:, ::-1]))
