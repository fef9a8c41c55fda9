"""What every embedder offers to the rooms above it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class EmbedderIdentity:
    """What an index must agree on with the embedder that queries it.

    ``weights_sha256`` is of the original weights; ``variant`` names what else changes vectors
    (numeric precision), so that vectors of two variants are never compared.
    """

    model: str
    weights_sha256: str
    dimension: int
    window: int
    variant: str


class Embedder(Protocol):
    """Texts in, unit vectors out. Deterministic, thread-safe, never truncating."""

    @property
    def identity(self) -> EmbedderIdentity: ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's length in the model's own tokens, special tokens included."""
        ...

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        """Return ``(len(texts), dimension)`` float32 rows of unit norm.

        ``progress`` is called with the number of model tokens each finished batch held.
        Raises WindowExceeded when a text is longer than ``identity.window``.
        """
        ...


@dataclass(frozen=True, slots=True)
class WordVectors:
    """One text word by word, as the model splits it, special tokens aside.

    ``spans[w]`` is where word ``w`` stands in the text, start and end in code points. A word is
    one token or several: ``vectors[t]`` is token ``t``'s last hidden state scaled to unit norm,
    ``(tokens, d)`` float32, and ``word[t]`` the word that it is of, ascending.
    """

    spans: tuple[tuple[int, int], ...]
    word: NDArray[np.int64]
    vectors: Matrix


@runtime_checkable
class WordEmbedder(Protocol):
    """An embedder that knows a vector of each word in its context; not every one does."""

    def embed_words(self, texts: Sequence[str]) -> list[WordVectors]:
        """Return each text's words; raises WindowExceeded as `Embedder.embed` does."""
        ...


@runtime_checkable
class LateEmbedder(Protocol):
    """An embedder that loads some of what it needs when it is first needed."""

    def prepare(self) -> None:
        """Load all of that now; safe to repeat, and to call while texts are embedded."""
        ...
