from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from qa_service.embedding import model_embedder
from qa_service.embedding.batching import PADDED_TOKENS, Ids
from qa_service.embedding.model_embedder import ModelEmbedder
from qa_service.embedding.protocol import Matrix
from qa_service.errors import WindowExceeded

from .small_parts import DIMENSION, WINDOW, WORDS, write_export


class SumOfIds:
    """A runtime whose row says which ids it was given: their sum, and how many."""

    streams = 3

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []
        self.prepared: list[int | None] = []

    def prepare(self, width: int | None = None) -> None:
        self.prepared.append(width)

    def run(self, ids: Ids, mask: Ids) -> Matrix:
        self.shapes.append(ids.shape)
        rows = np.zeros((len(ids), DIMENSION), np.float32)
        rows[:, 0] = (ids * mask).sum(axis=1)
        rows[:, 1] = mask.sum(axis=1)
        rows[:, 2] = (ids * (1 - mask)).sum(axis=1)
        return rows

    def run_tokens(self, ids: Ids, mask: Ids) -> tuple[Matrix, Matrix]:
        states = np.zeros((*ids.shape, DIMENSION), np.float32)
        states[..., 0] = ids
        states[..., 1] = 1
        return self.run(ids, mask), states


@pytest.fixture
def runtime() -> SumOfIds:
    return SumOfIds()


@pytest.fixture
def embedder(tmp_path: Path, runtime: SumOfIds) -> ModelEmbedder:
    return ModelEmbedder("small", write_export(tmp_path / "export"), runtime)


def texts(count: int) -> list[str]:
    rng = np.random.default_rng(7)
    return [" ".join(rng.choice(WORDS, rng.integers(0, WINDOW - 1))) for _ in range(count)]


def test_identity_is_the_export_under_the_models_name(embedder: ModelEmbedder) -> None:
    identity = embedder.identity
    assert (identity.model, identity.variant, identity.window) == ("small", "float32", WINDOW)
    assert identity.weights_sha256 == "ab" * 32


def test_rows_come_back_in_the_order_of_the_texts(
    embedder: ModelEmbedder, runtime: SumOfIds
) -> None:
    some = texts(300)
    rows = embedder.embed(some)
    assert len(runtime.shapes) > 1
    for text, row in zip(some, rows, strict=True):
        assert np.array_equal(embedder.embed([text])[0], row)


def test_more_texts_than_are_taken_at_a_time_are_all_embedded(
    embedder: ModelEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = texts(100)
    expected = embedder.embed(some)
    monkeypatch.setattr(model_embedder, "_TEXTS_AT_A_TIME", 7)
    assert np.array_equal(embedder.embed(some), expected)


def test_no_batch_exceeds_the_budget(embedder: ModelEmbedder, runtime: SumOfIds) -> None:
    embedder.embed(texts(1000))
    assert max(rows * width for rows, width in runtime.shapes) <= PADDED_TOKENS


class Counting(SumOfIds):
    """Holds each batch back until another one is in work too, and remembers that it was."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._in_work = 0
        self.met = threading.Event()

    def run(self, ids: Ids, mask: Ids) -> Matrix:
        with self._lock:
            self._in_work += 1
            if self._in_work == 2:
                self.met.set()
        self.met.wait(10)
        with self._lock:
            self._in_work -= 1
            return super().run(ids, mask)


def test_batches_are_computed_side_by_side_and_land_in_their_rows(
    tmp_path: Path, embedder: ModelEmbedder
) -> None:
    runtime, some = Counting(), texts(700)
    rows = ModelEmbedder("small", write_export(tmp_path / "other"), runtime).embed(some)
    assert runtime.met.is_set()
    assert np.array_equal(rows, embedder.embed(some))


def test_a_batch_that_fails_fails_the_call(
    embedder: ModelEmbedder, runtime: SumOfIds, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(ids: Ids, mask: Ids) -> Matrix:
        raise RuntimeError("no memory")

    monkeypatch.setattr(runtime, "run", fail)
    with pytest.raises(RuntimeError, match="no memory"):
        embedder.embed(texts(700))


def test_padding_is_masked_and_of_the_models_own_id(embedder: ModelEmbedder) -> None:
    assert not embedder.embed(texts(50))[:, 2].any()


def test_no_texts_give_no_rows_and_no_work(embedder: ModelEmbedder, runtime: SumOfIds) -> None:
    assert embedder.embed([]).shape == (0, DIMENSION)
    assert runtime.shapes == []


@pytest.mark.parametrize("count", [1, 2, 500])
def test_progress_adds_up_to_all_tokens(embedder: ModelEmbedder, count: int) -> None:
    some, seen = texts(count), list[int]()
    embedder.embed(some, seen.append)
    assert sum(seen) == sum(embedder.count_tokens(some))


def test_text_that_fills_the_window_is_embedded_whole(embedder: ModelEmbedder) -> None:
    full = " ".join(["alpha"] * (WINDOW - 2))
    assert embedder.embed([full])[0, 1] == WINDOW


@pytest.mark.parametrize("others", [[], ["beta"]])
def test_text_over_the_window_is_refused_never_cut(
    embedder: ModelEmbedder, others: list[str], runtime: SumOfIds
) -> None:
    long = " ".join(["alpha"] * (WINDOW - 1))
    with pytest.raises(WindowExceeded, match=r"'alpha alpha.* has 13 model tokens.*window of 12"):
        embedder.embed([*others, long])
    assert runtime.shapes == []


def test_words_come_back_in_the_order_of_the_texts_with_where_they_stand(
    embedder: ModelEmbedder, runtime: SumOfIds
) -> None:
    some = [*texts(200), "", "alpha  beta?"]
    found = embedder.embed_words(some)
    assert len(runtime.shapes) > 1
    for text, words in zip(some, found, strict=True):
        assert [text[start:end] for start, end in words.spans] == text.replace("?", " ?").split()
        assert words.word.tolist() == list(range(len(words.spans)))
        assert words.vectors.shape == (len(words.spans), DIMENSION)
    assert np.allclose(found[-1].vectors[:2, 0] / found[-1].vectors[:2, 1], [3, 4])


def test_vectors_of_words_have_unit_norm(embedder: ModelEmbedder) -> None:
    [words] = embedder.embed_words(["alpha beta gamma"])
    assert np.allclose(np.linalg.norm(words.vectors, axis=1), 1, atol=1e-6)


def test_words_of_a_text_over_the_window_are_refused(
    embedder: ModelEmbedder, runtime: SumOfIds
) -> None:
    with pytest.raises(WindowExceeded, match="window of 12"):
        embedder.embed_words(["alpha", " ".join(["alpha"] * (WINDOW - 1))])
    assert runtime.shapes == []


def test_the_words_of_the_text_embedded_last_are_not_computed_again(
    embedder: ModelEmbedder, runtime: SumOfIds
) -> None:
    [expected] = embedder.embed_words(["alpha beta"])
    embedder.embed(["alpha beta"])
    runtime.shapes.clear()
    [words] = embedder.embed_words(["alpha beta"])
    assert runtime.shapes == []
    assert np.array_equal(words.vectors, expected.vectors)
    [others] = embedder.embed_words(["alpha gamma"])
    assert len(runtime.shapes) == 1
    assert not np.array_equal(others.vectors, expected.vectors)


def test_threads_keep_their_own_last_text(embedder: ModelEmbedder) -> None:
    some = texts(40)
    expected = [words.vectors for words in embedder.embed_words(some)]

    def ask(place: int) -> bool:
        embedder.embed([some[place]])
        [words] = embedder.embed_words([some[place]])
        return np.array_equal(words.vectors, expected[place])

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, list(range(40)) * 5))


def test_preparing_for_a_text_is_preparing_for_its_width(tmp_path: Path, runtime: SumOfIds) -> None:
    exported = write_export(tmp_path / "wide", window=64)
    embedder = ModelEmbedder("small", exported, runtime)
    for words in (0, 14, 15, 22, 23, 62, 200):
        embedder.prepare("alpha " * words)
    embedder.prepare()
    assert runtime.prepared == [16, 16, 24, 24, 32, 64, 202, None]
    runtime.shapes.clear()
    for words in (0, 14, 15, 22, 23, 62):
        embedder.embed(["alpha " * words])
    assert [(1, width) for width in runtime.prepared[:6]] == runtime.shapes
