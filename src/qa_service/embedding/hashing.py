"""A tiny deterministic embedder: no model file, no download, the same vectors on every machine.

It stands in for a real model in tests and examples. Texts that share words, or parts of words, are
near; it knows nothing of meaning.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from qa_service.embedding.protocol import EmbedderIdentity, Matrix, Progress
from qa_service.embedding.window import require_within_window
from qa_service.errors import InvalidSettings

MODEL_NAME = "hashing"
WINDOW = 256

_TOKEN = re.compile(r"\w+|[^\w\s]")
_WORD = re.compile(r"\w+")
_SPECIAL_TOKENS = 2  # as the usual models count a start and an end mark
_FULL_WEIGHT_LENGTH = 8  # short words are mostly grammar: without a corpus, length stands for idf
_TRIGRAM_WEIGHT = 0.15
_SCHEME = "words+trigrams blake2b 1"
_PROGRESS_EVERY = 256


class HashingEmbedder:
    """Embeds by feature hashing (Weinberger et al. 2009): each word and each character trigram
    adds its weight, with a sign, to one of ``dimension`` places; term frequencies are damped by a
    square root, short words weigh less, and the row is scaled to unit norm.
    """

    def __init__(self, dimension: int = 64) -> None:
        if dimension < 2:
            raise InvalidSettings(f"dimension={dimension}: the hashing embedder needs at least 2")
        self._identity = EmbedderIdentity(
            model=MODEL_NAME,
            weights_sha256=hashlib.sha256(f"{_SCHEME} {dimension}".encode()).hexdigest(),
            dimension=dimension,
            window=WINDOW,
            variant="float32",
        )

    @property
    def identity(self) -> EmbedderIdentity:
        return self._identity

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return words and punctuation marks per text, plus two."""
        return [len(_TOKEN.findall(text)) + _SPECIAL_TOKENS for text in texts]

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        """Return ``(len(texts), dimension)`` float32 rows of unit norm; raises WindowExceeded."""
        counts = self.count_tokens(texts)
        require_within_window(texts, counts, WINDOW)
        rows = np.zeros((len(texts), self._identity.dimension), dtype=np.float32)
        for start in range(0, len(texts), _PROGRESS_EVERY):
            end = min(start + _PROGRESS_EVERY, len(texts))
            for row in range(start, end):
                rows[row] = self._vector(texts[row])
            if progress is not None:
                progress(sum(counts[start:end]))
        return rows

    def _vector(self, text: str) -> Matrix:
        vector = np.zeros(self._identity.dimension, dtype=np.float64)
        for feature, weight in _weighted_features(text):
            place, sign = _place(feature, len(vector))
            vector[place] += sign * weight
        norm = float(np.linalg.norm(vector))
        if norm < 1e-9:  # no feature at all, or signs that cancel: still a unit vector
            vector[0] = norm = 1.0
        return (vector / norm).astype(np.float32)


def _weighted_features(text: str) -> Iterator[tuple[str, float]]:
    words = Counter(word.casefold() for word in _WORD.findall(text))  # marks say nothing of content
    trigrams: Counter[str] = Counter()
    for word, times in words.items():
        framed = f"^{word}$"
        for start in range(len(framed) - 2):
            trigrams[framed[start : start + 3]] += times
    for word, times in words.items():
        yield (
            f"w {word}",
            math.sqrt(times) * min(len(word), _FULL_WEIGHT_LENGTH) / _FULL_WEIGHT_LENGTH,
        )
    for trigram, times in trigrams.items():
        yield f"t {trigram}", _TRIGRAM_WEIGHT * math.sqrt(times)


@lru_cache(maxsize=1 << 16)
def _place(feature: str, dimension: int) -> tuple[int, int]:
    # Python's own hash() is salted per process: an index built in one would be noise in the next.
    digest = hashlib.blake2b(feature.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    number = int.from_bytes(digest, "little")
    return (number >> 1) % dimension, 1 if number & 1 else -1
