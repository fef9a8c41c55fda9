from __future__ import annotations

import pytest

from qa_service.index.vocabulary import Vocabulary


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
