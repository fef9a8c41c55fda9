from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import faiss
import numpy as np
import pytest
from numpy.typing import NDArray

from qa_service.index import vectors
from qa_service.index.vectors import VectorIndex


def unit_rows(seed: int, rows: int, dimension: int = 24) -> NDArray[np.float16]:
    normal = np.random.default_rng(seed).standard_normal((rows, dimension))
    return (normal / np.linalg.norm(normal, axis=1, keepdims=True)).astype(np.float16)


def brute_force(matrix: NDArray[np.float16], question: NDArray[np.float32]) -> NDArray[np.float64]:
    return matrix.astype(np.float64) @ question.astype(np.float64)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("k", [1, 7, 300, 1000])
def test_nearest_equals_brute_force(seed: int, k: int) -> None:
    matrix = unit_rows(seed, 300)
    question = unit_rows(seed + 100, 1)[0].astype(np.float32)
    hits = VectorIndex.of(matrix).nearest(question, k)
    cosines = brute_force(matrix, question)
    assert len(hits.rows) == min(k, 300)
    assert hits.rows.tolist() == np.argsort(-cosines, kind="stable")[:k].tolist()
    np.testing.assert_allclose(hits.scores, cosines[hits.rows], atol=1e-6)


def test_masked_search_sees_only_what_is_allowed() -> None:
    matrix = unit_rows(1, 203)
    allowed = np.random.default_rng(2).random(203) < 0.1
    question = unit_rows(3, 1)[0].astype(np.float32)
    hits = VectorIndex.of(matrix).nearest(question, 50, allowed)
    cosines = np.where(allowed, brute_force(matrix, question), -np.inf)
    assert len(hits.rows) == min(50, allowed.sum())
    assert hits.rows.tolist() == np.argsort(-cosines, kind="stable")[: len(hits.rows)].tolist()
    assert len(VectorIndex.of(matrix).nearest(question, 5, np.zeros(203, np.bool_)).rows) == 0


@pytest.mark.parametrize("k", [1, 10, 120])
def test_equal_vectors_come_in_row_order_however_many(k: int) -> None:
    matrix = np.repeat(unit_rows(5, 2), 150, axis=0)
    question = matrix[200].astype(np.float32)
    assert VectorIndex.of(matrix).nearest(question, k).rows.tolist() == list(range(150, 150 + k))


def test_row_order_does_not_rest_on_how_the_library_breaks_ties(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    matrix = np.repeat(unit_rows(5, 2), 150, axis=0)
    asked: list[int] = []

    def highest_first(index: object, vector: NDArray[np.float32], k: int, _: object) -> object:
        asked.append(k)
        cosines = (matrix.astype(np.float32) @ vector).astype(np.float32)
        rows = np.lexsort((-np.arange(len(matrix)), -cosines))[:k]
        return cosines[rows], rows

    monkeypatch.setattr(vectors, "_run", highest_first)
    question = matrix[200].astype(np.float32)
    assert VectorIndex.of(matrix).nearest(question, 3).rows.tolist() == [150, 151, 152]
    assert len(asked) > 1


def test_cosines_at_normalare_those_of_the_search_to_the_bit() -> None:
    index = VectorIndex.of(unit_rows(6, 400))
    question = unit_rows(7, 1)[0].astype(np.float32)
    hits = index.nearest(question, 400)
    assert np.array_equal(index.cosines(question, hits.rows), hits.scores)
    assert np.array_equal(index.cosines(question, hits.rows[[5, 5, 2]]), hits.scores[[5, 5, 2]])
    assert len(index.cosines(question, np.zeros(0, np.int64))) == 0


def test_the_file_is_faiss_own_and_brings_the_same_vectors_back() -> None:
    matrix = unit_rows(8, 50)
    pieces: list[bytes] = []

    def write(data: bytes) -> int:
        pieces.append(data)
        return len(data)

    VectorIndex.of(matrix).write(write)
    data = b"".join(pieces)
    assert np.array_equal(VectorIndex.from_bytes(data).matrix, matrix)
    assert faiss.deserialize_index(np.frombuffer(data, np.uint8)).ntotal == 50


def test_a_failing_write_raises_its_own_error() -> None:
    def full(data: bytes) -> int:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        VectorIndex.of(unit_rows(8, 50)).write(full)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not an index",
        faiss.serialize_index(faiss.IndexFlatIP(4)).tobytes(),
        faiss.serialize_index(
            faiss.IndexScalarQuantizer(4, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_L2)
        ).tobytes(),
        faiss.serialize_index(
            faiss.IndexScalarQuantizer(4, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        ).tobytes()[:-3],
    ],
)
def test_anything_else_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError):
        VectorIndex.from_bytes(data)


def test_an_empty_index_finds_nothing() -> None:
    index = VectorIndex.of(np.zeros((0, 4), np.float16))
    assert len(index) == 0
    assert len(index.nearest(np.ones(4, np.float32), 3).rows) == 0


def test_threads_get_the_same_answers() -> None:
    index = VectorIndex.of(unit_rows(9, 500))
    questions = unit_rows(10, 40).astype(np.float32)
    alone = [index.nearest(q, 10).rows.tolist() for q in questions]
    with ThreadPoolExecutor(8) as pool:
        together = pool.map(lambda q: index.nearest(q, 10).rows.tolist(), questions)
    assert list(together) == alone


def test_the_matrix_outlives_the_index_it_came_from() -> None:
    expected = unit_rows(11, 500)
    views = [VectorIndex.of(expected).matrix for _ in range(20)]
    [np.full((500, 24), 7, np.float16) for _ in range(20)]  # would reuse freed memory
    assert all(np.array_equal(view, expected) for view in views)
    assert not views[0].flags.writeable
