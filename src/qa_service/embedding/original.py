"""The original model in PyTorch: loaded, questioned, and written as ONNX. Only the exporter's
process imports this module."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from qa_service.embedding.original_files import (
    unsupported_tokenizing,
    write_graph,
    write_tokenizer,
)
from qa_service.embedding.protocol import Matrix
from qa_service.errors import ModelError

_MODULES = {"Transformer", "Pooling", "Dense", "LayerNorm", "Normalize", "Dropout"}
_POOLINGS = {"cls", "mean", "max", "mean_sqrt_len_tokens"}


class Original:
    """A sentence-transformers model of the kinds that can be exported.

    ``window`` counts tokens with special tokens; ``pad_id`` is the token id that fills short rows.
    """

    def __init__(self, folder: Path) -> None:
        """Load from the folder only, never running code that the folder brings.

        Raises ModelError naming what is unsupported.
        """
        logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
        try:
            self._model = SentenceTransformer(
                str(folder),
                device="cpu",
                trust_remote_code=False,
                local_files_only=True,
                # Fused attention has no ONNX form that every runtime reads.
                model_kwargs={"attn_implementation": "eager"},
            )
        except Exception as error:  # whatever the folder holds, the user needs its name and why
            raise ModelError(
                f"{folder}: sentence-transformers cannot load it ({error})",
                "use a complete model folder that needs no code of its own",
            ) from error
        self._model.eval().float()
        self._folder = folder
        self._require_supported()
        self.window = self._window()
        self.pad_id = int(self._model.tokenizer.pad_token_id or 0)

    def tokenize(self, text: str) -> list[int]:
        """Return the ids of a text, special tokens included, never truncated."""
        # verbose: a text longer than the window is no mistake here
        return list(self._model.tokenizer(text, truncation=False, verbose=False)["input_ids"])

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Return ``(len(texts), dimension)`` float32 rows of unit norm."""
        rows = self._model.encode(
            list(texts), batch_size=8, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(rows, dtype=np.float32)

    def save_tokenizer(self, path: Path) -> None:
        """Write the tokenizer as this model uses it, less padding and truncation."""
        write_tokenizer(self._model.tokenizer, path)

    def write_onnx(self, path: Path) -> None:
        """Write all modules as one graph: ``input_ids`` and ``attention_mask``, both
        ``(rows, width)`` int64, to ``embedding``, ``(rows, dimension)`` float32 of unit norm, and
        ``tokens``, the last hidden states, ``(rows, width, hidden)`` float32."""
        modules = _AllModules(list(self._model.children()))
        outputs = {"embedding": ("rows",), "tokens": ("rows", "width")}
        write_graph(modules, path, inputs=("input_ids", "attention_mask"), outputs=outputs)

    def _require_supported(self) -> None:
        modules = list(self._model.children())
        names = [type(module).__name__ for module in modules]
        unknown = [name for name in names if name not in _MODULES]
        if unknown or names[0] != "Transformer":
            raise ModelError(
                f"{self._folder}: module {(unknown or names)[0]!r} cannot be exported",
                f"use a model made of {', '.join(sorted(_MODULES))}",
            )
        for module, name in zip(modules, names, strict=True):
            if name == "Pooling":
                self._require_supported_pooling(module)
        if why := unsupported_tokenizing(modules[0], self._model.tokenizer):
            raise self._unsupported(why)
        prompts = {name: text for name, text in (self._model.prompts or {}).items() if text}
        if prompts:
            raise self._unsupported(
                f"wants a prompt before each text ({', '.join(sorted(prompts))}); questions and "
                "documents are embedded alike here"
            )

    def _require_supported_pooling(self, pooling: Any) -> None:
        mode = pooling.pooling_mode if hasattr(pooling, "pooling_mode") else None
        mode = mode if isinstance(mode, str) else pooling.get_pooling_mode_str()
        if mode not in _POOLINGS:
            raise self._unsupported(f"pools by {mode!r}, not one of {', '.join(sorted(_POOLINGS))}")

    def _window(self) -> int:
        window = self._model.max_seq_length
        if not isinstance(window, int) or window < 3:
            raise self._unsupported("states no max_seq_length")
        return window

    def _unsupported(self, what: str) -> ModelError:
        return ModelError(f"{self._folder}: the model {what}", "choose another model (QA_MODEL)")


class _AllModules(torch.nn.Module):
    """The model's modules in order, then unit norm, as one traceable module."""

    def __init__(self, modules: list[torch.nn.Module]) -> None:
        super().__init__()
        self.stages = torch.nn.ModuleList(modules)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        features: dict[str, Any] = {"input_ids": ids, "attention_mask": mask}
        for stage in self.stages:
            features = stage(features)
        embedding = torch.nn.functional.normalize(features["sentence_embedding"], dim=1)
        return embedding, features["token_embeddings"]
