from __future__ import annotations

import numpy as np
import pytest

from qa_service.embedding.hashing import WINDOW, HashingEmbedder
from qa_service.retrieval.question_vector import question_vector


def test_a_short_question_is_embedded_as_it_stands() -> None:
    embedder = HashingEmbedder()
    question = "Who added a separate condenser?"
    assert np.array_equal(question_vector(embedder, question), embedder.embed([question])[0])


@pytest.mark.parametrize(
    "text",
    [
        "Who added a condenser to the engine? " * 60,
        "word " * 1000,
        "?!" * 1000 + "a",
        "蒸気機関" * 400,
        "." * 1999 + "x",
        "e" + "\u0301" * 1999,  # one grapheme cluster
        "👩" + "\u200d👩" * 900 + "a",
    ],
)
def test_a_question_longer_than_the_window_has_a_unit_vector(text: str) -> None:
    embedder = HashingEmbedder()
    vector = question_vector(embedder, text)
    assert vector.shape == (embedder.identity.dimension,)
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_the_end_of_a_long_question_counts_as_much_as_its_beginning() -> None:
    embedder = HashingEmbedder()
    filler = "The weather was fine and the road was long on that day. " * 40
    assert embedder.count_tokens([filler])[0] > WINDOW
    plain = question_vector(embedder, filler)
    asked = "Condenser condenser condenser condenser condenser? " * 8
    for text in (asked + filler, filler + asked):
        vector = question_vector(embedder, text)
        [wanted] = embedder.embed(["condenser"])
        assert vector @ wanted > plain @ wanted + 0.1
