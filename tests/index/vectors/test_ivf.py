from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
import pytest
from tests.index.vectors.made_vectors import (
    clustered_rows,
    ivf_of,
    lists_of,
    stored_rows,
    unit_rows,
)

from qa_service.index.vectors import ivf as ivf_module
from qa_service.index.vectors.build import build_lists
from qa_service.index.vectors.flat import FlatVectors
from qa_service.index.vectors.ivf import Effort, IvfVectors

MATRIX = clustered_rows(1, 4000)
QUESTIONS = clustered_rows(2, 30).astype(np.float32)


def test_the_file_brings_the_same_index_back(tmp_path: Path) -> None:
    rows = stored_rows(tmp_path, MATRIX)
    back = IvfVectors.from_bytes(lists_of(MATRIX), rows, MATRIX.shape, Effort(5, 4))
    same = IvfVectors(build_lists(MATRIX), rows, Effort(5, 4))
    for question in QUESTIONS:
        assert np.array_equal(back.nearest(question, 20).rows, same.nearest(question, 20).rows)


def test_what_is_found_has_the_scores_and_the_order_of_an_exact_search(tmp_path: Path) -> None:
    flat, ivf = FlatVectors.of(MATRIX), ivf_of(tmp_path, MATRIX, probes=3)
    for question in QUESTIONS:
        hits, exact = ivf.nearest(question, 10), flat.nearest(question, 4000)
        places = {row: place for place, row in enumerate(exact.rows.tolist())}
        found = [places[row] for row in hits.rows.tolist()]
        assert found == sorted(found)
        assert np.array_equal(hits.scores, exact.scores[found])


def test_a_narrow_mask_is_answered_exactly(tmp_path: Path) -> None:
    flat, ivf = FlatVectors.of(MATRIX), ivf_of(tmp_path, MATRIX, probes=1)
    allowed = np.random.default_rng(3).random(4000) < 0.02
    for question in QUESTIONS:
        assert np.array_equal(
            ivf.nearest(question, 10, allowed).rows, flat.nearest(question, 10, allowed).rows
        )


def test_behind_a_wide_mask_as_much_is_found_as_without_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ivf_module, "_COMPARED_ALL", 0)
    flat, ivf = FlatVectors.of(MATRIX), ivf_of(tmp_path, MATRIX, probes=8)
    allowed = np.random.default_rng(3).random(4000) < 0.1

    def recall(mask: np.ndarray | None) -> float:
        found = [
            np.isin(ivf.nearest(q, 10, mask).rows, flat.nearest(q, 10, mask).rows).mean()
            for q in QUESTIONS
        ]
        return float(np.mean(found))

    assert recall(None) > 0.8
    assert recall(allowed) > recall(None) - 0.02


@pytest.mark.parametrize("k", [100, 1500, 3999, 4000, 9999])
def test_as_many_come_back_as_were_asked_for(tmp_path: Path, k: int) -> None:
    ivf = ivf_of(tmp_path, MATRIX, probes=1)
    rows = ivf.nearest(QUESTIONS[0], k).rows
    assert len(rows) == len(set(rows.tolist())) == min(k, 4000)


def lists_with(**wrong: object) -> bytes:
    """An inverted file over 100 rows, wrong in one way."""
    matrix = unit_rows(1, 100, 16)
    index = build_lists(matrix)
    if "ids" in wrong:
        held = faiss.downcast_InvertedLists(index.invlists)
        fullest = max(range(index.nlist), key=held.list_size)
        ids = faiss.rev_swig_ptr(held.get_ids(fullest), held.list_size(fullest))
        ids[0] = wrong["ids"] if wrong["ids"] != "twice" else ids[1]
    return bytes(faiss.serialize_index(index).tobytes())


@pytest.mark.parametrize("ids", [-1, 100, 1 << 40, "twice"])
def test_lists_that_do_not_name_every_row_once_are_refused(tmp_path: Path, ids: object) -> None:
    rows = stored_rows(tmp_path, unit_rows(1, 100, 16))
    with pytest.raises(ValueError, match="list"):
        IvfVectors.from_bytes(lists_with(ids=ids), rows, (100, 16), Effort(1, 4))


@pytest.mark.parametrize(
    ("shape", "effort"),
    [
        ((99, 16), Effort(1, 4)),
        ((100, 17), Effort(1, 4)),
        ((100, 16), Effort(0, 4)),
        ((100, 16), Effort(1000, 4)),
        ((100, 16), Effort(1, 0)),
    ],
)
def test_other_sizes_and_efforts_are_refused(
    tmp_path: Path, shape: tuple[int, int], effort: Effort
) -> None:
    rows = stored_rows(tmp_path, unit_rows(1, 100, 16))
    with pytest.raises(ValueError, match="no inverted file"):
        IvfVectors.from_bytes(lists_with(), rows, shape, effort)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nothing",
        faiss.serialize_index(faiss.IndexFlatIP(16)).tobytes(),
        faiss.serialize_index(faiss.index_factory(16, "IVF2,SQ8")).tobytes(),
        lists_with()[:-5],
    ],
)
def test_anything_else_is_a_value_error(tmp_path: Path, data: bytes) -> None:
    rows = stored_rows(tmp_path, unit_rows(1, 100, 16))
    with pytest.raises(ValueError):
        IvfVectors.from_bytes(data, rows, (100, 16), Effort(1, 4))
