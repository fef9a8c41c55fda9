"""One unit vector for a question of any accepted length, none of it cut off."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qa_service.embedding.protocol import Embedder
from qa_service.errors import WindowExceeded
from qa_service.index.protocol import Vector


def question_vector(embedder: Embedder, text: str) -> Vector:
    """Return ``(d,)`` float32 of unit norm.

    A question longer than the model's window is split into sentences, and its vector is the
    normalised mean of theirs.
    """
    try:
        vector: Vector = embedder.embed([text])[0]
        return vector
    except WindowExceeded:
        mean = embedder.embed(_pieces(embedder, text)).mean(axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), dtype=np.float32)


def _pieces(embedder: Embedder, text: str) -> list[str]:
    """Return the text's sentences, those that exceed the window in halves of halves."""
    # Imported here: hardly a question needs them, and their patterns take 50 ms to load.
    from qa_service.chunking.sentences import split_sentences
    from qa_service.retrieval.windows import PIECE_CHARACTERS, fitting_windows

    def fits(texts: Sequence[str]) -> list[bool]:
        return [count <= embedder.identity.window for count in embedder.count_tokens(texts)]

    sentences = split_sentences(text, 0, len(text), max_characters=PIECE_CHARACTERS)
    return [part for sentence in sentences for part in fitting_windows(text, [sentence], fits)]
