from __future__ import annotations

import math

import bm25s
import numpy as np
import pytest
from numpy.typing import NDArray

from qa_service.index.lexical.postings import K1, B, Postings, build_postings

TERMS = 60


def random_units(seed: int, count: int = 200) -> list[NDArray[np.int32]]:
    """Units of skewed term frequencies, as words have; some of them empty."""
    random = np.random.default_rng(seed)
    chance = 1 / np.arange(1, TERMS + 1)
    return [
        random.choice(TERMS, size=random.integers(0, 40), p=chance / chance.sum()).astype(np.int32)
        for _ in range(count)
    ]


@pytest.mark.parametrize("seed", range(5))
def test_scores_and_ranking_agree_with_bm25s(seed: int) -> None:
    units = random_units(seed)
    ours = build_postings(units, TERMS)
    reference = bm25s.BM25(method="lucene", k1=K1, b=B)
    words = [[f"t{term}" for term in unit] for unit in units]
    reference.index(words, show_progress=False)
    random = np.random.default_rng(seed)
    for _ in range(20):
        question = random.choice(TERMS, size=6, replace=False)
        known = [t for t in question if f"t{t}" in reference.vocab_dict]
        expected = reference.get_scores([f"t{t}" for t in known])
        found = ours.scores([int(t) for t in known])
        np.testing.assert_allclose(found, expected, rtol=2e-6, atol=2e-6)
        clear = np.round(expected.astype(np.float64), 4)
        assert np.array_equal(
            np.lexsort((np.arange(len(units)), -np.round(found.astype(np.float64), 4))),
            np.lexsort((np.arange(len(units)), -clear)),
        )


def test_weights_are_the_formula_in_the_docstring() -> None:
    units = [np.array(unit, np.int32) for unit in ([0, 0, 1], [1], [])]
    postings = build_postings(units, 2)
    idf = math.log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    expected = idf * 2 / (2 + K1 * (1 - B + B * 3 / (4 / 3)))
    assert postings.of_term(0)[1].tolist() == [pytest.approx(expected)]
    assert postings.of_term(1)[0].tolist() == [0, 1]


def test_scores_at_rows_are_the_same_to_the_bit() -> None:
    postings = build_postings(random_units(9), TERMS)
    rows = np.random.default_rng(1).integers(0, postings.units, 90)
    terms = [3, -1, 0, 59, 17]
    assert np.array_equal(postings.scores_at(terms, rows), postings.scores(terms)[rows])


def test_holds_says_which_unit_holds_which_term() -> None:
    units = random_units(4)
    postings = build_postings(units, TERMS)
    rows = np.arange(len(units))
    terms = [0, 7, -1, 41]
    expected = [[term in unit for term in terms] for unit in units]
    assert np.array_equal(postings.matches_at(terms, rows)[1], np.array(expected))


def test_a_term_asked_twice_counts_twice() -> None:
    postings = build_postings(random_units(2), TERMS)
    np.testing.assert_allclose(postings.scores([5, 5]), 2 * postings.scores([5]))


@pytest.mark.parametrize("units", [[], [np.zeros(0, np.int32)]])
def test_nothing_to_index_is_no_error(units: list[NDArray[np.int32]]) -> None:
    postings: Postings = build_postings(units, 3)
    assert postings.scores([0, 1, 2]).tolist() == [0.0] * len(units)
