"""What the searches need of vectors, and the files that hold them.

``passages.faiss`` and ``sentences.faiss`` hold every vector at half precision, in FAISS's own
format. Up to some tens of thousands of rows they are loaded and searched exactly (``flat.py``).
Beyond, an inverted file of two bits a dimension stands beside each, ``passages.ivf`` and
``sentences.ivf``: it finds the rows worth a look, and their true cosines decide (``ivf.py``).
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qa_service.index.protocol import Hits, Mask, Rows, Scores, Vector

PASSAGE_VECTORS_FILE = "passages.faiss"
SENTENCE_VECTORS_FILE = "sentences.faiss"
VECTOR_FILES = (PASSAGE_VECTORS_FILE, SENTENCE_VECTORS_FILE)
PASSAGE_LISTS_FILE = "passages.ivf"
SENTENCE_LISTS_FILE = "sentences.ivf"


class VectorIndex(Protocol):
    """``(rows, dimension)`` unit vectors; immutable, safe to share between threads."""

    def __len__(self) -> int: ...

    @property
    def dimension(self) -> int: ...

    @property
    def matrix(self) -> NDArray[np.float16]:
        """Return a read-only view of all vectors; it keeps them alive."""
        ...

    def nearest(self, vector: Vector, k: int, allowed: Mask | None = None) -> Hits:
        """Return the ``k`` rows of highest cosine, best first, ties by row.

        ``allowed`` is over rows; fewer come back where fewer are allowed.
        """
        ...

    def cosines(self, vector: Vector, rows: Rows) -> Scores:
        """Return the cosine of the vector with each of these rows, as ``nearest`` scores them."""
        ...

    def close(self) -> None:
        """Let go of the file, where one is held open; safe to repeat."""
        ...
