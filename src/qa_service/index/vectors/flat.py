"""Unit vectors by row, at half precision, searched exactly: FAISS, flat.

Flat fp16 loses nothing that matters (about 2e-4 of a cosine) and costs half the memory of fp32.
Every call runs on one thread: parallel regions cost more than they bring at this size, and many
times more where the cores are busy.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from qa_service.index.arrays import Content
from qa_service.index.protocol import Hits, Mask, Rows, Scores, Vector
from qa_service.index.ranking import ordered

_faiss: Any = faiss  # its type stubs lack the callbacks and the arguments of selectors
_SPARE = 16  # fetched beyond k, so that ties across the edge are seen
_ROWS_WRITTEN = 16_384

_threads = threading.local()


class _Codes:
    """The codes inside a FAISS index as an array that keeps the index alive.

    FAISS's own view does not: reading it after the index was freed reads foreign memory.
    """

    def __init__(self, index: Any) -> None:
        self._index = index
        address = int(index.codes.data()) if index.ntotal else 0
        shape = (int(index.ntotal), int(index.code_size))
        self.__array_interface__ = {
            "version": 3,
            "typestr": "|u1",
            "shape": shape,
            "data": (address, True),
        }


class FlatVectors:
    """A ``VectorIndex`` in memory that compares the question with every row."""

    def __init__(self, index: Any) -> None:
        self._index = index
        self._codes = np.asarray(_Codes(index))

    @classmethod
    def of(cls, vectors: NDArray[np.float16]) -> FlatVectors:
        """Return the index of ``(n, dimension)`` float16 rows of unit norm."""
        index = _empty(vectors.shape[1])
        if len(vectors):
            index.add_sa_codes(np.ascontiguousarray(vectors).view(np.uint8))
        return cls(index)

    @classmethod
    def from_bytes(cls, data: Content) -> FlatVectors:
        """Return the index that ``write_flat`` wrote; raises ValueError for anything else."""
        index = read_faiss(data)
        if (
            not isinstance(index, _faiss.IndexScalarQuantizer)
            or index.sq.qtype != _faiss.ScalarQuantizer.QT_fp16
            or index.metric_type != _faiss.METRIC_INNER_PRODUCT
            or index.codes.size() != index.ntotal * index.code_size
        ):
            raise ValueError("a FAISS index of another kind than flat fp16 inner product")
        return cls(index)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        return int(self._index.d)

    @property
    def matrix(self) -> NDArray[np.float16]:
        """Return a read-only view of all vectors; it keeps them alive."""
        return self._codes.view(np.float16)

    def nearest(self, vector: Vector, k: int, allowed: Mask | None = None) -> Hits:
        """Return the ``k`` rows of highest cosine, best first, ties by row."""
        available = len(self) if allowed is None else int(np.count_nonzero(allowed))
        wanted = min(k, available)
        if wanted <= 0:
            return Hits(np.zeros(0, np.int64), np.zeros(0, np.float32))
        fetch = min(wanted + _SPARE, available)
        while True:
            scores, rows = self._search(vector, fetch, allowed)
            # A tie that reaches the last row fetched may go on beyond it, at a lower row.
            if fetch == available or scores[-1] < scores[wanted - 1]:
                return ordered(rows, scores, wanted)
            fetch = min(fetch * 4, available)

    def cosines(self, vector: Vector, rows: Rows) -> Scores:
        """Return the cosine of the vector with each of these rows, as ``nearest`` scores them."""
        return cosines_of(self._codes[rows], vector)

    def close(self) -> None:
        """Nothing is held open."""

    def _search(self, vector: Vector, k: int, allowed: Mask | None) -> tuple[Scores, Rows]:
        if allowed is None:
            return run(self._index, vector, k, None)
        with_bits = Selector(allowed)
        return run(self._index, vector, k, _faiss.SearchParameters(sel=with_bits.selector))


class Selector:
    """A mask over rows as FAISS takes it; keeps the bits alive as long as the search needs."""

    def __init__(self, allowed: Mask) -> None:
        self._bits = np.packbits(allowed, bitorder="little")
        self.selector = _faiss.IDSelectorBitmap(len(allowed), _faiss.swig_ptr(self._bits))


def cosines_of(codes: NDArray[np.uint8], vector: Vector) -> Scores:
    """Return the cosine of the vector with each row of ``(n, 2 * dimension)`` fp16 codes.

    A throw-away index over the codes: FAISS's own arithmetic, to the bit that of a search, and
    four times faster than widening half floats in numpy.
    """
    scores = np.empty(len(codes), dtype=np.float32)
    if len(codes):
        part = _empty(codes.shape[1] // 2)
        part.add_sa_codes(codes)
        found, places = run(part, vector, len(codes), None)
        scores[places] = found
    return scores


def write_flat(vectors: NDArray[np.float16], write: Callable[[bytes | memoryview], int]) -> None:
    """Hand ``(n, dimension)`` rows to ``write`` as a file in FAISS's own format.

    Piece by piece and without a copy inside the library: the rows may be most of the memory.
    """
    write(flat_header(*vectors.shape))
    for start in range(0, len(vectors), _ROWS_WRITTEN):
        part = np.ascontiguousarray(vectors[start : start + _ROWS_WRITTEN])
        write(part.data.cast("B"))


def flat_header(rows: int, dimension: int) -> bytes:
    """Return what stands before the vectors in a file of so many; the vectors fill the rest."""
    index = _empty(dimension)
    index.ntotal = rows
    data: bytes = _faiss.serialize_index(index).tobytes()
    # The last field of an index without codes is their size in bytes, a 64-bit number.
    return data[:-8] + (rows * dimension * 2).to_bytes(8, "little")


def read_faiss(data: Content) -> Any:
    """Return the FAISS index in these bytes; raises ValueError when there is none."""
    place = 0

    def piece(size: int) -> bytes:
        nonlocal place
        start, place = place, min(place + size, len(data))
        return data[start:place]

    try:
        return _faiss.read_index(_faiss.PyCallbackIOReader(piece))
    except RuntimeError as error:
        raise ValueError(f"FAISS cannot read it: {str(error).splitlines()[0]}") from error


def run(index: Any, vector: Vector, k: int, parameters: Any) -> tuple[Scores, Rows]:
    """Return the scores and rows of one search, on one thread."""
    one_thread()
    query = np.ascontiguousarray(vector, dtype=np.float32).reshape(1, -1)
    scores, rows = index.search(query, k, params=parameters)
    return scores[0], rows[0]


def one_thread() -> None:
    """Make FAISS work on the calling thread alone."""
    if not getattr(_threads, "single", False):
        _faiss.omp_set_num_threads(1)  # OpenMP keeps this number by calling thread
        _threads.single = True


def _empty(dimension: int) -> Any:
    return _faiss.IndexScalarQuantizer(
        dimension, _faiss.ScalarQuantizer.QT_fp16, _faiss.METRIC_INNER_PRODUCT
    )
