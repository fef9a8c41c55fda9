from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
import pytest
from tests.index.vectors.made_vectors import clustered_rows, ivf_of, lists_of, unit_rows

from qa_service.index.vectors.build import (
    build_lists,
    exact_edges,
    likely_questions,
    recall_of,
    tuned,
    write_faiss,
)
from qa_service.index.vectors.flat import FlatVectors
from qa_service.index.vectors.ivf import Effort

MATRIX = clustered_rows(1, 6000)


def test_the_same_vectors_give_the_same_bytes() -> None:
    assert lists_of(MATRIX) == lists_of(MATRIX.copy())


def test_a_likely_question_is_near_a_sentence_and_none_of_them() -> None:
    questions = likely_questions(MATRIX, 64)
    assert np.array_equal(questions, likely_questions(MATRIX.copy(), 64))
    np.testing.assert_allclose(np.linalg.norm(questions, axis=1), 1, atol=1e-5)
    best = (questions @ MATRIX.astype(np.float32).T).max(axis=1)
    assert 0.7 < best.mean() < 0.95


def test_equal_sentences_make_questions_all_the_same() -> None:
    questions = likely_questions(np.repeat(unit_rows(1, 1), 10, axis=0), 4)
    np.testing.assert_allclose(np.linalg.norm(questions, axis=1), 1, atol=1e-3)


@pytest.mark.parametrize("at", [1, 10, 100])
def test_edges_are_the_cosines_of_a_full_sort(at: int) -> None:
    matrix = unit_rows(2, 40_000)
    questions = unit_rows(3, 12).astype(np.float32)
    expected = np.sort(questions.astype(np.float64) @ matrix.astype(np.float64).T, axis=1)
    np.testing.assert_allclose(exact_edges(matrix, questions, at), expected[:, -at], atol=1e-6)


def test_of_fewer_vectors_than_asked_the_edge_is_the_last_one() -> None:
    matrix, questions = unit_rows(2, 3), unit_rows(3, 5).astype(np.float32)
    expected = (questions @ matrix.astype(np.float32).T).min(axis=1)
    np.testing.assert_allclose(exact_edges(matrix, questions, 10), expected, atol=1e-6)


def test_recall_counts_what_an_exact_search_finds() -> None:
    questions = likely_questions(MATRIX, 20)
    edges = exact_edges(MATRIX, questions, 10)
    assert recall_of(FlatVectors.of(MATRIX), questions, edges, 10) == 1
    assert recall_of(FlatVectors.of(MATRIX[:3000]), questions, edges, 10) < 0.8


def test_tuning_finds_the_least_effort_that_finds_enough(tmp_path: Path) -> None:
    questions = likely_questions(MATRIX, 60)
    effort, recall = tuned(build_lists(MATRIX), MATRIX, questions, 0.98)
    assert recall >= 0.98
    assert 1 < effort.probes < 64
    ivf = ivf_of(tmp_path, MATRIX)
    edges = exact_edges(MATRIX, questions, 10)
    ivf.effort = effort
    assert recall_of(ivf, questions, edges, 10) == recall
    ivf.effort = Effort(max(1, effort.probes * 2 // 3), effort.fetched)
    assert recall_of(ivf, questions, edges, 10) < 0.98


def test_where_bits_tell_too_little_more_rows_are_fetched() -> None:
    matrix = unit_rows(5, 8000, 32)  # no clusters: hundreds of rows are about as near
    effort, recall = tuned(build_lists(matrix), matrix, likely_questions(matrix, 60), 0.98)
    assert effort.fetched > 4
    assert 0.9 < recall <= 1


def test_a_failing_write_raises_its_own_error() -> None:
    def full(data: bytes) -> int:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_faiss(build_lists(unit_rows(1, 100)), full)


def test_faiss_itself_reads_the_file() -> None:
    index = faiss.deserialize_index(np.frombuffer(lists_of(MATRIX), np.uint8))
    assert (index.ntotal, index.d) == MATRIX.shape
