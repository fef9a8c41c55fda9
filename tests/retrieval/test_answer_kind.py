from __future__ import annotations

import pytest

from qa_service.retrieval.answer_kind import AnswerKind, asked_kind, holds_kind


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When did the ferry stop?", AnswerKind.DATE),
        ("In which century was the wall built?", AnswerKind.DATE),
        ("what was the exact year of the flood", AnswerKind.DATE),
        ("How long ago was the harbour rebuilt?", AnswerKind.DATE),
        ("How long did the siege last?", AnswerKind.DURATION),
        ("How many years did she reign?", AnswerKind.DURATION),
        ("How much money was spent on it?", AnswerKind.MONEY),
        ("How much does a ticket cost?", AnswerKind.MONEY),
        ("What percentage of the voters agreed?", AnswerKind.SHARE),
        ("How many cylinders does it have?", AnswerKind.NUMBER),
        ("How long is the corridor in kilometres?", AnswerKind.NUMBER),
        ("What is the population of Riga?", AnswerKind.NUMBER),
        ("Who added the condenser?", AnswerKind.PERSON),
        ("By whom was the bridge paid for?", AnswerKind.PERSON),
        ("Whose thesis was refuted?", AnswerKind.PERSON),
        ("Where does the Danube rise?", AnswerKind.PLACE),
        ("Which Baltic city did she leave?", AnswerKind.PLACE),
        ("Why was the visit postponed?", AnswerKind.OTHER),
        ("What did the settlers who came later found?", AnswerKind.OTHER),
        ("narcotics cybercrime joint fight", AnswerKind.OTHER),
        ("Что изучал учёный?", AnswerKind.OTHER),
        ("", AnswerKind.OTHER),
    ],
)
def test_the_first_question_word_tells_the_kind(question: str, kind: AnswerKind) -> None:
    assert asked_kind(question) is kind


@pytest.mark.parametrize(
    ("kind", "text", "held"),
    [
        (AnswerKind.DATE, "The wall fell in 1953.", True),
        (AnswerKind.DATE, "It began on a Monday.", True),
        (AnswerKind.DATE, "It lasted two days.", True),
        (AnswerKind.DATE, "Ships march past the pier.", False),
        (AnswerKind.DURATION, "It took nine months.", True),
        (AnswerKind.DURATION, "The war of 1756–63 ended.", True),
        (AnswerKind.DURATION, "It was long.", False),
        (AnswerKind.MONEY, "It cost $4 million.", True),
        (AnswerKind.MONEY, "It cost 4 million.", False),
        (AnswerKind.SHARE, "About 12 per cent agreed.", True),
        (AnswerKind.SHARE, "Two thirds agreed.", True),
        (AnswerKind.SHARE, "Some agreed.", False),
        (AnswerKind.NUMBER, "It passes ten countries.", True),
        (AnswerKind.NUMBER, "It passes many countries.", False),
        (AnswerKind.PERSON, "The engine of James Watt saved coal.", True),
        (AnswerKind.PERSON, "The engine saved coal.", False),
        (AnswerKind.PERSON, "Watt built the engine.", True),
        (AnswerKind.PERSON, "It rained. Newcomen waited.", True),
        (AnswerKind.PERSON, "He built it. They waited.", False),
        (AnswerKind.PLACE, "She carried timber from Riga.", True),
        (AnswerKind.OTHER, "", True),
    ],
)
def test_a_text_holds_a_kind_by_its_surface(kind: AnswerKind, text: str, held: bool) -> None:
    assert holds_kind(kind, text, "anything") is held


def test_what_the_question_names_itself_is_no_answer() -> None:
    question = "Who met Watt in 1769?"
    assert not holds_kind(AnswerKind.PERSON, "The engine of Watt was new in 1769.", question)
    assert not holds_kind(AnswerKind.DATE, "The engine of Watt was new in 1769.", question)
    assert holds_kind(AnswerKind.PERSON, "The engine of Watt pleased Boulton.", question)


def test_every_kind_is_asked_for_by_some_words_and_can_be_found() -> None:
    for kind in AnswerKind:
        assert kind.value == kind.value.lower()
        assert isinstance(holds_kind(kind, "Nothing of the kind", "?"), bool)


def test_a_long_question_is_read_in_a_moment() -> None:
    asked_kind("how much " + "very " * 20_000 + "?")
    asked_kind("what " * 20_000)
    holds_kind(AnswerKind.PERSON, "A" * 20_000 + " of" * 20_000, "?")
