"""The reranker that serves: an exported cross-encoder, its tokenizer and a runtime."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qa_service.embedding.batching import pad, padded_width, plan_batches
from qa_service.embedding.export_format import ExportedModel
from qa_service.embedding.reranker import Logits
from qa_service.embedding.runtime import Runtime
from qa_service.embedding.tokenizing import ModelTokenizer
from qa_service.embedding.window import require_within_window


class CrossEncoder:
    """Raw scores of pairs from an exported model; see `Reranker` for the promises."""

    def __init__(self, exported: ExportedModel, runtime: Runtime) -> None:
        self._window = exported.window
        self._pad_id = exported.pad_id
        self._token_types = exported.token_types
        self._tokenizer = ModelTokenizer(exported.tokenizer)
        self._runtime = runtime

    @property
    def window(self) -> int:
        return self._window

    def count_tokens(self, question: str, texts: Sequence[str]) -> list[int]:
        """Return the number of model tokens of the question with each text."""
        return [len(pair.ids) for pair in self._tokenizer.pairs_of(question, texts)]

    def score(self, question: str, texts: Sequence[str]) -> Logits:
        """Return the model's ``(len(texts),)`` logits, float32; raises WindowExceeded."""
        pairs = self._tokenizer.pairs_of(question, texts)
        lengths = [len(pair.ids) for pair in pairs]
        require_within_window(texts, lengths, self._window, setting="QA_RERANKER")
        widths = [padded_width(length, self._window) for length in lengths]
        logits = np.empty(len(pairs), dtype=np.float32)
        for batch in plan_batches(widths):
            width = widths[batch[-1]]
            ids, mask = pad([pairs[place].ids for place in batch], self._pad_id, width)
            types = None
            if self._token_types:
                types, _ = pad([pairs[place].types for place in batch], 0, width)
            logits[batch] = self._runtime.run(ids, mask, types)[:, 0]
        return logits
