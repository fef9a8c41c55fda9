"""The original cross-encoder in PyTorch: loaded, questioned, and written as ONNX. Only the
exporter's process imports this module."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers import CrossEncoder
from transformers import AutoConfig, AutoModelForSequenceClassification

from qa_service.embedding.original_files import (
    unsupported_tokenizing,
    write_graph,
    write_tokenizer,
)
from qa_service.embedding.reranker import Logits
from qa_service.embedding.tokenizing import TokenPair
from qa_service.errors import ModelError

_ARCHITECTURE = "ForSequenceClassification"
_SMALLEST_WINDOW = 16  # below, a question would leave no room for a text


class OriginalCrossEncoder:
    """A cross-encoder with one score per pair, of the kinds that can be exported.

    ``window`` counts the tokens of a pair with special tokens; ``pad_id`` is the token id that
    fills short rows; ``token_types`` tells whether the model asks which text a token is of.
    """

    def __init__(self, folder: Path) -> None:
        """Load from the folder only, never running code that the folder brings.

        Raises ModelError naming what is unsupported.
        """
        logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
        self._folder = folder
        self._require_classifier(_loaded(folder, lambda: _read_config(folder)))
        self._require_whole(_loaded(folder, lambda: _missing_weights(folder)))
        self._model = _loaded(folder, lambda: _read_model(folder))
        self._model.eval().float()
        self._require_supported()
        self.window = self._read_window()
        self.pad_id = int(self._model.tokenizer.pad_token_id or 0)
        named = "token_type_ids" in self._model.tokenizer.model_input_names
        self.token_types = named and getattr(self._model.config, "type_vocab_size", 0) > 1

    def pair(self, question: str, text: str) -> TokenPair:
        """Return the tokens of a pair, special tokens included, never truncated."""
        # verbose: a pair longer than the window is no mistake here
        tokens = self._model.tokenizer(
            question, text, truncation=False, verbose=False, return_token_type_ids=True
        )
        return TokenPair(list(tokens["input_ids"]), list(tokens["token_type_ids"]))

    def score(self, pairs: Sequence[tuple[str, str]]) -> Logits:
        """Return ``(len(pairs),)`` float32 logits, before any activation function."""
        scores = self._model.predict(
            [list(pair) for pair in pairs],
            batch_size=8,
            activation_fn=torch.nn.Identity(),
            show_progress_bar=False,
        )
        return np.asarray(scores, dtype=np.float32)

    def save_tokenizer(self, path: Path) -> None:
        """Write the tokenizer as this model uses it, less padding and truncation."""
        write_tokenizer(self._model.tokenizer, path)

    def write_onnx(self, path: Path) -> None:
        """Write the model as a graph: ``input_ids``, ``attention_mask`` and, where the model has
        them, ``token_type_ids``, each ``(rows, width)`` int64, to ``logits``, ``(rows, 1)``."""
        inputs = ["input_ids", "attention_mask"]
        if self.token_types:
            inputs.append("token_type_ids")
        module = _Logits(self._model.model, inputs)
        write_graph(module, path, inputs=inputs, outputs={"logits": ("rows",)})

    def _require_classifier(self, config: Any) -> None:
        architectures = config.architectures or ["of no stated architecture"]
        if not architectures[0].endswith(_ARCHITECTURE):
            raise self._unsupported(
                f"is no cross-encoder ({architectures[0]}, not a ...{_ARCHITECTURE})"
            )
        if config.num_labels != 1:
            raise self._unsupported(f"gives a pair {config.num_labels} scores, not one")

    def _require_whole(self, missing: list[str]) -> None:
        if missing:  # such weights would be drawn at random
            raise self._unsupported(f"lacks weights: {', '.join(missing)}")

    def _require_supported(self) -> None:
        names = [type(module).__name__ for module in self._model.children()]
        if names != ["Transformer"]:
            raise self._unsupported(f"is made of {', '.join(names)}, not of one Transformer")
        if why := unsupported_tokenizing(self._model[0], self._model.tokenizer):
            raise self._unsupported(why)
        prompts = sorted(name for name, text in (self._model.prompts or {}).items() if text)
        if prompts:
            raise self._unsupported(f"wants a prompt before each text ({', '.join(prompts)})")

    def _read_window(self) -> int:
        window = self._model.max_seq_length
        positions = getattr(self._model.config, "max_position_embeddings", None) or window
        if not isinstance(window, int) or not _SMALLEST_WINDOW <= window <= positions:
            raise self._unsupported(
                f"states a window of {window} tokens, not of {_SMALLEST_WINDOW} to {positions}"
            )
        return window

    def _unsupported(self, what: str) -> ModelError:
        return ModelError(
            f"{self._folder}: the reranker {what}",
            "set QA_RERANKER to a cross-encoder that gives a pair one score, or unset it",
        )


def _read_config(folder: Path) -> Any:
    return AutoConfig.from_pretrained(str(folder), trust_remote_code=False, local_files_only=True)


def _missing_weights(folder: Path) -> list[str]:
    """Return the names of the weights that the architecture has and the folder does not."""
    _, told = AutoModelForSequenceClassification.from_pretrained(
        str(folder), trust_remote_code=False, local_files_only=True, output_loading_info=True
    )
    return sorted(told["missing_keys"])


def _read_model(folder: Path) -> Any:
    return CrossEncoder(
        str(folder),
        device="cpu",
        trust_remote_code=False,
        local_files_only=True,
        # Fused attention has no ONNX form that every runtime reads.
        model_kwargs={"attn_implementation": "eager"},
    )


def _loaded(folder: Path, load: Any) -> Any:
    try:
        return load()
    except Exception as error:  # whatever the folder holds, the user needs its name and why
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise ModelError(
            f"{folder}: sentence-transformers cannot load the reranker ({reason[0]})",
            "use a complete model folder that needs no code of its own (QA_RERANKER)",
        ) from error


class _Logits(torch.nn.Module):
    """A transformers classifier as a module of tensors alone."""

    def __init__(self, model: torch.nn.Module, names: Sequence[str]) -> None:
        super().__init__()
        self.model = model
        self.names = tuple(names)

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.model(**dict(zip(self.names, inputs, strict=True))).logits
        return logits
