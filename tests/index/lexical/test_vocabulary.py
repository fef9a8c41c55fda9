from __future__ import annotations

import numpy as np
import pytest

from qa_service.index.lexical.vocabulary import PairVocabulary, Vocabulary


def test_every_term_is_found_at_its_place_in_sorted_order() -> None:
    terms = ["river", "дом", "", "a", "人工", "river", "zebra"]
    vocabulary = Vocabulary.of(terms)
    ordered = sorted(set(terms), key=str.encode)
    assert [vocabulary.id_of(term) for term in ordered] == list(range(len(ordered)))
    assert [vocabulary[i].decode() for i in range(len(vocabulary))] == ordered


def test_a_term_that_is_not_there_has_no_id() -> None:
    vocabulary = Vocabulary.of(["b", "d"])
    assert [vocabulary.id_of(term) for term in ("a", "c", "e", "bd", "")] == [-1] * 5
    assert Vocabulary(b"").id_of("a") == -1


def test_terms_with_newlines_and_blocks_cut_short_are_refused() -> None:
    with pytest.raises(ValueError):
        Vocabulary.of(["a\nb"])
    with pytest.raises(ValueError):
        Vocabulary(b"a\nb")


def pairs(*keys: int) -> PairVocabulary:
    return PairVocabulary(Vocabulary.of(["a", "b", "c"]), np.array(keys, dtype=np.int64))


def test_pairs_are_found_by_their_two_terms_in_order() -> None:
    vocabulary = pairs(0, 1, 5, 6)
    found = {pair: vocabulary.id_of(pair) for pair in ("a a", "a b", "b c", "c a", "b a", "c c")}
    assert found == {"a a": 0, "a b": 1, "b c": 2, "c a": 3, "b a": -1, "c c": -1}
    assert len(vocabulary) == 4


def test_a_pair_of_an_unknown_term_has_no_id() -> None:
    assert [pairs(0, 1, 5).id_of(pair) for pair in ("a z", "z a", "z z")] == [-1, -1, -1]
    assert pairs().id_of("a b") == -1


@pytest.mark.parametrize("keys", [(1, 0), (1, 1), (-1, 2), (0, 9)])
def test_pairs_out_of_order_or_of_other_terms_are_refused(keys: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="pairs"):
        pairs(*keys)
