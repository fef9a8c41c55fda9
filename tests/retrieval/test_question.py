from __future__ import annotations

from typing import Any

import pytest

from qa_service.errors import InvalidQuestion
from qa_service.retrieval.answer_kind import AnswerKind
from qa_service.retrieval.question import read_question


def test_the_outer_white_space_goes_and_the_kind_is_read() -> None:
    asked = read_question("  When did it end?\n", max_characters=100)
    assert asked.text == "When did it end?"
    assert asked.asks_for is AnswerKind.DATE


@pytest.mark.parametrize("question", ["", "  \n", "?!…", "\u200b"])
def test_a_question_without_a_word_is_refused(question: str) -> None:
    with pytest.raises(InvalidQuestion, match="empty"):
        read_question(question, max_characters=100)


@pytest.mark.parametrize("question", [None, 7, b"when?", ["when?"]])
def test_what_is_no_text_is_refused(question: Any) -> None:
    with pytest.raises(InvalidQuestion, match="not text"):
        read_question(question, max_characters=100)


def test_a_long_question_is_refused_with_both_lengths() -> None:
    assert read_question("a" * 10, max_characters=10).text == "a" * 10
    with pytest.raises(InvalidQuestion, match="11 characters, more than 10"):
        read_question("a" * 11, max_characters=10)


def test_half_a_surrogate_pair_is_refused_by_place() -> None:
    with pytest.raises(InvalidQuestion, match="character 3"):
        read_question("why\ud800?", max_characters=100)


def test_names_are_capitalised_words_and_numbers_hold_digits() -> None:
    asked = read_question("What did Watt sell to Boulton in 1,769 at 3rd hand?", max_characters=100)
    assert asked.names == {"watt", "boulton"}
    assert {"1769", "3rd"} <= asked.numbers
    assert not asked.names & asked.numbers


def test_the_first_word_is_a_name_only_before_another_name() -> None:
    assert read_question("Xi Jinping met whom?", max_characters=100).names == {"xi", "jinp"}
    assert read_question("Engines saved what?", max_characters=100).names == frozenset()
    assert read_question("Did Watt rest?", max_characters=100).names == {"watt"}


def test_names_are_analysed_by_the_rules_of_every_language_searched() -> None:
    text = "Did Watt sell engines to the University?"
    alone = read_question(text, max_characters=100, languages=("en",))
    several = read_question(text, max_characters=100, languages=("de", "en"))
    assert alone.names == {"watt", "universiti"}
    assert several.names == {"watt", "universiti", "university"}


def test_german_writes_every_noun_like_a_name() -> None:
    text = "Wer hat die Mühle am Bach gebaut?"
    assert read_question(text, max_characters=100, languages=("de", "en")).names == frozenset()
