from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from qa_service.index.lexical.analysis import analyze
from qa_service.index.lexical.function_words import FUNCTION_WORDS
from qa_service.index.lexical.languages import (
    FALLBACK,
    function_words,
    rules_code,
    rules_codes,
    rules_of,
)
from qa_service.index.lexical.normalization import normalize
from qa_service.index.lexical.stopwords import STOP_WORDS

LIKE = {
    "ar": "المدينة مدينة",
    "az": "şəhərlərdə şəhərin şəhər",
    "ca": "ciutats ciutat",
    "cs": "městech města",
    "da": "skibene skibet",
    "de": "Häuser Haus haeuser",
    "el": "λιμάνια λιμάνι",
    "es": "canciones canción cancion",
    "et": "linnades linnad",
    "fi": "laivat laivan",
    "fr": "construites construite",
    "hu": "hajókat hajók",
    "id": "memperbaiki perbaiki",
    "it": "costruite costruito",
    "lt": "miestai miestas",
    "nl": "huizen huis",
    "no": "skipene skipet",
    "pl": "miastami miasto",
    "pt": "cidades cidade",
    "ro": "orașului orașe oraşului",
    "ru": "кораблями корабли корабль",
    "sv": "fartygen fartyget",
    "tr": "kitapları kitaplar KİTAP",
    "uk": "кораблями кораблі кораблів",
}


@pytest.mark.parametrize("language", LIKE)
def test_forms_of_a_word_become_one_term(language: str) -> None:
    assert len(set(analyze(LIKE[language], language))) == 1


def test_the_english_rules_are_those_of_unknown_language() -> None:
    text = "The engines ran, didn't they? Учёные домами; José's 1,500 人工智能 Häuser"
    assert analyze(text, "en") == analyze(text) == analyze(text, "xx") == analyze(text, "zh")
    assert rules_code("vi") == rules_code("") == FALLBACK == "en"
    assert rules_codes(["de", "", "vi", "en", "de"]) == ("de", "en")
    assert rules_codes([]) == ()


@pytest.mark.parametrize(
    ("language", "text", "terms"),
    [
        ("de", "Die Straße und der Fluß", ["strass", "fluss"]),
        ("de", "Was war die Ursache?", ["ursach"]),
        ("en", "Was war die Ursache?", ["war", "die", "ursach"]),
        ("fr", "Aujourd'hui, l'école qu'il a ouverte", ["aujourd", "hui", "ecol", "ouvert"]),
        ("it", "L'acqua dell'isola", ["acqua", "isol"]),
        ("ru", "Кто и когда построил гавань?", ["постро", "гаван"]),
        ("tr", "Ankara'da ISPARTA'nın gülleri", ["ankar", "ispar", "gul"]),
        ("uk", "Хто та коли збудував порт?", ["збудува", "порт"]),
        ("es", "¿Quién construyó el puerto?", ["constru", "puert"]),
    ],
)
def test_each_language_loses_its_own_stop_words(language: str, text: str, terms: list[str]) -> None:
    assert analyze(text, language) == terms


def test_words_of_another_script_are_treated_as_without_a_language() -> None:
    text = "the engines of Watt учёными 人工智能"
    assert analyze(text, "ru") == analyze(text)
    assert analyze("Учёными занимались engines", "el") == analyze("Учёными занимались engines")


def test_numbers_and_mixtures_are_no_words_of_any_language() -> None:
    for language in ("de", "fr", "tr", "ru", "ar"):
        assert analyze("1,500 covid19 x2", language) == ["1500", "covid19", "x2"]


def test_every_term_is_in_normal_form_and_of_something() -> None:
    for language, text in LIKE.items():
        for term in analyze(text, language):
            assert term
            assert normalize(term) == term


def test_lists_hold_each_word_once_and_only_words() -> None:
    for language, words in FUNCTION_WORDS.items():
        split = words.split()
        assert len(split) == len(set(split)), language
        assert all(word.isalpha() for word in split), language
        assert 50 <= len(split) <= 200, language
        assert analyze(words, language) == [], language


def test_stop_words_of_all_languages_are_listed_with_their_languages() -> None:
    listed = function_words()
    assert listed["wer"] == ("de",)
    assert set(listed["in"]) >= {"en", "de", "it", "nl"}
    assert "fr" in listed["ou"]
    assert set(STOP_WORDS) <= set(listed)
    assert all(normalize(word) == word for word in listed)


def test_threads_agree_on_the_stems_of_every_language() -> None:
    rules = [rules_of(language) for language in LIKE]
    words = " ".join(LIKE.values()).casefold().split()
    alone = [[each.term(word) for word in words] for each in rules]
    with ThreadPoolExecutor(8) as pool:
        for terms in pool.map(lambda _: [[r.term(w) for w in words] for r in rules], range(16)):
            assert terms == alone
