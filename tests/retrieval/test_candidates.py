from __future__ import annotations

import numpy as np
import pytest

from conftest import QUESTIONS
from qa_service.index.local_index import OpenIndex
from qa_service.retrieval.candidates import candidate_rows
from qa_service.retrieval.question_vector import question_vector
from qa_service.retrieval.retriever import Retriever


def by_hand(retriever: Retriever, question: str, k: int, allowed: np.ndarray | None) -> set[int]:
    """The union of three full sorts, over plain arrays, copies of a better hit left out."""
    index = retriever.index
    assert isinstance(index, OpenIndex)
    vector = question_vector(retriever.embedder, question)
    rows = np.arange(index.passage_count)
    owner = index.passages_of_sentences(np.arange(index.sentence_count))
    wanted = np.ones(len(rows), bool) if allowed is None else allowed
    passages = index.passage_cosines(vector, rows)
    sentences = index.sentence_cosines(vector, np.arange(index.sentence_count))
    words = index.passage_lexical(index.question_terms(question), rows)

    texts = [passage.text for passage in index.passages(rows.tolist())]

    def best(scores: np.ndarray, among: np.ndarray, passage: np.ndarray, count: int) -> list[int]:
        kept: list[int] = []
        told_by: dict[str, int] = {}
        for hit in sorted(np.flatnonzero(among).tolist(), key=lambda row: (-scores[row], row)):
            row = int(passage[hit])
            if told_by.setdefault(texts[row], row) == row:
                kept.append(row)
        return kept[:count]

    return {
        *best(passages, wanted, rows, k),
        *best(sentences, wanted[owner], owner, 2 * k),
        *best(words, wanted & (words > 0), rows, k),
    }


@pytest.mark.parametrize("k", [1, 3, 100])
@pytest.mark.parametrize("question", QUESTIONS)
def test_candidates_are_the_union_of_three_retrievers(
    retriever: Retriever, question: str, k: int
) -> None:
    vector = question_vector(retriever.embedder, question)
    terms = retriever.index.question_terms(question)
    for allowed in (None, retriever.index.passage_mask(["engines.md", "rivers/danube.md"])):
        rows = candidate_rows(retriever.index, vector, terms, k, allowed)
        assert rows.tolist() == sorted(by_hand(retriever, question, k, allowed))
        if allowed is not None:
            assert allowed[rows].all()


def test_each_retriever_brings_in_what_the_others_miss(retriever: Retriever) -> None:
    # One candidate each: words alone find a row that neither vector search puts first.
    index = retriever.index
    question = "Who added a separate condenser?"
    far = retriever.embedder.embed(["двенадцать пород кур и гусей"])[0]
    rows = candidate_rows(index, far, index.question_terms(question), 1, None)
    ids = [passage.document_id for passage in index.passages(rows.tolist())]
    assert set(ids) == {"engines.md", "наука/глава.txt"}


def test_a_question_whose_words_are_all_unknown_still_has_candidates(retriever: Retriever) -> None:
    vector = question_vector(retriever.embedder, "zzyzx")
    terms = retriever.index.question_terms("zzyzx")
    assert len(candidate_rows(retriever.index, vector, terms, 2, None)) >= 2
