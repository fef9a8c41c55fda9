"""Unit vectors by row, at half precision, searched exactly: FAISS, flat.

Flat fp16 loses nothing that matters (about 2e-4 of a cosine) and costs half the memory of fp32.
Every call runs on one thread: parallel regions cost more than they bring at this size, and many
times more where the cores are busy.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from qa_service.index.protocol import Hits, Mask, Rows, Scores, Vector
from qa_service.index.ranking import ordered

PASSAGE_VECTORS_FILE = "passages.faiss"
SENTENCE_VECTORS_FILE = "sentences.faiss"
VECTOR_FILES = (PASSAGE_VECTORS_FILE, SENTENCE_VECTORS_FILE)

_faiss: Any = faiss  # its type stubs lack the callbacks and the arguments of selectors
_SPARE = 16  # fetched beyond k, so that ties across the edge are seen

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


class VectorIndex:
    """``(rows, dimension)`` unit vectors; immutable, safe to share between threads."""

    def __init__(self, index: Any) -> None:
        self._index = index
        self._codes = np.asarray(_Codes(index))

    @classmethod
    def of(cls, vectors: NDArray[np.float16]) -> VectorIndex:
        """Return the index of ``(n, dimension)`` float16 rows of unit norm."""
        index = _empty(vectors.shape[1])
        if len(vectors):
            index.add_sa_codes(np.ascontiguousarray(vectors).view(np.uint8))
        return cls(index)

    @classmethod
    def from_bytes(cls, data: bytes) -> VectorIndex:
        """Return the index that ``write`` wrote; raises ValueError for anything else."""
        stream = io.BytesIO(data)
        try:
            index = _faiss.read_index(_faiss.PyCallbackIOReader(stream.read))
        except RuntimeError as error:
            raise ValueError(f"FAISS cannot read it: {str(error).splitlines()[0]}") from error
        if (
            not isinstance(index, _faiss.IndexScalarQuantizer)
            or index.sq.qtype != _faiss.ScalarQuantizer.QT_fp16
            or index.metric_type != _faiss.METRIC_INNER_PRODUCT
            or index.codes.size() != index.ntotal * index.code_size
        ):
            raise ValueError("a FAISS index of another kind than flat fp16 inner product")
        return cls(index)

    def write(self, write: Callable[[bytes], int]) -> None:
        """Hand the index to ``write`` piece by piece, in FAISS's own file format."""
        failure: list[BaseException] = []

        def piece(data: bytes) -> int:
            try:
                return write(data)
            except BaseException as error:
                failure.append(error)
                raise

        try:
            _faiss.write_index(self._index, _faiss.PyCallbackIOWriter(piece))
        except BaseException as error:
            # The library may dress the failure of the callback as its own.
            raise (failure[0] if failure else error) from None

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
        """Return the ``k`` rows of highest cosine, best first, ties by row.

        ``allowed`` is over rows; fewer come back where fewer are allowed.
        """
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
        """Return the cosine of the vector with each of these rows, as ``nearest`` scores them.

        A throw-away index over the rows' codes: FAISS's own arithmetic, and four times faster
        than widening half floats in numpy.
        """
        scores = np.empty(len(rows), dtype=np.float32)
        if len(rows):
            part = _empty(self.dimension)
            part.add_sa_codes(self._codes[rows])
            found, places = _run(part, vector, len(rows), None)
            scores[places] = found
        return scores

    def _search(self, vector: Vector, k: int, allowed: Mask | None) -> tuple[Scores, Rows]:
        if allowed is None:
            return _run(self._index, vector, k, None)
        bits = np.packbits(allowed, bitorder="little")
        selector = _faiss.IDSelectorBitmap(len(allowed), _faiss.swig_ptr(bits))
        return _run(self._index, vector, k, _faiss.SearchParameters(sel=selector))


def _empty(dimension: int) -> Any:
    return _faiss.IndexScalarQuantizer(
        dimension, _faiss.ScalarQuantizer.QT_fp16, _faiss.METRIC_INNER_PRODUCT
    )


def _run(index: Any, vector: Vector, k: int, parameters: Any) -> tuple[Scores, Rows]:
    if not getattr(_threads, "single", False):
        _faiss.omp_set_num_threads(1)  # OpenMP keeps this number by calling thread
        _threads.single = True
    query = np.ascontiguousarray(vector, dtype=np.float32).reshape(1, -1)
    scores, rows = index.search(query, k, params=parameters)
    return scores[0], rows[0]
