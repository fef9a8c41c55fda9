from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from qa_service.embedding.hashing import HashingEmbedder
from qa_service.index.build import build_index
from qa_service.index.lexical.bm25 import LexicalIndex, build_lexical
from qa_service.index.local_index import OpenIndex
from qa_service.retrieval.retriever import Retriever
from qa_service.settings import Settings

from .mixed_languages import DOCUMENTS, QUESTIONS

NAMES = list(DOCUMENTS)
TEXTS = [text for _, text in DOCUMENTS.values()]
LANGUAGES = [language for language, _ in DOCUMENTS.values()]


def built(count: int) -> LexicalIndex:
    return build_lexical(
        TEXTS[:count],
        TEXTS[:count],
        passage_languages=LANGUAGES[:count],
        sentence_languages=LANGUAGES[:count],
    )


def found_first(index: LexicalIndex, question: str) -> str:
    rows = index.best_passages(index.question_terms(question), 1).rows
    return NAMES[int(rows[0])] if len(rows) else ""


@pytest.fixture(scope="module")
def index() -> LexicalIndex:
    return built(len(NAMES))


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    """Over the same documents as files, their languages left to be detected."""
    base = tmp_path_factory.mktemp("mixed")
    for name, text in zip(NAMES, TEXTS, strict=True):
        path = base / "corpus" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    settings = Settings.create(corpus=base / "corpus", index=base / "index", model="hashing")
    embedder = HashingEmbedder()
    build_index(settings, embedder)
    with Retriever.open(base / "index", settings, embedder=embedder) as retriever:
        yield retriever


@pytest.mark.parametrize("question", QUESTIONS)
def test_words_in_other_forms_find_their_document_in_a_corpus_of_five_languages(
    index: LexicalIndex, question: str
) -> None:
    assert found_first(index, question) == QUESTIONS[question]


def test_the_rules_of_one_language_for_all_find_fewer() -> None:
    plain = build_lexical(TEXTS, TEXTS)
    found = sum(found_first(plain, question) == name for question, name in QUESTIONS.items())
    assert found <= 22 < len(QUESTIONS) == 32


def test_words_of_one_language_are_not_missed_for_what_others_would_write(
    index: LexicalIndex,
) -> None:
    english, rows = built(3), np.arange(3)
    for question in list(QUESTIONS)[:6]:
        several, alone = index.question_terms(question), english.question_terms(question)
        assert [t.term for t in several] == [t.term for t in alone]
        assert [t.known for t in several] == [t.known for t in alone]
        held = index.sentence_matches(several, rows)[1]
        assert np.array_equal(held, english.sentence_matches(alone, rows)[1])


def test_an_index_knows_the_language_of_each_document_and_passage(retriever: Retriever) -> None:
    opened = retriever.index
    assert isinstance(opened, OpenIndex)
    assert list(opened.languages) == sorted(set(LANGUAGES))
    by_id = {info.id: info.language for info in opened.documents()}
    assert by_id == dict(zip(NAMES, LANGUAGES, strict=True))
    for passage in opened.passages(range(opened.passage_count)):
        assert passage.language == by_id[passage.document_id]


def test_documents_can_be_filtered_by_their_language(retriever: Retriever) -> None:
    for language in ("tr", "ru"):
        only = {"type": "eq", "key": "language", "value": language}
        reply = retriever.retrieve("Berlin", top_k=20, filters=only)
        assert {evidence.passage.language for evidence in reply.evidence} == {language}
