from __future__ import annotations

import numpy as np
import pytest

from qa_service.index.arrays import encode_array
from qa_service.index.lexical.bm25 import (
    LANGUAGES_FILE,
    LEXICAL_FILES,
    LexicalIndex,
    build_lexical,
    lexical_files,
    load_lexical,
)
from qa_service.index.lexical.postings import inverse_document_frequency
from qa_service.index.lexical.question_words import pairs_of

PASSAGES = [
    "The steam engine of Newcomen pumped water.",
    "Watt improved the engine; engines of Watt saved coal.",
    "Rivers carry water to the sea.",
]
SENTENCES = [
    "The steam engine of Newcomen pumped water.",
    "Watt improved the engine;",
    "engines of Watt saved coal.",
    "Rivers carry water to the sea.",
]


def test_question_terms_are_distinct_in_order_and_say_what_is_unknown() -> None:
    index = build_lexical(PASSAGES, SENTENCES)
    terms = index.question_terms("Which engine did Watt, of all engines, call a locomotive?")
    assert [(t.term, t.known) for t in terms] == [
        ("engin", True),
        ("watt", True),
        ("call", False),
        ("locomot", False),
    ]
    assert terms[1].idf > terms[0].idf > 0
    assert terms[2].idf == 0


def test_best_passages_hold_the_words_and_respect_the_mask() -> None:
    index = build_lexical(PASSAGES, SENTENCES)
    terms = index.question_terms("Watt engine water")
    assert index.best_passages(terms, 10).rows.tolist() == [1, 0, 2]
    allowed = np.array([True, False, True])
    assert index.best_passages(terms, 10, allowed).rows.tolist() == [0, 2]
    assert len(index.best_passages(index.question_terms("zebra"), 10).rows) == 0


def test_sentences_are_scored_by_their_own_statistics() -> None:
    index = build_lexical(PASSAGES, SENTENCES)
    ids = index.ids(index.question_terms("coal"))
    assert index.sentences.scores(ids).argmax() == 2
    assert index.sentences.units == 4


def test_a_term_of_sentences_alone_is_unknown_to_the_passages() -> None:
    index = build_lexical(["alpha"], ["beta"])
    assert [t.known for t in index.question_terms("alpha beta")] == [True, False]


def test_pairs_are_of_neighbouring_terms_and_no_term_is_one() -> None:
    index = build_lexical(PASSAGES, SENTENCES)
    pairs = index.question_pairs("Did a steam engine improve the engine?")
    assert [(pair.term, pair.known) for pair in pairs] == [
        ("steam engin", True),
        ("engin improv", False),
        ("improv engin", True),
    ]
    assert index.pairs.scores(index.pair_ids(pairs)).tolist()[2] == 0
    assert index.pairs.scores(index.pair_ids(pairs[:1])).argmax() == 0
    assert index.ids(pairs) == [-1]
    assert pairs_of(["one"]) == pairs_of([]) == []


def test_the_files_bring_the_same_index_back() -> None:
    index = build_lexical(PASSAGES, SENTENCES)
    files = lexical_files(index)
    assert set(files) == set(LEXICAL_FILES)
    back = load_lexical(files, 3, 4)
    terms = index.question_terms("engine water")
    assert back.question_terms("engine water") == terms
    assert np.array_equal(back.sentences.scores([0, 1, 2]), index.sentences.scores([0, 1, 2]))
    assert lexical_files(back) == files


@pytest.mark.parametrize(
    "name", [n for n in LEXICAL_FILES if "weights" not in n and n != LANGUAGES_FILE]
)
def test_files_that_do_not_fit_together_are_a_value_error(name: str) -> None:
    files = dict(lexical_files(build_lexical(PASSAGES, SENTENCES)))
    other = lexical_files(build_lexical([*PASSAGES, "zebra crossing"], [*SENTENCES, "zebra"]))
    files[name] = other[name]
    with pytest.raises(ValueError):
        load_lexical(files, 3, 4)


def test_rows_outside_the_index_are_refused() -> None:
    files = dict(lexical_files(build_lexical(PASSAGES, SENTENCES)))
    rows = np.full(len(build_lexical(PASSAGES, SENTENCES).passages.rows), 3, np.int32)
    files["passages.rows.npy"] = encode_array(rows)
    with pytest.raises(ValueError, match="outside"):
        load_lexical(files, 3, 4)


@pytest.mark.parametrize(
    "data", [b"", b"en", b"en\nde\n", b"de\nde\n", b"xx\n", b"EN\n", b"\xff\n"]
)
def test_languages_without_rules_or_out_of_order_are_refused(data: bytes) -> None:
    files = {**lexical_files(build_lexical(PASSAGES, SENTENCES)), LANGUAGES_FILE: data}
    with pytest.raises(ValueError, match="languages"):
        load_lexical(files, 3, 4)


BILINGUAL = ["Information about houses.", "Informationen über Häuser und Gärten.", "Old gardens."]


def bilingual() -> LexicalIndex:
    languages = ["en", "de", "en"]
    return build_lexical(
        BILINGUAL, BILINGUAL, passage_languages=languages, sentence_languages=languages
    )


def test_texts_are_analysed_by_their_own_languages_which_are_remembered() -> None:
    index = bilingual()
    assert index.languages == ("de", "en")
    back = load_lexical(lexical_files(index), 3, 3)
    assert back.languages == ("de", "en")
    assert index.vocabulary.id_of("gart") >= 0 > index.vocabulary.id_of("uber")
    with pytest.raises(ValueError, match="2 languages for 3 texts"):
        build_lexical(BILINGUAL, BILINGUAL, passage_languages=["en", "de"])


def test_a_word_is_one_term_in_whatever_languages_it_is_found() -> None:
    index = bilingual()
    information, garden = index.question_terms("information in the gardens")
    assert (information.term, information.others) == ("inform", ("information",))
    assert (garden.term, garden.others) == ("garden", ())
    assert information.idf == pytest.approx(inverse_document_frequency(3, 2))
    terms = [information, garden]
    held = index.sentence_matches(terms, np.arange(3))[1]
    assert held.tolist() == [[True, False], [True, False], [False, True]]
    assert (index.passages.scores(index.ids(terms)) > 0).all()


def test_a_variant_that_no_document_holds_is_not_looked_for() -> None:
    index = bilingual()
    (house,) = index.question_terms("Häuser")
    assert (house.term, house.others, house.known) == ("haus", (), True)
    (unknown,) = index.question_terms("zeppelins")
    assert (unknown.variants, unknown.known) == (("zeppelin",), False)
