from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from qa_service.embedding.hashing import HashingEmbedder
from qa_service.embedding.protocol import Matrix, Progress
from qa_service.errors import ModelDamaged, WindowExceeded
from qa_service.index.building import embedded
from qa_service.index.building.embedded import EmbeddedTexts, KnownVectors, embed_distinct

GROUPS = [["alpha beta", "gamma"], ["gamma", "alpha beta", "delta", "gamma"]]


class CountingEmbedder(HashingEmbedder):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        self.seen.extend(texts)
        return super().embed(texts, progress)


class BrokenEmbedder(HashingEmbedder):
    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        rows = super().embed(texts, progress)
        rows[-1] = np.nan
        return rows


@pytest.mark.parametrize("size", [1, 2, 100])
def test_each_distinct_text_is_embedded_once(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_SLICE", size)
    embedder = CountingEmbedder()
    texts = EmbeddedTexts.of(GROUPS, embedder)
    heard: list[int] = []
    embed_distinct(texts, embedder, heard.append)
    assert list(dict.fromkeys(embedder.seen)) == ["alpha beta", "gamma", "delta"]
    assert sum(heard) == texts.model_tokens == sum(embedder.count_tokens(texts.distinct))
    assert texts.truncated == 0
    for number, group in enumerate(GROUPS):
        expected = HashingEmbedder().embed(group).astype(np.float16)
        assert np.array_equal(texts.vectors(number), expected)


def test_a_known_text_is_neither_counted_nor_embedded() -> None:
    first = EmbeddedTexts.of(GROUPS, HashingEmbedder())
    embed_distinct(first, HashingEmbedder(), lambda _: None)
    rows = {text: place for place, text in enumerate(first.distinct)}
    known = KnownVectors(rows, (first.matrix[:1], first.matrix[1:]))
    embedder = CountingEmbedder()
    texts = EmbeddedTexts.of([["gamma", "new", "alpha beta"], ["delta", "newer"]], embedder, known)
    assert [texts.distinct[place] for place in texts.new] == ["new", "newer"]
    assert texts.model_tokens == sum(embedder.count_tokens(["new", "newer"]))
    embed_distinct(texts, embedder, lambda _: None, known)
    assert embedder.seen == ["new", "newer"]
    fresh = HashingEmbedder().embed(texts.distinct).astype(np.float16)
    assert np.array_equal(texts.matrix, fresh)


def test_a_text_alone_gets_the_vector_that_it_has_among_others() -> None:
    class Asked(HashingEmbedder):
        """Answers to a text alone in another way, as an embedder may that serves questions."""

        def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
            rows = super().embed(texts, progress)
            return -rows if len(texts) == 1 else rows

    together, alone = (EmbeddedTexts.of([group], Asked()) for group in (["one", "two"], ["one"]))
    heard: list[int] = []
    for texts in (together, alone):
        embed_distinct(texts, Asked(), heard.append)
    assert np.array_equal(together.matrix[:1], alone.matrix)
    assert heard == [together.model_tokens, alone.model_tokens]


def test_a_text_beyond_the_window_is_refused_by_name() -> None:
    with pytest.raises(WindowExceeded, match=r"'word word .*302 tokens exceed the 256"):
        EmbeddedTexts.of([["fine", "word " * 300]], HashingEmbedder())


def test_vectors_that_are_no_unit_vectors_are_refused() -> None:
    texts = EmbeddedTexts.of(GROUPS, BrokenEmbedder())
    with pytest.raises(ModelDamaged, match="unit vectors"):
        embed_distinct(texts, BrokenEmbedder(), lambda _: None)
