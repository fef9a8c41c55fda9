"""Vectors that stay on the disk: a few rows are read when their cosines are asked for.

Read by position from the open file, not through a memory map. The pages that were read belong to
the operating system's cache then and not to this process, and a file cut short by somebody is an
error that says so instead of a signal that kills the process.
"""

from __future__ import annotations

import mmap
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from qa_service.index.generation.open_file import OpenFile
from qa_service.index.protocol import Rows
from qa_service.index.vectors.flat import flat_header


class StoredRows:
    """The fp16 rows of a file that ``write_flat`` wrote; safe to share between threads."""

    def __init__(self, file: OpenFile, rows: int, dimension: int) -> None:
        """Take a verified file of so many rows; raises ValueError when it holds anything else."""
        header = flat_header(rows, dimension)
        self.shape = (rows, dimension)
        self._file = file
        self._offset = len(header)
        self._row_bytes = 2 * dimension
        if file.size != len(header) + rows * self._row_bytes or (
            file.read(0, len(header)) != header
        ):
            raise ValueError(f"{file.path.name}: holds something other than {rows} x {dimension}")

    def codes(self, rows: Rows) -> NDArray[np.uint8]:
        """Return ``(len(rows), 2 * dimension)`` bytes, in the order asked.

        Rows that follow one another, as the sentences of a passage do, are read at once. Raises
        IndexCorrupt when the file has been cut short since it was opened.
        """
        found = np.empty((len(rows), self._row_bytes), dtype=np.uint8)
        if not len(rows):
            return found
        view = found.data.cast("B")
        size, breaks = self._row_bytes, np.flatnonzero(np.diff(rows) != 1) + 1
        runs = [0, *breaks.tolist(), len(rows)]
        places: list[int] = (self._offset + rows[runs[:-1]] * size).tolist()
        for place, (start, end) in zip(places, pairwise(runs), strict=True):
            self._file.read_into(place, view[start * size : end * size])
        return found

    @property
    def matrix(self) -> NDArray[np.float16]:
        """Return a read-only view of all rows, for work on all of them."""
        mapped = self._file.map(mmap.MADV_SEQUENTIAL)
        return np.frombuffer(mapped, np.float16, offset=self._offset).reshape(self.shape)

    def close(self) -> None:
        self._file.close()
