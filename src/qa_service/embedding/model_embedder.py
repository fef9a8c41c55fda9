"""The embedder that serves: an exported model, its tokenizer and a runtime."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from qa_service.embedding.batching import (
    ALONE_WIDTHS,
    pad,
    padded_width,
    plan_even_batches,
    width_alone,
)
from qa_service.embedding.export_format import ExportedModel
from qa_service.embedding.protocol import EmbedderIdentity, Matrix, Progress, WordVectors
from qa_service.embedding.runtime import Runtime
from qa_service.embedding.tokenizing import ModelTokenizer, TokenizedWords, words_in
from qa_service.embedding.window import require_within_window

_TEXTS_AT_A_TIME = 4096
"""Texts tokenized and sorted together. Token ids of a whole collection would not fit in memory;
this many already sort into batches with next to no padding."""


class ModelEmbedder:
    """Unit vectors from an exported model; see `Embedder` and `WordEmbedder` for the promises.

    With int8 weights a text's vector depends a little on the width it is padded to (cosine 0.9994
    or more). Texts are batched by width, so that one has the same vector in every call of several
    texts; only a short text alone, a question, is computed at another width or by another graph.
    """

    def __init__(self, model_name: str, exported: ExportedModel, runtime: Runtime) -> None:
        self._identity = EmbedderIdentity(
            model=model_name,
            weights_sha256=exported.weights_sha256,
            dimension=exported.dimension,
            window=exported.window,
            variant=exported.variant,
        )
        self._pad_id = exported.pad_id
        self._tokenizer = ModelTokenizer(exported.tokenizer)
        self._runtime = runtime
        self._last = threading.local()

    @property
    def identity(self) -> EmbedderIdentity:
        return self._identity

    def prepare(self, text: str | None = None) -> None:
        """Load what embedding this text alone would wait for, or any texts of any length."""
        width = None
        if text is not None:
            [length] = self._tokenizer.count([text])
            width = width_alone(length, self._identity.window)
        self._runtime.prepare(width)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's number of model tokens, special tokens included."""
        return self._tokenizer.count(texts)

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        """Return ``(len(texts), dimension)`` float32 rows of unit norm; raises WindowExceeded."""
        if len(texts) == 1:
            return self._embed_one(texts[0], progress)
        rows = np.empty((len(texts), self._identity.dimension), dtype=np.float32)
        for start in range(0, len(texts), _TEXTS_AT_A_TIME):
            end = start + _TEXTS_AT_A_TIME
            self._embed_some(texts[start:end], rows[start:end], progress)
        return rows

    def embed_words(self, texts: Sequence[str]) -> list[WordVectors]:
        """Return each text's words with their tokens' vectors; raises WindowExceeded.

        Of the text that this thread embedded last, if it was one alone, nothing is computed again.
        """
        if len(texts) == 1 and getattr(self._last, "text", None) == texts[0]:
            return [_word_vectors(words_in(self._last.encoding), self._last.states)]
        window = self._identity.window
        split = self._tokenizer.words_of(texts)
        lengths = [len(words.ids) for words in split]
        require_within_window(texts, lengths, window)
        widths = [width_alone(length, window) for length in lengths]
        found: dict[int, WordVectors] = {}
        for batch in _computed_together(widths):
            some = [split[place] for place in batch]
            padded, mask = pad([words.ids for words in some], self._pad_id, widths[batch[0]])
            _, states = self._runtime.run_tokens(padded, mask)
            for place, words, rows in zip(batch, some, states, strict=True):
                found[int(place)] = _word_vectors(words, rows)
        return [found[place] for place in range(len(texts))]

    def _embed_one(self, text: str, progress: Progress | None) -> Matrix:
        """A question's way: no batch to plan, and its tokens kept in case they are wanted."""
        encoding = self._tokenizer.encode(text)
        ids = encoding.ids
        require_within_window((text,), (len(ids),), self._identity.window)
        padded, mask = pad((ids,), self._pad_id, width_alone(len(ids), self._identity.window))
        vector, [states] = self._runtime.run_tokens(padded, mask)
        self._last.text, self._last.encoding, self._last.states = text, encoding, states
        if progress is not None:
            progress(len(ids))
        return vector

    def _embed_some(self, texts: Sequence[str], rows: Matrix, progress: Progress | None) -> None:
        window = self._identity.window
        ids = self._tokenizer.ids_of(texts)
        lengths = [len(row) for row in ids]
        require_within_window(texts, lengths, window)
        widths = [padded_width(length, window) for length in lengths]

        def run(batch: NDArray[np.int64]) -> int:
            padded, mask = pad([ids[place] for place in batch], self._pad_id, widths[batch[-1]])
            rows[batch] = self._runtime.run(padded, mask)  # batches share no row
            return int(mask.sum())

        with ThreadPoolExecutor(self._runtime.streams, "qa-embed") as pool:
            for tokens in pool.map(run, plan_even_batches(widths)):
                if progress is not None:
                    progress(tokens)


def _computed_together(widths: Sequence[int]) -> Iterator[NDArray[np.int64]]:
    """Yield batches of places. Short texts go one by one: a runtime may compute a text alone by a
    graph of its own, and its words' vectors must not depend on what stands beside it."""
    for batch in plan_even_batches(widths):
        if widths[batch[0]] in ALONE_WIDTHS:
            yield from batch[:, np.newaxis]
        else:
            yield batch


def _word_vectors(split: TokenizedWords, states: Matrix) -> WordVectors:
    kept = [place for place, word in enumerate(split.words) if word is not None]
    rows = states[kept]
    norms = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    word = np.array([split.words[place] for place in kept], dtype=np.int64)
    return WordVectors(tuple(split.spans), word, rows / norms)
