from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from conftest import write_corpus
from qa_service.embedding.hashing import HashingEmbedder
from qa_service.embedding.protocol import EmbedderIdentity, WordEmbedder, WordVectors
from qa_service.embedding.window import require_within_window
from qa_service.index.build import build_index
from qa_service.index.protocol import SearchIndex
from qa_service.records import Passage, Retrieval
from qa_service.retrieval.confidence import Calibration, Doubt, default_calibration
from qa_service.retrieval.question import Question, read_question
from qa_service.retrieval.retriever import Retriever
from qa_service.retrieval.second_look import SecondLook, SecondLooker
from qa_service.settings import Settings

KEEPER = "The keeper of the lighthouse rowed to the island with oil, bread and letters."
FOREIGN = "Which lawyer taxed the keeper of the bank?"


class Wordy(HashingEmbedder):
    """Knows words: two have cosine 1 where they are written alike, else nearly 0."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def embed_words(self, texts: Sequence[str]) -> list[WordVectors]:
        require_within_window(texts, [len(t.split()) for t in texts], self.identity.window)
        self.read += texts
        found = []
        for text in texts:
            words = list(re.finditer(r"\w+|[^\w\s]", text))
            rows = np.zeros((len(words), 4096), np.float32)
            for row, word in zip(rows, words, strict=True):
                row[int.from_bytes(word[0].lower().encode(), "big") % 4093] = 1
            spans = tuple(word.span() for word in words)
            found.append(WordVectors(spans, np.arange(len(words)), rows))
        return found


class Shelf:
    """Of an index what a second look needs: passages of these texts."""

    def __init__(self, texts: Sequence[str], language: str = "en") -> None:
        self.languages = (language,)
        self._texts = texts

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        return [
            Passage(str(row), "a.txt", "", 0, len(self._texts[row]), self._texts[row], 10)
            for row in rows
        ]


def looker(
    texts: Sequence[str], embedder: WordEmbedder | None = None, language: str = "en"
) -> SecondLooker:
    return SecondLooker(embedder or Wordy(), cast("SearchIndex", Shelf(texts, language)))


def question(text: str) -> Question:
    return read_question(text, max_characters=10_000)


def look(text: str, *texts: str, language: str = "en", missing: int = 3) -> SecondLook | None:
    return looker(texts, language=language).look(question(text), range(len(texts)), missing)


def test_a_question_in_the_words_of_the_passage_has_no_unmatched_words() -> None:
    found = look("Who rowed to the island with bread?", KEEPER)
    assert found is not None
    assert found.unmatched_words == 0


def test_three_words_without_a_counterpart_are_unmatched_and_named_in_order() -> None:
    found = look(FOREIGN, KEEPER)
    assert found is not None
    assert found.unmatched_words == pytest.approx(0.25)
    assert found.words == ("lawyer", "taxed", "bank")


def test_a_counterpart_in_any_of_the_passages_counts() -> None:
    found = look(FOREIGN, KEEPER, "A lawyer.", "The bank.")
    assert found is not None
    assert found.unmatched_words == 0


def test_one_or_two_foreign_words_among_others_are_a_paraphrase() -> None:
    found = look("Was the lawyer of the bank on the island of the lighthouse?", KEEPER)
    assert found is not None
    assert found.unmatched_words == 0


def test_stop_words_signs_and_lone_letters_are_not_compared() -> None:
    found = look("Whose is it, and why is the keeper\u2019s?", KEEPER)
    assert found is not None
    assert found.words == ("keeper",)
    assert look("Who is it?", KEEPER) is None


def test_stop_words_are_those_of_the_questions_language() -> None:
    found = look("Wer ist die Frau mit dem Brot?", "Brot Frau", language="de")
    assert found is not None
    assert found.words == ("Frau", "Brot")


def test_a_question_longer_than_the_models_window_is_not_looked_at() -> None:
    assert looker([KEEPER], Tight()).look(question("keeper " * 1_000), [0], 3) is None


def test_where_fewer_than_three_words_are_missing_nothing_is_read() -> None:
    embedder = Wordy()
    found = looker([KEEPER], embedder).look(question(FOREIGN), [0], 2)
    assert found == SecondLook(0.0, ())
    assert embedder.read == []


class Tight(Wordy):
    """Has a small window."""

    @property
    def identity(self) -> EmbedderIdentity:
        return replace(super().identity, window=8)


def test_passages_read_last_are_kept_and_change_nothing() -> None:
    embedder = Wordy()
    texts = [f"{KEEPER} Again {number}." for number in range(70)]
    looking, asked = looker(texts, embedder), question(FOREIGN)
    first = [looking.look(asked, [row], 3) for row in range(70)]
    assert len(embedder.read) == 140
    again = [looking.look(asked, [row], 3) for row in reversed(range(70))]
    assert len(embedder.read) == 140 + 70 + 38  # 32 were kept
    assert again[::-1] == first


def test_an_embedder_without_words_has_no_second_look() -> None:
    assert not isinstance(HashingEmbedder(), WordEmbedder)
    shelf = cast("SearchIndex", Shelf([KEEPER]))
    assert SecondLooker.of(HashingEmbedder(), shelf) is None
    assert SecondLooker.of(Wordy(), shelf) is not None


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    corpus = write_corpus(tmp_path / "corpus", {"a.txt": KEEPER})
    settings = Settings.create(corpus=corpus, index=tmp_path / "index", model="hashing")
    build_index(settings, HashingEmbedder())
    return settings


def test_the_retriever_looks_twice_in_doubt_and_only_then(settings: Settings) -> None:
    shipped, embedder = default_calibration(), Wordy()
    always = replace(shipped, threshold=0.01, doubt=Doubt(-1, 2, 100.0))
    never = replace(always, doubt=Doubt(2, 3, 100.0))
    with Retriever.open(settings.index, settings, embedder=embedder) as opened:

        def ask(question: str, calibration: Calibration = always) -> Retrieval:
            asking = Retriever(opened.index, embedder, settings, calibration=calibration)
            return asking.retrieve(question)

        def unmatched(reply: Retrieval) -> float | None:
            return (reply.signals or {}).get("unmatched_words")

        reply = ask(FOREIGN)
        assert unmatched(reply) == pytest.approx(0.25)
        assert not reply.answerable
        assert (reply.reason or "").endswith("nothing close to “lawyer”, “taxed”, “bank”.")
        assert ask(FOREIGN, never).confidence == pytest.approx(reply.confidence * math.exp(25))
        assert ask("Who rowed to the island with bread?").answerable
        embedder.read.clear()
        assert unmatched(ask(FOREIGN, never)) is None
        assert embedder.read == []
