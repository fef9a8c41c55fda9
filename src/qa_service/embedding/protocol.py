"""What every embedder offers to the rooms above it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

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
