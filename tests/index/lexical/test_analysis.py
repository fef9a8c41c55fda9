from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from qa_service.index.lexical.analysis import analyze
from qa_service.index.lexical.normalization import normalize
from qa_service.index.lexical.stopwords import STOP_WORDS


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Running engines ran", ["run", "engin", "ran"]),
        ("state-of-the-art", ["state", "art"]),
        ("the vaccine's doses aren't Watt’s", ["vaccin", "dose", "watt"]),
        ("snake_case name", ["snake", "case", "name"]),
        ("1,500,000 doses; 3.5 and 1,2345", ["1500000", "dose", "3", "5", "1", "2345"]),
        ("COVID-19 covid19", ["covid", "19", "covid19"]),
        ("José ﬁne Ｆｕｌｌ x²", ["jose", "fine", "full", "x2"]),
        ("İstanbul ISTANBUL ıstanbul", ["istanbul", "istanbul", "istanbul"]),
        ("учёный ученого домами", ["учен", "учен", "дом"]),
        ("人工智能", ["人工", "工智", "智能"]),
        ("山 covid新冠", ["山", "covid", "新冠"]),
        ("한국어 처리", ["한국", "국어", "처리"]),
        ("नमस्ते दुनिया।", ["नमस्ते", "दुनिया"]),
        ("שָׁלוֹם", ["שָׁלוֹם"]),
        ("Who is it, and why?", []),
        ("", []),
        ("\x00 😀 — …", []),
    ],
)
def test_text_becomes_the_terms_that_a_reader_would_expect(text: str, terms: list[str]) -> None:
    assert analyze(text) == terms


def test_case_accents_and_composition_do_not_matter() -> None:
    assert analyze("ÉCOLE école e\u0301cole") == ["ecol"] * 3
    assert normalize("Straße") == "strasse"


def test_short_i_is_not_taken_for_an_accent() -> None:
    assert normalize("чай") == "чай"


def test_stop_words_hold_the_question_words_and_stand_in_folded_form() -> None:
    assert {"who", "what", "when", "where", "why", "how", "which"} <= STOP_WORDS
    assert all(normalize(word) == word for word in STOP_WORDS)


def test_threads_agree_on_every_stem() -> None:
    text = " ".join(f"{stem}{ending}" for stem in "abcdefgh" for ending in ("ing", "ations", "ed"))
    alone = analyze(text)
    with ThreadPoolExecutor(8) as pool:
        assert all(terms == alone for terms in pool.map(analyze, [text] * 64))
