"""Many unit vectors: an inverted file finds rows worth a look, their true cosines decide.

The vectors are parted into lists around centroids, and a question is compared with the lists
whose centroids are nearest. In memory stand two bits a dimension: RaBitQ, Gao et al., "Practical
and Asymptotically Optimal Quantization of High-Dimensional Vectors in Euclidean Space for
Approximate Nearest Neighbor Search" (SIGMOD 2025), as FAISS has it. Several times as many rows as
wanted are fetched by it, and the best of them by the cosines of the half-precision vectors come
back, with exactly the scores and the order that the flat search gives.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import faiss
import numpy as np
from numpy.typing import NDArray

from qa_service.index.arrays import Content
from qa_service.index.protocol import Hits, Mask, Rows, Scores, Vector
from qa_service.index.ranking import ordered
from qa_service.index.vectors.flat import Selector, cosines_of, read_faiss, run

_faiss: Any = faiss  # its type stubs lack this index and the arguments of its searches
BITS = 2  # a dimension
_FEWEST = 100  # rows compared exactly at least
_QUESTION_BITS = 4  # of each dimension of the question while bits are compared
_COMPARED_ALL = 10_000  # so few allowed rows are compared one by one


class HalfRows(Protocol):
    """Where the half-precision rows are: on the disk, or in memory while an index is built."""

    @property
    def matrix(self) -> NDArray[np.float16]: ...

    def codes(self, rows: Rows) -> NDArray[np.uint8]: ...

    def close(self) -> None: ...


class Effort(NamedTuple):
    """How many lists a search looks into, and how many rows it compares exactly for each one
    wanted."""

    probes: int
    fetched: int


class IvfVectors:
    """A ``VectorIndex`` that looks at a part of its rows: the lists nearest to the question."""

    def __init__(self, index: Any, rows: HalfRows, effort: Effort) -> None:
        """Take a FAISS index and the rows it stands for."""
        self._index = index
        self._rows = rows
        self.effort = effort

    @classmethod
    def from_bytes(
        cls, data: Content, rows: HalfRows, shape: tuple[int, int], effort: Effort
    ) -> IvfVectors:
        """Return the index in these bytes; raises ValueError unless it fits rows of this shape."""
        index = read_faiss(data)
        if (
            not isinstance(index, _faiss.IndexIVFRaBitQ)
            or index.metric_type != _faiss.METRIC_INNER_PRODUCT
            or (index.ntotal, index.d) != shape
            or index.quantizer.ntotal != index.nlist
            or index.rabitq.nb_bits != BITS
            or not 1 <= effort.probes <= index.nlist
            or effort.fetched < 1
        ):
            raise ValueError(f"no inverted file over {shape[0]} x {shape[1]} for {effort}")
        named = np.zeros(shape[0], dtype=np.bool_)
        held = _faiss.downcast_InvertedLists(index.invlists)
        sizes = [int(held.list_size(place)) for place in range(index.nlist)]
        for place in np.flatnonzero(sizes).tolist():
            ids = _faiss.rev_swig_ptr(held.get_ids(place), sizes[place])
            if ids.min() < 0 or ids.max() >= shape[0]:
                raise ValueError(f"its list {place} names a row outside 0 to {shape[0] - 1}")
            named[ids] = True
        if sum(sizes) != shape[0] or not named.all():
            raise ValueError("its lists do not name every row once")
        return cls(index, rows, effort)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        return int(self._index.d)

    @property
    def lists(self) -> int:
        """How many lists the rows are parted into."""
        return int(self._index.nlist)

    @property
    def matrix(self) -> NDArray[np.float16]:
        """Return a read-only view of all vectors."""
        return self._rows.matrix

    def nearest(self, vector: Vector, k: int, allowed: Mask | None = None) -> Hits:
        """Return ``k`` rows of the highest cosines found, best first, ties by row.

        A narrow mask is answered exactly. A wider one makes the search look into more lists, as
        many more as rows are barred, so that as many rows come into question as without it.
        """
        available = len(self) if allowed is None else int(np.count_nonzero(allowed))
        wanted = min(k, available)
        if wanted <= 0:
            return Hits(np.zeros(0, np.int64), np.zeros(0, np.float32))
        if available <= max(_COMPARED_ALL if allowed is not None else 0, wanted):
            rows = np.arange(len(self)) if allowed is None else np.flatnonzero(allowed)
        else:
            rows = self._worth_a_look(vector, wanted, available, allowed)
        return ordered(rows, self.cosines(vector, rows), wanted)

    def cosines(self, vector: Vector, rows: Rows) -> Scores:
        """Return the cosine of the vector with each of these rows, as ``nearest`` scores them."""
        return cosines_of(self._rows.codes(rows), vector)

    def close(self) -> None:
        """Close the file of the rows; safe to repeat."""
        self._rows.close()

    def _worth_a_look(
        self, vector: Vector, wanted: int, available: int, allowed: Mask | None
    ) -> Rows:
        """Return at least ``wanted`` rows, ascending, that the bits put nearest."""
        bits = None if allowed is None else Selector(allowed)
        probes = min(-(-self.effort.probes * len(self) // available), self.lists)
        fetched = min(max(wanted * self.effort.fetched, _FEWEST), available)
        while True:
            parameters = _faiss.IVFRaBitQSearchParameters(
                nprobe=probes, qb=_QUESTION_BITS, sel=None if bits is None else bits.selector
            )
            rows = run(self._index, vector, fetched, parameters)[1]
            rows = np.sort(rows[rows >= 0])  # ascending: neighbours are read together
            if len(rows) >= wanted or probes == self.lists:
                return rows
            probes = min(probes * 2, self.lists)
