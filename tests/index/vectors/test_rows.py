from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from tests.index.vectors.made_vectors import stored_rows, unit_rows, written

from qa_service.errors import IndexCorrupt, IndexMissing
from qa_service.index.generation.open_file import OpenFile
from qa_service.index.vectors.rows import StoredRows

MATRIX = unit_rows(1, 500)


@pytest.mark.parametrize(
    "rows",
    [[], [0], [499], [3, 4, 5, 9, 10, 200], [9, 8, 7], [5, 5, 6, 6, 0], list(range(500))],
)
def test_rows_come_in_the_order_asked(tmp_path: Path, rows: list[int]) -> None:
    stored = stored_rows(tmp_path, MATRIX)
    found = stored.codes(np.array(rows, dtype=np.int64))
    assert np.array_equal(found.view(np.float16).reshape(-1, 24), MATRIX[rows])
    stored.close()


def test_neighbours_are_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = stored_rows(tmp_path, MATRIX)
    reads: list[int] = []
    original = OpenFile.read_into

    def counted(file: OpenFile, offset: int, view: memoryview) -> None:
        reads.append(len(view))
        original(file, offset, view)

    monkeypatch.setattr(OpenFile, "read_into", counted)
    stored.codes(np.array([3, 4, 5, 9, 10, 200]))
    assert reads == [3 * 48, 2 * 48, 48]


def test_the_matrix_is_all_rows_read_only(tmp_path: Path) -> None:
    stored = stored_rows(tmp_path, MATRIX)
    matrix = stored.matrix
    stored.close()
    assert np.array_equal(matrix, MATRIX)
    assert not matrix.flags.writeable


@pytest.mark.parametrize("shape", [(499, 24), (500, 25), (501, 24), (1000, 12)])
def test_a_file_of_another_shape_is_a_value_error(tmp_path: Path, shape: tuple[int, int]) -> None:
    path = tmp_path / "rows"
    path.write_bytes(written(MATRIX))
    with pytest.raises(ValueError, match="rows: holds something other"):
        StoredRows(OpenFile(path), *shape)


def test_a_file_of_another_kind_is_a_value_error(tmp_path: Path) -> None:
    path = tmp_path / "rows"
    path.write_bytes(b"x" + written(MATRIX)[1:])
    with pytest.raises(ValueError, match="something other"):
        StoredRows(OpenFile(path), 500, 24)


def test_a_file_cut_short_while_serving_is_an_error_and_no_crash(tmp_path: Path) -> None:
    stored = stored_rows(tmp_path, MATRIX)
    os.truncate(tmp_path / "rows.faiss", 10_000)
    assert len(stored.codes(np.array([0, 1])))
    with pytest.raises(IndexCorrupt, match="ends early"):
        stored.codes(np.array([0, 499]))


def test_a_closed_file_says_so(tmp_path: Path) -> None:
    stored = stored_rows(tmp_path, MATRIX)
    stored.close()
    with pytest.raises(IndexMissing, match="closed"):
        stored.codes(np.array([0]))
