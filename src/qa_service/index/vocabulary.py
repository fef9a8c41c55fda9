"""The distinct terms of a generation, sorted, found by bisection over one block of UTF-8."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

import numpy as np

_CACHE_LIMIT = 20_000


class Vocabulary:
    """Term to id; ids are places in the order of the terms' UTF-8 bytes.

    Kept as one block of bytes: a dict of the same terms takes ten times the memory and has to be
    built at every start.
    """

    def __init__(self, block: bytes) -> None:
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
        return self._block

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
