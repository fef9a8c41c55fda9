"""One contract, held by both kinds of vector index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.index.vectors.made_vectors import ivf_of, unit_rows

from qa_service.index.vectors import ivf
from qa_service.index.vectors.flat import FlatVectors
from qa_service.index.vectors.protocol import VectorIndex

Make = Callable[[NDArray[np.float16]], VectorIndex]


@pytest.fixture(params=["flat", "ivf"])
def make(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Make]:
    """Make an index of given vectors; the inverted file searches, rather than compare all."""
    made: list[VectorIndex] = []
    monkeypatch.setattr(ivf, "_COMPARED_ALL", 0)

    def of(matrix: NDArray[np.float16]) -> VectorIndex:
        made.append(FlatVectors.of(matrix) if request.param == "flat" else ivf_of(tmp_path, matrix))
        return made[-1]

    yield of
    for index in made:
        index.close()


def brute_force(matrix: NDArray[np.float16], question: NDArray[np.float32]) -> NDArray[np.float64]:
    return matrix.astype(np.float64) @ question.astype(np.float64)


def question_of(seed: int) -> NDArray[np.float32]:
    return unit_rows(seed, 1)[0].astype(np.float32)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("k", [1, 7, 300, 1000])
def test_nearest_equals_brute_force(make: Make, seed: int, k: int) -> None:
    matrix, question = unit_rows(seed, 300), question_of(seed + 100)
    hits = make(matrix).nearest(question, k)
    cosines = brute_force(matrix, question)
    expected = np.argsort(-cosines, kind="stable")[:k]
    assert len(hits.rows) == min(k, 300)
    if k > 1:  # of so few dimensions one bit tells too little to be sure of the very first
        assert len(set(hits.rows.tolist()) & set(expected.tolist())) >= 0.99 * len(expected) - 1
    np.testing.assert_allclose(hits.scores, cosines[hits.rows], atol=1e-6)
    assert np.array_equal(np.lexsort((hits.rows, -hits.scores)), np.arange(len(hits.rows)))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_masked_search_sees_only_what_is_allowed(make: Make, share: float) -> None:
    matrix, question = unit_rows(1, 203), question_of(3)
    allowed = np.random.default_rng(2).random(203) < share
    index = make(matrix)
    hits = index.nearest(question, 203, allowed)
    cosines = np.where(allowed, brute_force(matrix, question), -np.inf)
    assert len(hits.rows) == allowed.sum()
    assert hits.rows.tolist() == np.argsort(-cosines, kind="stable")[: len(hits.rows)].tolist()
    assert allowed[index.nearest(question, 20, allowed).rows].all()
    assert len(index.nearest(question, 20, allowed).rows) == 20
    assert len(index.nearest(question, 5, np.zeros(203, np.bool_)).rows) == 0


@pytest.mark.parametrize("k", [150, 299])
def test_equal_vectors_come_in_row_order(make: Make, k: int) -> None:
    matrix = np.repeat(unit_rows(5, 2), 150, axis=0)
    found = make(matrix).nearest(matrix[200].astype(np.float32), k).rows.tolist()
    assert found[:150] == list(range(150, 300))
    assert found[150:] == sorted(found[150:])


def test_cosines_at_rows_are_those_of_the_search_to_the_bit(make: Make) -> None:
    index, question = make(unit_rows(6, 400)), question_of(7)
    hits = index.nearest(question, 400)
    assert np.array_equal(index.cosines(question, hits.rows), hits.scores)
    assert np.array_equal(index.cosines(question, hits.rows[[5, 5, 2]]), hits.scores[[5, 5, 2]])
    assert len(index.cosines(question, np.zeros(0, np.int64))) == 0


def test_both_kinds_score_alike_to_the_bit(tmp_path: Path) -> None:
    matrix, question = unit_rows(12, 500), question_of(13)
    flat, ivf = FlatVectors.of(matrix), ivf_of(tmp_path, matrix)
    hits = flat.nearest(question, 500)
    assert np.array_equal(ivf.nearest(question, 500).rows, hits.rows)
    assert np.array_equal(ivf.nearest(question, 500).scores, hits.scores)
    assert np.array_equal(ivf.matrix, flat.matrix)
    assert (len(ivf), ivf.dimension) == (len(flat), flat.dimension)


def test_threads_get_the_same_answers(make: Make) -> None:
    index = make(unit_rows(9, 500))
    questions = unit_rows(10, 40).astype(np.float32)
    alone = [index.nearest(q, 10).rows.tolist() for q in questions]
    with ThreadPoolExecutor(8) as pool:
        together = pool.map(lambda q: index.nearest(q, 10).rows.tolist(), questions)
    assert list(together) == alone


def test_an_index_of_a_vector_or_two_finds_them(make: Make) -> None:
    for rows in (1, 2, 3):
        matrix = unit_rows(14, rows)
        assert make(matrix).nearest(matrix[0].astype(np.float32), 9).rows[0] == 0


def test_closing_may_be_repeated(make: Make) -> None:
    index = make(unit_rows(15, 10))
    index.close()
    index.close()
