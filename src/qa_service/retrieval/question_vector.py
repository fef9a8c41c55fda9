"""One unit vector for a question of any accepted length, none of it cut off."""

from __future__ import annotations

import numpy as np

from qa_service.embedding.protocol import Embedder
from qa_service.errors import WindowExceeded
from qa_service.index.protocol import Vector
from qa_service.records import Span

_PIECE_CHARACTERS = 300


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
    from qa_service.chunking.cutting import halve
    from qa_service.chunking.sentences import split_sentences

    waiting = split_sentences(text, 0, len(text), max_characters=_PIECE_CHARACTERS)
    fitting: list[Span] = []
    while waiting:
        counts = embedder.count_tokens([text[span.start : span.end] for span in waiting])
        window = embedder.identity.window
        halves: list[Span] = []
        for span, count in zip(waiting, counts, strict=True):
            if count <= window:
                fitting.append(span)
            else:  # even one grapheme cluster may be longer: a letter under hundreds of accents
                halves += halve(text, span)
        waiting = halves
    return [text[span.start : span.end] for span in sorted(fitting, key=lambda span: span.start)]
