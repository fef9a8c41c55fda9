"""The distinct terms of a generation, and its distinct pairs of terms, found by bisection.

Terms are one block of UTF-8, pairs one array of numbers: there are many times as many pairs.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from qa_service.index.arrays import Content

_CACHE_LIMIT = 20_000


class Vocabulary:
    """Term to id; ids are places in the order of the terms' UTF-8 bytes.

    Kept as one block of bytes: a dict of the same terms takes ten times the memory and has to be
    built at every start.
    """

    def __init__(self, block: Content) -> None:
        """Take the sorted terms, each followed by a newline; raises ValueError for any other."""
        self._block = block
        ends = np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == ord("\n"))
        self._ends = ends.astype(np.int64)
        self._cache: dict[str, int] = {}
        if len(block) != (int(ends[-1]) + 1 if len(ends) else 0):
            raise ValueError("the vocabulary does not end in a newline")

    @classmethod
    def of(cls, terms: Iterable[str]) -> Vocabulary:
        """Return the vocabulary of these terms, in any order, repeats allowed."""
        encoded = sorted({term.encode() for term in terms})
        if any(b"\n" in term for term in encoded):
            raise ValueError("a term holds a newline")
        return cls(b"".join(term + b"\n" for term in encoded))

    @property
    def block(self) -> bytes:
        return self._block[:]

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, place: int) -> bytes:
        start = int(self._ends[place - 1]) + 1 if place else 0
        return self._block[start : int(self._ends[place])]

    def id_of(self, term: str) -> int:
        """Return the term's id, or -1 where the collection lacks it."""
        found = self._cache.get(term)
        if found is None:
            encoded = term.encode()
            place = bisect_left(self, encoded)
            found = place if place < len(self) and self[place] == encoded else -1
            if len(self._cache) >= _CACHE_LIMIT:
                self._cache.clear()
            self._cache[term] = found
        return found


class PairVocabulary:
    """Pair of neighbouring terms to id; ids are places in the order of the terms' ids."""

    def __init__(self, terms: Vocabulary, keys: NDArray[np.int64]) -> None:
        """Take ``first * len(terms) + second`` of each pair, ascending; raises ValueError."""
        # Compared, not subtracted: there may be tens of millions.
        in_order = bool(np.all(keys[1:] > keys[:-1]))
        if len(keys) and (keys[0] < 0 or keys[-1] >= len(terms) ** 2 or not in_order):
            raise ValueError(f"the pairs are not in order, or not of {len(terms)} terms")
        self._terms = terms
        self._cache: dict[str, int] = {}
        self.keys = keys

    def __len__(self) -> int:
        return len(self.keys)

    def id_of(self, pair: str) -> int:
        """Return the id of two terms with a space between them, or -1 where the collection lacks
        the pair."""
        found = self._cache.get(pair)
        if found is None:
            found = self._find(pair)
            if len(self._cache) >= _CACHE_LIMIT:
                self._cache.clear()
            self._cache[pair] = found
        return found

    def _find(self, pair: str) -> int:
        first, second = (self._terms.id_of(term) for term in pair.split(" "))
        if first < 0 or second < 0:
            return -1
        key = first * len(self._terms) + second
        place = int(self.keys.searchsorted(key))
        return place if place < len(self.keys) and self.keys[place] == key else -1
