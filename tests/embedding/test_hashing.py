from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from qa_service.embedding.hashing import HashingEmbedder
from qa_service.errors import InvalidSettings, WindowExceeded

TEXTS = [
    "The harbour was rebuilt in 1910.",
    "Harbour rebuilding took ten years.",
    "Rice grows in warm, wet fields.",
]


def test_rows_are_float32_of_unit_norm_even_for_texts_without_words() -> None:
    rows = HashingEmbedder(32).embed([*TEXTS, "", "   ", "?!", "\ud800"])
    assert rows.shape == (7, 32)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)


def test_texts_that_share_words_are_nearer() -> None:
    first, second, third = HashingEmbedder().embed(TEXTS)
    assert first @ second > first @ third + 0.1


def test_texts_that_share_parts_of_words_are_nearer() -> None:
    first, second, third = HashingEmbedder(256).embed(["rebuilding", "rebuilt", "zebra"])
    assert first @ second > first @ third + 0.1


def test_another_process_with_another_hash_seed_gives_the_same_bytes() -> None:
    code = (
        "import sys; from qa_service.embedding.hashing import HashingEmbedder; "
        "sys.stdout.write(HashingEmbedder().embed(sys.argv[1:]).tobytes().hex())"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code, *TEXTS],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert outputs == {HashingEmbedder().embed(TEXTS).tobytes().hex()}


def test_no_texts_give_no_rows() -> None:
    assert HashingEmbedder(8).embed([]).shape == (0, 8)


def test_text_longer_than_the_window_is_refused_by_name() -> None:
    embedder = HashingEmbedder()
    fits = " ".join(["word"] * (embedder.identity.window - 2))
    assert embedder.embed([fits]).shape == (1, 64)
    with pytest.raises(WindowExceeded, match=r"'word word.* 257 model tokens.*window of 256"):
        embedder.embed(["short", fits + " more"])


def test_progress_adds_up_to_all_tokens() -> None:
    embedder, seen = HashingEmbedder(), list[int]()
    texts = TEXTS * 200
    embedder.embed(texts, seen.append)
    assert len(seen) == 3
    assert sum(seen) == sum(embedder.count_tokens(texts))


def test_tokens_are_words_and_marks_plus_two() -> None:
    assert HashingEmbedder().count_tokens(["a b, c", ""]) == [6, 2]


def test_identities_of_two_dimensions_differ() -> None:
    assert HashingEmbedder(8).identity.weights_sha256 != HashingEmbedder(9).identity.weights_sha256


def test_useless_dimension_is_refused() -> None:
    with pytest.raises(InvalidSettings, match="dimension=1"):
        HashingEmbedder(1)


def test_threads_agree_with_one_thread() -> None:
    embedder = HashingEmbedder()
    expected = embedder.embed(TEXTS)
    with ThreadPoolExecutor(8) as pool:
        for rows in pool.map(lambda _: embedder.embed(TEXTS), range(40)):
            assert np.array_equal(rows, expected)
