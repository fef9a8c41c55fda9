from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from conftest import QUESTIONS
from qa_service.index.building.context import embedding_text, lexical_text
from qa_service.index.lexical.analysis import analyze
from qa_service.index.lexical.postings import K1, B
from qa_service.index.lexical.question_words import question_words
from qa_service.index.protocol import QuestionTerm
from qa_service.records import Passage
from qa_service.retrieval.features import FEATURES, FeatureTable, feature_table, term_weights
from qa_service.retrieval.question_vector import question_vector
from qa_service.retrieval.retriever import Retriever

HALF = 2e-3  # vectors are stored at half precision


def table_of(retriever: Retriever, question: str, rows: np.ndarray) -> FeatureTable:
    index = retriever.index
    vector = question_vector(retriever.embedder, question)
    return feature_table(index, question, vector, index.question_terms(question), rows)


def passages_of(retriever: Retriever) -> list[Passage]:
    return retriever.index.passages(range(retriever.index.passage_count))


def bm25(units: list[list[str]], terms: list[str]) -> np.ndarray:
    """BM25 straight from its formula, term by term and unit by unit."""
    mean = max(sum(map(len, units)) / len(units), 1.0)
    scores = np.zeros(len(units))
    for term in dict.fromkeys(terms):
        holding = sum(term in unit for unit in units)
        idf = np.log(1 + (len(units) - holding + 0.5) / (holding + 0.5))
        for place, unit in enumerate(units):
            times = Counter(unit)[term]
            if times:
                scores[place] += idf * times / (times + K1 * (1 - B + B * len(unit) / mean))
    return scores


def pairs(terms: list[str]) -> list[str]:
    return [f"{one} {two}" for one, two in pairwise(terms)]


@pytest.mark.parametrize("question", QUESTIONS)
def test_features_equal_a_recomputation_from_the_texts(retriever: Retriever, question: str) -> None:
    passages = passages_of(retriever)
    rows = np.arange(len(passages))
    table = table_of(retriever, question, rows)
    embed = retriever.embedder.embed
    [vector] = embed([question])
    asked = question_words(question, retriever.index.languages)
    terms = [term for word in asked.words for term in word]
    analyzed = [analyze(lexical_text(passage), passage.language) for passage in passages]
    sentences = [[one.text for one in passage.sentences] for passage in passages]
    flat = [text for own in sentences for text in own]
    owner = np.repeat(rows, [len(own) for own in sentences])
    cosines = embed(flat) @ vector
    by_words = bm25(
        [analyze(one.text, passage.language) for passage in passages for one in passage.sentences],
        terms,
    )

    def highest(scores: np.ndarray) -> list[float]:
        return [scores[owner == row].max() for row in rows]

    expected = {
        "passage_similarity": embed([embedding_text(passage) for passage in passages]) @ vector,
        "sentence_similarity": highest(cosines),
        "passage_bm25": bm25(analyzed, terms),
        "sentence_bm25": highest(by_words),
        "word_pairs": bm25([pairs(own) for own in analyzed], list(asked.pairs)),
    }
    assert set(expected) == set(FEATURES)
    for column, name in enumerate(FEATURES):
        np.testing.assert_allclose(table.values[:, column], expected[name], atol=HALF, err_msg=name)
    np.testing.assert_allclose(table.sentence_cosine, cosines, atol=HALF)
    assert table.sentence_owner.tolist() == owner.tolist()


@pytest.mark.parametrize("question", QUESTIONS)
def test_coverage_is_the_share_of_the_questions_idf_that_is_held(
    retriever: Retriever, question: str
) -> None:
    passages = passages_of(retriever)
    table = table_of(retriever, question, np.arange(len(passages)))
    analyzed = [set(analyze(lexical_text(passage), passage.language)) for passage in passages]
    words = dict.fromkeys(question_words(question, retriever.index.languages).words)
    idf = {
        word: np.log1p((len(passages) - n + 0.5) / (n + 0.5))
        for word in words
        for n in [sum(not held.isdisjoint(word) for held in analyzed)]
    }
    total = sum(idf.values())
    assert table.total_idf == pytest.approx(total, rel=1e-5)
    at = 0
    for place, passage in enumerate(passages):
        together: set[tuple[str, ...]] = set()
        for sentence in passage.sentences:
            terms = set(analyze(sentence.text, passage.language))
            held = {word for word in idf if not terms.isdisjoint(word)}
            together |= held
            share = sum(idf[word] for word in held) / (total or 1)
            assert table.sentence_coverage[at] == pytest.approx(share, abs=1e-5)
            at += 1
        share = sum(idf[word] for word in together) / (total or 1)
        assert table.passage_coverage[place] == pytest.approx(share, abs=1e-5)


def test_some_rows_have_the_features_they_have_among_all(retriever: Retriever) -> None:
    count = retriever.index.passage_count
    everything = table_of(retriever, QUESTIONS[0], np.arange(count))
    some = np.array([1, 4, count - 1])
    table = table_of(retriever, QUESTIONS[0], some)
    np.testing.assert_array_equal(table.values, everything.values[some])
    kept = np.isin(everything.sentence_owner, some)
    np.testing.assert_array_equal(table.sentence_cosine, everything.sentence_cosine[kept])
    assert table.rows.tolist() == some.tolist()


def test_a_term_that_no_passage_holds_weighs_as_the_rarest() -> None:
    found = QuestionTerm("steam", 1.5, known=True)
    unknown = QuestionTerm("zeppelin", 0.0, known=False)
    idf, total = term_weights([found, unknown], passages=10)
    assert idf[1] > idf[0] == 1.5
    assert total == pytest.approx(idf.sum())
    assert term_weights([], passages=10)[1] == 0


def test_terms_that_some_of_a_few_passages_hold(retriever: Retriever) -> None:
    question = "Who added a separate condenser to the Danube?"
    rows = np.arange(retriever.index.passage_count)
    table = table_of(retriever, question, rows)
    terms = [term.term for term in retriever.index.question_terms(question)]
    passages = passages_of(retriever)
    for places in (rows, rows[:1], rows[::2], rows[:0]):
        held = {term for p in places for s in passages[p].sentences for term in analyze(s.text)}
        expected = [term in held for term in terms]
        assert table.held_by(places).tolist() == expected
