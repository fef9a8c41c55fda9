from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import BOILERPLATE, QUESTIONS
from qa_service.records import Passage, Sentence
from qa_service.retrieval.highlights import SentenceScores, highlights
from qa_service.retrieval.retriever import Retriever


def passage(count: int) -> Passage:
    texts = [f"Sentence {number}." for number in range(count)]
    sentences, at = [], 100
    for text in texts:
        sentences.append(Sentence(at, at + len(text), text))
        at += len(text) + 1
    text = " ".join(texts)
    return Passage("p", "d", "T", 100, 100 + len(text), text, count * 3, (), tuple(sentences))


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=12))
def test_highlights_are_the_best_sentences_best_first_ties_by_place(scores: list[float]) -> None:
    found = highlights(passage(len(scores)), np.array(scores, dtype=np.float32))
    assert 1 <= len(found) <= 3
    order = sorted(range(len(scores)), key=lambda place: (-scores[place], place))
    sentences = passage(len(scores)).sentences
    for place, highlight in zip(order, found, strict=False):
        assert (highlight.start, highlight.end) == (sentences[place].start, sentences[place].end)
        assert highlight.text == sentences[place].text
        assert highlight.score == pytest.approx(scores[place])


def test_a_second_sentence_is_shown_only_when_it_is_nearly_as_good() -> None:
    def count(*scores: float) -> int:
        return len(highlights(passage(len(scores)), np.array(scores, dtype=np.float32)))

    assert count(0.9, 0.1, 0.2) == 1
    assert count(0.9, 0.88, 0.2) == 2
    assert count(0.9, 0.9, 0.9, 0.9) == 3


def test_a_heading_stands_behind_the_sentence_that_says_something() -> None:
    plain = passage(2)
    for headed in (
        replace(plain, title="Sentence 0."),
        replace(plain, section=("Part", "Sentence 0.")),
    ):
        found = highlights(headed, np.array([0.9, 0.6], dtype=np.float32))
        assert [one.text for one in found] == ["Sentence 1."]


@pytest.mark.parametrize(
    "heading", ["# Harbours", "### Harbours ##", "Harbours\n--------", "Harbours\n\n~~~~"]
)
def test_a_heading_of_plain_text_is_known_by_its_marks(heading: str) -> None:
    section = ("Harbours",) if heading.startswith("#") else ()
    plain = passage(2)
    first = replace(plain.sentences[0], text=heading)
    headed = replace(plain, section=section, sentences=(first, plain.sentences[1]))
    found = highlights(headed, np.array([0.9, 0.6], dtype=np.float32))
    assert [one.text for one in found] == ["Sentence 1."]


@pytest.mark.parametrize("text", ["#1 of the list", "A line\nand --- another", "a\n--", "# Other"])
def test_what_only_looks_like_a_heading_is_a_sentence(text: str) -> None:
    plain = passage(2)
    first = replace(plain.sentences[0], text=text)
    found = highlights(
        replace(plain, sentences=(first, plain.sentences[1])), np.array([0.9, 0.6], np.float32)
    )
    assert [one.text for one in found] == [text]


def test_scores_are_found_by_sentence_row() -> None:
    scores = SentenceScores(
        np.array([2, 3, 7, 8, 9]), np.array([0.1, 0.2, 0.5, 0.9, 0.5], dtype=np.float32)
    )
    assert scores.at(7, 3).tolist() == pytest.approx([0.5, 0.9, 0.5])
    assert scores.best_first(7, 3) == [1, 0, 2]
    assert scores.best_first(2, 2) == [1, 0]


@pytest.mark.parametrize("question", QUESTIONS)
def test_highlights_are_verbatim_sentences_of_their_passage(
    retriever: Retriever, question: str
) -> None:
    for evidence in retriever.retrieve(question, top_k=50).evidence:
        text = retriever.index.document(evidence.passage.document_id).text
        spans = {(one.start, one.end) for one in evidence.passage.sentences}
        assert evidence.highlights
        scores = [highlight.score for highlight in evidence.highlights]
        assert scores == sorted(scores, reverse=True)
        for highlight in evidence.highlights:
            assert text[highlight.start : highlight.end] == highlight.text
            assert (highlight.start, highlight.end) in spans
            assert 0 <= highlight.score <= 1


def test_the_sentence_that_answers_is_the_first_highlight(retriever: Retriever) -> None:
    [first, *_] = retriever.retrieve("Who added a separate condenser?").evidence
    assert first.highlights[0].text == "James Watt added a separate condenser."


def test_a_navigation_line_is_in_no_passage_and_no_highlight(retriever: Retriever) -> None:
    document = retriever.index.document("ports/lindholm harbour.txt")
    assert document.text.startswith(BOILERPLATE)  # kept in the text: offsets stay true
    for question in (BOILERPLATE, "Распечатать", *QUESTIONS):
        for evidence in retriever.retrieve(question, top_k=50).evidence:
            assert "Распечатать" not in evidence.passage.text
            assert all("Распечатать" not in one.text for one in evidence.highlights)
