"""A tiny deterministic reranker: no model file, the same scores on every machine.

It stands in for a cross-encoder in tests and examples, and knows nothing of meaning.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from qa_service.embedding.reranker import Logits
from qa_service.embedding.window import require_within_window

MODEL_NAME = "word-overlap"
WINDOW = 256

_WORD = re.compile(r"\w+")
_SPECIAL_TOKENS = 3  # as the usual models count a start mark and an end mark after each text
_STEEPNESS = 8.0  # all words found: a logit of 4, as trained models give where they are sure


class WordOverlapReranker:
    """Scores by the share of the question's distinct words that a text holds."""

    @property
    def window(self) -> int:
        return WINDOW

    def count_tokens(self, question: str, texts: Sequence[str]) -> list[int]:
        """Return the words of the question and of each text together, plus three."""
        asked = len(_WORD.findall(question)) + _SPECIAL_TOKENS
        return [asked + len(_WORD.findall(text)) for text in texts]

    def score(self, question: str, texts: Sequence[str]) -> Logits:
        """Return ``(len(texts),)`` float32 between -4 (no word) and 4 (every word)."""
        require_within_window(
            texts, self.count_tokens(question, texts), WINDOW, setting="QA_RERANKER"
        )
        asked = _words(question)
        shares = [len(asked & _words(text)) / max(len(asked), 1) for text in texts]
        return (_STEEPNESS * (np.array(shares, dtype=np.float32) - 0.5)).astype(np.float32)


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}
