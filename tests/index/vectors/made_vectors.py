"""Vectors without meaning, and the files that hold them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa_service.index.generation.open_file import OpenFile
from qa_service.index.vectors.build import build_lists, write_faiss
from qa_service.index.vectors.flat import write_flat
from qa_service.index.vectors.ivf import Effort, IvfVectors
from qa_service.index.vectors.rows import StoredRows


def unit_rows(seed: int, rows: int, dimension: int = 24) -> NDArray[np.float16]:
    """Return random unit vectors."""
    normal = np.random.default_rng(seed).standard_normal((rows, dimension))
    return (normal / np.linalg.norm(normal, axis=1, keepdims=True)).astype(np.float16)


def clustered_rows(seed: int, rows: int, dimension: int = 32) -> NDArray[np.float16]:
    """Return unit vectors in clusters, as texts have topics."""
    random = np.random.default_rng(seed)
    topics = np.random.default_rng(99).standard_normal((40, dimension))
    spread = topics[random.integers(0, 40, rows)] + 0.7 * random.standard_normal((rows, dimension))
    return (spread / np.linalg.norm(spread, axis=1, keepdims=True)).astype(np.float16)


def written(matrix: NDArray[np.float16]) -> bytes:
    """Return the file of these vectors."""
    pieces: list[bytes] = []

    def write(data: bytes | memoryview) -> int:
        pieces.append(bytes(data))
        return len(data)

    write_flat(matrix, write)
    return b"".join(pieces)


def lists_of(matrix: NDArray[np.float16]) -> bytes:
    """Return the inverted file of these vectors."""
    pieces: list[bytes] = []

    def write(data: bytes) -> int:
        pieces.append(data)
        return len(data)

    write_faiss(build_lists(matrix), write)
    return b"".join(pieces)


def stored_rows(folder: Path, matrix: NDArray[np.float16]) -> StoredRows:
    """Return the rows of a file written there."""
    path = folder / "rows.faiss"
    path.write_bytes(written(matrix))
    return StoredRows(OpenFile(path), *matrix.shape)


def ivf_of(folder: Path, matrix: NDArray[np.float16], probes: int | None = None) -> IvfVectors:
    """Return the inverted file over a file written there; every list is looked into by default."""
    index = build_lists(matrix)
    effort = Effort(index.nlist if probes is None else probes, fetched=8)
    return IvfVectors(index, stored_rows(folder, matrix), effort)
