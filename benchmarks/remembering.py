"""An embedder that embeds no text twice, for runs that index the same documents many times."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa_service.embedding.protocol import (
    Embedder,
    EmbedderIdentity,
    Matrix,
    Progress,
    WordEmbedder,
    WordVectors,
)


class RememberingEmbedder:
    """Passes on what it has not seen yet; the memory it takes grows with every distinct text."""

    def __init__(self, embedder: Embedder) -> None:
        if not isinstance(embedder, WordEmbedder):
            raise TypeError(f"{embedder.identity.model} knows no vectors of words")
        self._words: WordEmbedder = embedder
        self._embedder = embedder
        self._known: dict[str, NDArray[np.float32]] = {}
        self._known_words: dict[str, WordVectors] = {}

    @property
    def identity(self) -> EmbedderIdentity:
        return self._embedder.identity

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._embedder.count_tokens(texts)

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._embedder.embed(new, progress), strict=True))
        return np.stack([self._known[text] for text in texts])

    def embed_words(self, texts: Sequence[str]) -> list[WordVectors]:
        new = [text for text in dict.fromkeys(texts) if text not in self._known_words]
        if new:
            self._known_words.update(zip(new, self._words.embed_words(new), strict=True))
        return [self._known_words[text] for text in texts]
