from __future__ import annotations

import faiss
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.index.vectors.made_vectors import unit_rows, written

from qa_service.index.vectors import flat
from qa_service.index.vectors.flat import FlatVectors, cosines_of, flat_header, write_flat


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

    monkeypatch.setattr(flat, "run", highest_first)
    question = matrix[200].astype(np.float32)
    assert FlatVectors.of(matrix).nearest(question, 3).rows.tolist() == [150, 151, 152]
    assert len(asked) > 1


@pytest.mark.parametrize("rows", [0, 1, 50, 20_000])
def test_the_file_is_faiss_own_and_brings_the_same_vectors_back(rows: int) -> None:
    matrix = unit_rows(8, rows)
    data = written(matrix)
    assert np.array_equal(FlatVectors.from_bytes(data).matrix, matrix)
    own = faiss.IndexScalarQuantizer(24, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    own.add_sa_codes(matrix.view(np.uint8))
    assert faiss.serialize_index(own).tobytes() == data


def test_the_header_is_all_but_the_vectors() -> None:
    matrix = unit_rows(8, 50)
    assert written(matrix) == flat_header(50, 24) + matrix.tobytes()


def test_a_failing_write_raises_its_own_error() -> None:
    def full(data: bytes | memoryview) -> int:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_flat(unit_rows(8, 50), full)


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
        FlatVectors.from_bytes(data)


def test_the_matrix_outlives_the_index_it_came_from() -> None:
    expected = unit_rows(11, 500)
    views = [FlatVectors.of(expected).matrix for _ in range(20)]
    [np.full((500, 24), 7, np.float16) for _ in range(20)]  # would reuse freed memory
    assert all(np.array_equal(view, expected) for view in views)
    assert not views[0].flags.writeable


def test_cosines_of_codes_are_in_the_order_of_the_codes() -> None:
    matrix = unit_rows(3, 40)
    question = unit_rows(4, 1)[0].astype(np.float32)
    found = cosines_of(matrix.view(np.uint8), question)
    np.testing.assert_allclose(found, matrix.astype(np.float64) @ question, atol=1e-6)
