"""What an index promises, over arbitrary texts, arbitrary postings and arbitrary vectors."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_service.embedding.hashing import HashingEmbedder
from qa_service.index.lexical.analysis import analyze
from qa_service.index.lexical.postings import build_postings
from qa_service.index.lexical.vocabulary import Vocabulary
from qa_service.index.local_index import OpenIndex
from qa_service.index.ranking import best_rows
from qa_service.index.reader import open_index
from qa_service.index.vectors.flat import FlatVectors
from qa_service.index.verify import verify_index

from .small_index import indexed

LATIN = ["Steam", "engine", "the", "e\u0301cole", "1,500", "don't", "\ufb01n"]
OTHER = ["Волга", "蒸気機関", "ไทย", "😀"]
WORDS = st.sampled_from(LATIN + OTHER)
LINES = st.lists(WORDS, max_size=12).map(lambda words: " ".join(words) + ".")
PROSE = st.lists(LINES, max_size=6).map("\n\n".join)
ANYTHING = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=300)
CORPORA = st.dictionaries(
    st.sampled_from(["a.txt", "b.md", "deep/c.txt", "ö d.md"]),
    st.one_of(PROSE, ANYTHING),
    min_size=1,
)


def build(folder: Path, corpus: dict[str, str]) -> OpenIndex:
    return open_index(indexed(folder, corpus).index)


@settings(max_examples=40, deadline=None)
@given(CORPORA)
def test_every_passage_and_sentence_is_its_slice_of_the_document(corpus: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as name, build(Path(name), corpus) as index:
        passages = index.passages(range(index.passage_count))
        row = 0
        for number, passage in enumerate(passages):
            text = index.document(passage.document_id).text
            assert text[passage.start : passage.end] == passage.text
            rows, _ = index.sentence_rows(np.array([number]))
            assert rows.tolist() == list(range(row, row + len(passage.sentences)))
            assert index.passages_of_sentences(rows).tolist() == [number] * len(rows)
            row += len(rows)
            if index.joinable(number):
                joined = index.joined(number, number + 1)
                assert text[joined.start : joined.end] == joined.text
            for sentence in passage.sentences:
                assert text[sentence.start : sentence.end] == sentence.text
                assert passage.start <= sentence.start < sentence.end <= passage.end
        assert row == index.sentence_count
        assert verify_index(Path(name) / "index").problems == ()


@settings(max_examples=25, deadline=None)
@given(CORPORA, PROSE)
def test_the_same_corpus_ranks_the_same(corpus: dict[str, str], question: str) -> None:
    found = []
    for _ in range(2):
        with tempfile.TemporaryDirectory() as name, build(Path(name), corpus) as index:
            vector = HashingEmbedder().embed([question[:200]])[0]
            terms = index.question_terms(question)
            hits = (
                index.nearest_passages(vector, 5),
                index.nearest_sentences(vector, 5),
                index.best_lexical(terms, 5),
            )
            found.append([(each.rows.tolist(), each.scores.tolist()) for each in hits])
    assert found[0] == found[1]
    for rows, scores in found[0]:
        ranked = list(zip(scores, rows, strict=True))
        assert ranked == sorted(ranked, key=lambda hit: (-hit[0], hit[1]))


@given(ANYTHING)
def test_terms_hold_no_space_and_no_upper_case(text: str) -> None:
    terms = analyze(text)
    assert terms == analyze(text)
    for term in terms:
        assert term
        assert not any(character.isspace() for character in term)
        assert term == term.lower()


@given(st.lists(st.lists(st.integers(0, 9), max_size=12), max_size=20), st.data())
def test_scores_at_rows_and_memberships_agree_with_the_whole(
    units: list[list[int]], data: st.DataObject
) -> None:
    postings = build_postings([np.array(unit, np.int32) for unit in units], 10)
    terms = data.draw(st.lists(st.integers(-1, 9), max_size=6))
    rows = np.array(
        data.draw(st.lists(st.integers(0, max(len(units) - 1, 0)), max_size=9 if units else 0)),
        dtype=np.int64,
    )
    scores = postings.scores(terms)
    assert np.array_equal(postings.scores_at(terms, rows), scores[rows])
    assert np.all(scores >= 0)
    held = postings.matches_at(terms, rows)[1]
    assert held.tolist() == [[term in units[row] for term in terms] for row in rows]
    assert np.array_equal(held.any(axis=1), scores[rows] > 0)


@given(st.lists(st.integers(0, 5), max_size=40), st.integers(0, 50))
def test_best_rows_are_a_full_sort_cut_short(values: list[int], k: int) -> None:
    scores = np.array(values, dtype=np.float32)
    expected = sorted((r for r, v in enumerate(values) if v > 0), key=lambda r: (-values[r], r))
    assert best_rows(scores, k).rows.tolist() == expected[:k]


@given(st.sets(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"))))
def test_a_vocabulary_numbers_its_terms_in_order(terms: set[str]) -> None:
    vocabulary = Vocabulary.of(terms)
    assert sorted(vocabulary.id_of(term) for term in terms) == list(range(len(terms)))
    assert all(vocabulary[vocabulary.id_of(term)].decode() == term for term in terms)


@given(
    st.lists(st.integers(0, 3), min_size=1, max_size=60),
    st.integers(1, 70),
    st.integers(0, 2**32 - 1),
)
def test_nearest_is_exact_with_ties_by_row(pattern: list[int], k: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    distinct = random.standard_normal((4, 8))
    distinct /= np.linalg.norm(distinct, axis=1, keepdims=True)
    matrix = distinct.astype(np.float16)[pattern]  # few distinct vectors, so mostly ties
    question = distinct[0].astype(np.float32)
    allowed = random.random(len(pattern)) < 0.7
    for mask in (None, allowed):
        hits = FlatVectors.of(matrix).nearest(question, k, mask)
        rows = np.arange(len(pattern)) if mask is None else np.flatnonzero(mask)
        cosines = FlatVectors.of(matrix).cosines(question, rows)
        order = np.lexsort((rows, -cosines))[:k]
        assert hits.rows.tolist() == rows[order].tolist()
