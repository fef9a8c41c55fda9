"""What an export takes over from any original model: its graph and its tokenizer. Only the
exporter's process imports this module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

_OPSET = 17


def write_graph(
    module: torch.nn.Module,
    path: Path,
    *,
    inputs: Sequence[str],
    outputs: Mapping[str, Sequence[str]],
) -> None:
    """Write a module as an ONNX graph of any number of rows and any width.

    The module takes one tensor per name of ``inputs``, each ``(rows, width)`` int64, and returns
    one per name of ``outputs``, which says of what its first axes are: ``rows``, ``width``.
    """
    axes = dict.fromkeys(inputs, ("rows", "width")) | dict(outputs)
    ones = torch.ones((2, 8), dtype=torch.long)
    torch.onnx.export(
        module.eval(),
        tuple(ones.clone() for _ in inputs),
        str(path),
        input_names=list(inputs),
        output_names=list(outputs),
        dynamic_axes={name: dict(enumerate(named)) for name, named in axes.items()},
        opset_version=_OPSET,
        dynamo=False,
    )


def write_tokenizer(tokenizer: Any, path: Path) -> None:
    """Write a transformers tokenizer as ``tokenizer.json``, less padding and truncation."""
    backend = tokenizer.backend_tokenizer
    backend.no_padding()
    backend.no_truncation()
    backend.save(str(path))


def unsupported_tokenizing(transformer: Any, tokenizer: Any) -> str | None:
    """Return in words why texts could not be split alike without the original, or None.

    ``transformer`` is the first module of a sentence-transformers model.
    """
    if getattr(transformer, "do_lower_case", False):
        return "lower-cases texts outside its tokenizer"
    if getattr(tokenizer, "backend_tokenizer", None) is None:
        return "has no fast tokenizer (tokenizer.json)"
    # Where a folder holds no tokenizer, transformers makes an empty one: every word is unknown.
    if len(tokenizer) <= len(set(tokenizer.all_special_tokens)):
        return "has a tokenizer without a vocabulary"
    if tokenizer.padding_side != "right":
        return "pads on the left"
    return None
