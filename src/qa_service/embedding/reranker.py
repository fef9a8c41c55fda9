"""What every reranker offers to the rooms above it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Logits = NDArray[np.float32]


class Reranker(Protocol):
    """A question and texts in, one score a text out. Deterministic, thread-safe, never truncating.

    Unlike an embedder it reads the question and a text together, so nothing can be computed
    before the question is asked: its cost is per text and question.
    """

    @property
    def window(self) -> int:
        """Most tokens of a question and a text together, special tokens included."""
        ...

    def count_tokens(self, question: str, texts: Sequence[str]) -> list[int]:
        """Return the length of the question with each text, special tokens included."""
        ...

    def score(self, question: str, texts: Sequence[str]) -> Logits:
        """Return ``(len(texts),)`` float32, higher where a text answers better.

        The scores are logits: without bounds, and ``1 / (1 + exp(-score))`` lies between 0 and 1.
        Raises WindowExceeded when the question and a text are longer than ``window``.
        """
        ...
