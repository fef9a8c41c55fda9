from __future__ import annotations

import dataclasses
from itertools import pairwise

import pytest

from conftest import QUESTIONS
from qa_service.answering.extractive import extractive_answer
from qa_service.records import Evidence, Highlight, Passage, Retrieval, Sentence
from qa_service.retrieval.retriever import Retriever


def evidence(document_id: str, score: float, *sentences: tuple[str, float]) -> Evidence:
    """A passage made of these sentences, highlighted with these scores, best first."""
    spans, at = [], 10
    for text, _ in sentences:
        spans.append(Sentence(at, at + len(text), text))
        at += len(text) + 1
    text = " ".join(sentence for sentence, _ in sentences)
    passage = Passage("p", document_id, "Title", 10, 10 + len(text), text, 9, (), tuple(spans))
    marked = [
        Highlight(span.start, span.end, span.text, value)
        for span, (_, value) in zip(spans, sentences, strict=True)
    ]
    return Evidence(passage, score, tuple(sorted(marked, key=lambda one: -one.score)))


def retrieval(*found: Evidence, answerable: bool = True) -> Retrieval:
    return Retrieval("Who?", answerable, 0.9, 0.5, None, found, "gen-000001", 1.0)


def test_an_abstention_has_no_answer() -> None:
    found = evidence("a.txt", 1.0, ("The mill stands.", 0.9))
    assert extractive_answer(retrieval(found, answerable=False)) is None


def test_passages_without_highlights_make_no_answer() -> None:
    found = dataclasses.replace(evidence("a.txt", 1.0, ("The mill stands.", 0.9)), highlights=())
    assert extractive_answer(retrieval(found)) is None


def test_one_clearly_best_sentence_is_the_whole_answer() -> None:
    answer = extractive_answer(
        retrieval(
            evidence("a.txt", 1.0, ("The mill stands by the river.", 0.9), ("It is old.", 0.2)),
            evidence("b.txt", 0.3, ("Mills are loud.", 0.4)),
        )
    )
    assert answer is not None
    assert answer.text == "The mill stands by the river."
    assert answer.mode == "extractive"
    [citation] = answer.citations
    assert (citation.document_id, citation.title) == ("a.txt", "Title")
    assert citation.cited_text == answer.text
    assert (citation.source_start, citation.source_end) == (10, 39)
    assert (citation.answer_start, citation.answer_end) == (0, 29)


def test_sentences_nearly_as_good_join_in_order_of_rank_and_three_are_the_most() -> None:
    answer = extractive_answer(
        retrieval(
            evidence("a.txt", 1.0, ("One 😀.", 0.90), ("Two.", 0.88)),
            evidence("b.txt", 0.99, ("Three.", 0.9), ("Four.", 0.9)),
        )
    )
    assert answer is not None
    assert answer.text == "One 😀. Three. Four."
    assert [one.document_id for one in answer.citations] == ["a.txt", "b.txt", "b.txt"]
    for one in answer.citations:
        assert answer.text[one.answer_start : one.answer_end] == one.cited_text


MILL = "The mill was built of oak."
YEAR = "The work was done in 1712."


@pytest.mark.parametrize(
    ("question", "sentences", "expected"),
    [
        ("When was the mill built?", [(MILL, 0.9), (YEAR, 0.2)], [MILL, YEAR]),
        ("When was the mill built?", [(YEAR, 0.2), (MILL, 0.9)], [YEAR, MILL]),
        ("When was the mill built?", [(YEAR, 0.2), (MILL, 0.9), (YEAR, 0.1)], [MILL, YEAR]),
        ("When was the mill built?", [(MILL, 0.9), ("It is old.", 0.5), (YEAR, 0.2)], [MILL]),
        ("When was the mill built?", [(YEAR, 0.9), ("In 1713 it burned.", 0.2)], [YEAR]),
        ("What was the mill built of?", [(MILL, 0.9), (YEAR, 0.2)], [MILL]),
        ("When was the mill built?", [(MILL, 0.9)], [MILL]),
    ],
    ids=["after", "before", "after first", "too far", "held", "no kind", "alone"],
)
def test_a_neighbour_with_the_kind_of_thing_asked_for_joins_a_sentence_without(
    question: str, sentences: list[tuple[str, float]], expected: list[str]
) -> None:
    found = evidence("a.txt", 1.0, *sentences)
    found = dataclasses.replace(found, highlights=found.highlights[:1])
    answer = extractive_answer(dataclasses.replace(retrieval(found), question=question))
    assert answer is not None
    assert [one.cited_text for one in answer.citations] == expected
    assert answer.text == " ".join(expected)
    for one in answer.citations:
        start = one.source_start - found.passage.start
        assert found.passage.text[start:][: len(one.cited_text)] == one.cited_text


def test_three_sentences_are_the_most_with_a_neighbour_too() -> None:
    three = [("The mill stands.", 0.9), ("A mill stood.", 0.9), ("Mills stand.", 0.9)]
    found = evidence("a.txt", 1.0, *three, (YEAR, 0.1))
    asked = dataclasses.replace(retrieval(found), question="When was the mill built?")
    answer = extractive_answer(asked)
    assert answer is not None
    assert answer.text == "The mill stands. A mill stood. Mills stand."


def test_the_same_sentence_is_not_said_twice() -> None:
    answer = extractive_answer(
        retrieval(
            evidence("a.txt", 1.0, ("The mill stands.", 0.9)),
            evidence("b.txt", 1.0, ("The mill stands.", 0.9)),
        )
    )
    assert answer is not None
    assert answer.text == "The mill stands."
    assert [one.document_id for one in answer.citations] == ["a.txt"]


def test_passages_beyond_the_third_are_not_quoted() -> None:
    weak = [evidence(f"{name}.txt", 0.1, (f"{name}.", 0.1)) for name in "abc"]
    answer = extractive_answer(retrieval(*weak, evidence("d.txt", 1.0, ("Strong.", 1.0))))
    assert answer is not None
    assert "Strong." not in answer.text


def test_a_follow_up_is_answered_by_its_own_words() -> None:
    found = retrieval(
        evidence(
            "a.txt", 1.0, ("Watt built an engine.", 0.9), ("It was sold to a mine in Wales.", 0.6)
        )
    )
    plain = extractive_answer(found)
    assert plain is not None
    assert plain.text == "Watt built an engine."
    follow_up = extractive_answer(found, "To which mine was it sold?")
    assert follow_up is not None
    assert follow_up.text == "It was sold to a mine in Wales."
    [citation] = follow_up.citations
    assert citation.source_start == 10 + len("Watt built an engine. ")
    # What was searched for as it stands, and what has no words of its own, changes nothing.
    assert extractive_answer(found, "Who?") == plain
    assert extractive_answer(found, "Why?") == plain


def test_a_sentence_that_is_no_highlight_may_answer_a_follow_up() -> None:
    one = evidence("a.txt", 1.0, ("Watt built an engine.", 0.9), ("A mine bought it.", 0.0))
    one = dataclasses.replace(one, highlights=one.highlights[:1])
    answer = extractive_answer(retrieval(one), "Which mine bought it?")
    assert answer is not None
    assert answer.text == "A mine bought it."


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_citation_is_verbatim_on_both_sides(retriever: Retriever, question: str) -> None:
    reply = dataclasses.replace(retriever.retrieve(question), answerable=True)
    answer = extractive_answer(reply)
    assert answer is not None
    assert answer.citations
    for citation in answer.citations:
        source = retriever.index.document(citation.document_id)
        assert source.text[citation.source_start : citation.source_end] == citation.cited_text
        assert answer.text[citation.answer_start : citation.answer_end] == citation.cited_text
        assert citation.title == source.title
    # Nothing but the quotes and a space between two of them.
    assert answer.citations[0].answer_start == 0
    assert answer.citations[-1].answer_end == len(answer.text)
    for one, following in pairwise(answer.citations):
        assert answer.text[one.answer_end : following.answer_start] == " "


def test_the_answer_holds_what_was_asked_for(retriever: Retriever) -> None:
    for question, words in (
        ("Who added a separate condenser?", "James Watt"),
        ("What was the first ship to enter the new basin?", "Marta"),
        ("Where does the Danube rise?", "Black Forest"),
    ):
        reply = dataclasses.replace(retriever.retrieve(question), answerable=True)
        answer = extractive_answer(reply)
        assert answer is not None
        assert words in answer.text
