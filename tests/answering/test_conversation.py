from __future__ import annotations

import pytest

from qa_service.answering.conversation import points_back, standalone_question
from qa_service.records import Turn

FIRST = "What did James Watt add to the steam engine?"


def user(*questions: str) -> list[Turn]:
    turns = []
    for question in questions:
        turns += [Turn("user", question), Turn("assistant", "Some answer about it.")]
    return turns


@pytest.mark.parametrize(
    "question",
    [
        "When did he sell it?",
        "And in 1712?",
        "Why?",
        "What about the mines?",
        "How long were they?",
        "Who else built one?",
        "Когда он это сделал?",
        "Wann hat er das getan und wie hoch waren seine Kosten?",
    ],
)
def test_a_question_that_points_back_is_searched_for_with_the_one_before(question: str) -> None:
    assert points_back(question)
    assert standalone_question(question, user(FIRST)) == f"{FIRST} {question}"


@pytest.mark.parametrize(
    "question",
    [
        "Where does the Danube rise?",
        "When did Watt sell his engine?",
        "How long is the sea wall of the harbour?",
        "Что изучал учёный на берегу Волги?",
    ],
)
def test_a_whole_question_stays_as_it_is(question: str) -> None:
    assert not points_back(question)
    assert standalone_question(f" {question} ", user(FIRST)) == question


def test_a_chain_of_follow_ups_leads_back_to_the_question_that_began_it() -> None:
    turns = user("Where does the Danube rise?", FIRST, "When did he do it?")
    assert standalone_question("And why?", turns) == f"{FIRST} When did he do it? And why?"


def test_without_an_earlier_question_nothing_is_added() -> None:
    assert standalone_question("And why?", []) == "And why?"
    assert standalone_question("And why?", [Turn("assistant", "Hello.")]) == "And why?"


def test_what_would_grow_too_long_is_left_out() -> None:
    assert standalone_question("And why?", user("x" * 50 + "?"), max_characters=40) == "And why?"
