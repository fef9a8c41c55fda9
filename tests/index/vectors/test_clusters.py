from __future__ import annotations

import numpy as np
import pytest
from tests.index.vectors.made_vectors import clustered_rows, unit_rows

from qa_service.index.vectors.clusters import centroids_of, list_count, nearest_centroids


@pytest.mark.parametrize(
    ("rows", "lists"), [(1, 2), (50_000, 512), (100_000, 512), (1_000_000, 2048), (4_000_000, 4096)]
)
def test_the_lists_grow_with_the_square_root(rows: int, lists: int) -> None:
    assert list_count(rows) == lists


def test_each_vector_goes_to_its_nearest_centroid() -> None:
    matrix, centroids = unit_rows(1, 20_000), unit_rows(2, 30).astype(np.float32)
    found = nearest_centroids(matrix, centroids)
    cosines = matrix.astype(np.float64) @ centroids.astype(np.float64).T
    chosen = cosines[np.arange(len(matrix)), found]
    np.testing.assert_allclose(chosen, cosines.max(axis=1), atol=1e-6)


def test_clusters_are_found_and_the_same_every_time() -> None:
    matrix = clustered_rows(1, 6000)
    centroids = centroids_of(matrix, 64)
    assert np.array_equal(centroids, centroids_of(matrix.copy(), 64))
    np.testing.assert_allclose(np.linalg.norm(centroids, axis=1), 1, atol=1e-5)
    own = (matrix.astype(np.float32) * centroids[nearest_centroids(matrix, centroids)]).sum(axis=1)
    other = matrix.astype(np.float32) @ matrix[0].astype(np.float32)
    assert own.mean() > 0.7 > other.mean()


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_fewer_vectors_than_centroids_are_no_error(rows: int) -> None:
    assert centroids_of(unit_rows(3, rows), 8).shape == (8, 24)


def test_equal_vectors_are_no_error() -> None:
    centroids = centroids_of(np.repeat(unit_rows(4, 1), 500, axis=0), 16)
    assert np.isfinite(centroids).all()
