"""Centroids for many unit vectors, and which of them each vector is nearest to.

Spherical k-means (Dhillon and Modha, "Concept Decompositions for Large Sparse Text Data using
Clustering", 2001) from a seeded sample: the same vectors give the same centroids. Matrix products
are numpy's: FAISS's own build of BLAS does a quarter of the work in the same time here.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_POINTS = 32  # of the sample, for each centroid
_ROUNDS = 6
_SEED = 20_251
_ROWS = 8_192  # of a product: bounds the memory it takes


def list_count(rows: int) -> int:
    """Return into how many lists so many vectors are parted: the power of two nearest to twice
    their square root. A search then compares about as many centroids as vectors."""
    return 1 << max(round(math.log2(2 * math.sqrt(max(rows, 1)))), 0)


def centroids_of(vectors: NDArray[np.float16], count: int) -> Floats:
    """Return ``(count, dimension)`` centroids of unit norm."""
    random = np.random.default_rng(_SEED)
    size = min(len(vectors), count * _POINTS)
    sample = vectors[np.sort(random.choice(len(vectors), size, replace=False))].astype(np.float32)
    centroids = sample[random.integers(0, size, count) if size < count else _spread(size, count)]
    for _ in range(_ROUNDS):
        nearest = nearest_centroids(sample, centroids)
        sums, held = _sums(sample, nearest, count)
        # A centroid that nobody is nearest to begins anew at some vector.
        sums[held == 0] = sample[random.integers(0, size, np.count_nonzero(held == 0))]
        centroids = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    return centroids


def nearest_centroids(
    vectors: NDArray[np.float16] | Floats, centroids: Floats
) -> NDArray[np.int64]:
    """Return for each vector the place of the centroid of highest cosine."""
    found = np.empty(len(vectors), dtype=np.int64)
    for start in range(0, len(vectors), _ROWS):
        part = vectors[start : start + _ROWS].astype(np.float32)
        found[start : start + _ROWS] = products(part, centroids).argmax(axis=1)
    return found


def products(one: Floats, other: Floats) -> Floats:
    """Return ``(n, m)``: the inner product of each row of one with each row of the other."""
    with np.errstate(all="ignore"):  # BLAS raises false alarms on narrow operands
        return np.asarray(one @ other.T, dtype=np.float32)


def _spread(size: int, count: int) -> NDArray[np.int64]:
    return np.linspace(0, size - 1, count).astype(np.int64)


def _sums(sample: Floats, nearest: NDArray[np.int64], count: int) -> tuple[Floats, Floats]:
    """Return the sum of each centroid's vectors, and how many they are."""
    held = np.bincount(nearest, minlength=count)
    order = np.argsort(nearest, kind="stable")
    sums = np.zeros((count, sample.shape[1]), dtype=np.float32)
    filled = np.flatnonzero(held)
    starts = np.cumsum(held) - held
    sums[filled] = np.add.reduceat(sample[order], starts[filled], axis=0)
    return sums, held.astype(np.float32)
