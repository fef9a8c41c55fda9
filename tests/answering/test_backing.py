from __future__ import annotations

from qa_service.answering.backing import backing_of, claims_something, sources_of
from qa_service.chunking.sentences import split_sentences
from qa_service.records import Passage, Sentence

TEXT = (
    "The ferry ran for years. It carried 340 people. Prices fell in May. Numbers rose in June. "
    "The cellar is not open, but the roof is safe."
)


def passage(text: str = TEXT, title: str = "Lindholm") -> Passage:
    spans = split_sentences(text, 0, len(text), max_characters=350)
    sentences = tuple(Sentence(one.start, one.end, text[one.start : one.end]) for one in spans)
    return Passage("p", "d.txt", title, 0, len(text), text, 9, (), sentences, (), (), "en")


def backed_by(sentence: str, *passages: Passage) -> list[str]:
    backing = backing_of(passages or [passage()])
    return [one.sentence.text for one in sources_of(sentence, [], backing)]


def test_a_sentence_may_name_what_the_one_before_it_was_about() -> None:
    assert backed_by("The ferry carried 340 people.") == [
        "The ferry ran for years.",
        "It carried 340 people.",
    ]


def test_words_that_are_found_here_and_there_back_nothing() -> None:
    assert backed_by("Prices rose in May.") == []
    assert backed_by("Prices fell in June.") == []
    assert backed_by("Prices fell in May.") == ["Prices fell in May."]


def test_a_denial_counts_in_its_own_clause() -> None:
    assert backed_by("The cellar is open.") == []
    assert backed_by("The roof is not safe.") == []
    assert backed_by("The roof is safe.")
    assert backed_by("The cellar is not open.")


def test_the_title_is_a_part_of_what_a_passage_says() -> None:
    assert backed_by("The ferry of Lindholm ran for years.")
    assert backed_by("The ferry of Lindholm ran for years.", passage(title="Riga")) == []


def test_several_passages_are_one_source() -> None:
    other = passage("Marta came from Riga.")
    assert backed_by("Marta came from Riga.") == []
    assert backed_by("Marta came from Riga.", passage(), other) == ["Marta came from Riga."]


def test_assent_claims_nothing() -> None:
    assert not claims_something("Yes.", "en")
    assert not claims_something("It is so.", "en")
    assert claims_something("It is 5.", "en")
