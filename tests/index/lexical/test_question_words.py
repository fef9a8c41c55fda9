from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.index.lexical.analysis import analyze
from qa_service.index.lexical.languages import rules_codes
from qa_service.index.lexical.question_words import pairs_of, question_language, question_words

SEVERAL = ("de", "en", "fr", "ru", "tr")


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("What was the cause of the war?", "en"),
        ("Was war die Ursache des Krieges?", "de"),
        ("Qui a construit le port ?", "fr"),
        ("Кто построил гавань?", "ru"),
        ("Limanı kim yaptı?", "tr"),
        ("¿Quién construyó el puerto de la ciudad?", "es"),
        ("Siemens 1847", "en"),
        ("", "en"),
    ],
)
def test_stop_words_tell_the_language_of_a_question(question: str, language: str) -> None:
    assert question_language(question, SEVERAL) == language


def test_a_language_that_the_index_lacks_must_have_clearly_more_stop_words() -> None:
    assert question_language("Who met Simón de la Cruz?", ("en",)) == "en"
    assert question_language("What was the cause of it?", ("de",)) == "en"
    assert question_language("Was in Berlin?", ("de",)) == "de"


def test_a_word_of_several_languages_stays_one_word_with_all_its_terms() -> None:
    words = question_words("Which houses gave information?", ("de", "en")).words
    assert words == (("hous",), ("gave", "gav"), ("inform", "information"))


def test_a_stop_word_of_the_question_is_one_in_every_language() -> None:
    assert question_words("Wer war in der Mühle?", ("de", "en")).words == (("muhl",),)
    assert question_words("Who can die?", ("de", "en")).words == (("die",),)


def test_a_question_in_a_foreign_language_loses_its_stop_words() -> None:
    words = question_words("What was the cause of the war?", ("de", "fr")).words
    assert words == (("caus",), ("war",))


def test_pairs_are_of_one_language_each() -> None:
    found = question_words("Which houses gave information?", ("de", "en"))
    assert found.pairs == ("hous gave", "gave inform", "hous gav", "gav information")
    assert pairs_of(["one"]) == pairs_of([]) == []


def test_the_question_decides_where_a_word_ends() -> None:
    words = question_words("Limanı Ankara'da kim yaptı?", ("en", "tr")).words
    assert [terms[0] for terms in words] == analyze("Limanı Ankara'da kim yaptı?", "tr")
    assert words == (("lima", "limani"), ("ankar", "ankara"), ("yap", "yapti"))


@given(st.text(max_size=60), st.sampled_from(SEVERAL))
def test_in_an_index_of_its_language_alone_a_question_is_what_analysis_gives(
    question: str, language: str
) -> None:
    found = question_words(question, (language,))
    if question_language(question, (language,)) == language:
        terms = analyze(question, language)
        assert list(found.words) == [(term,) for term in terms]
        assert list(found.pairs) == pairs_of(terms)


@given(st.text(max_size=60))
def test_every_term_is_one_that_a_document_of_the_index_can_hold(question: str) -> None:
    allowed = {term for language in SEVERAL for term in analyze(question, language)}
    for words in question_words(question, rules_codes(SEVERAL)).words:
        assert words
        assert len(set(words)) == len(words)
        assert set(words) <= allowed
