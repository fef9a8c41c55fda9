"""An exported model on disk: a graph, a tokenizer, and ``export.json`` that vouches for both."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from qa_service.embedding.model_files import sha256_of_file
from qa_service.errors import ModelDamaged, ModelNotFound

Kind = Literal["embedder", "cross-encoder"]
"""A text to a vector, or a pair of texts to one score."""

FORMAT = 2
"""Raised whenever an exporter change alters files or vectors: older exports are then made anew."""

TEXTS, TOKENS = 0, 1
"""Places of a graph's outputs: one row per text (a cross-encoder has this one alone), and one per
token of each text."""

MANIFEST = "export.json"
TOKENIZER = "tokenizer.json"
GRAPHS = {"int8": ("model.xml", "model.bin"), "float32": ("model.onnx",)}
"""Files per variant, the one to load first. int8 is OpenVINO's own format, which loads faster and
is mapped into memory; float32 is ONNX, which both runtimes read."""


@dataclass(frozen=True, slots=True)
class ExportedModel:
    """What serving needs to know of a model; every file was checked when this was read.

    ``weights_sha256`` is of the original model. ``agreement`` tells how near the original it
    stayed on sample texts: for an embedder the lowest and the mean cosine of its vectors, for a
    cross-encoder the largest difference of a score and the range of the scores. ``made_with`` is
    the versions of what made it. ``token_types``: the graph asks for each token's type as well.
    """

    folder: Path
    weights_sha256: str
    variant: str
    dimension: int
    window: int
    pad_id: int
    agreement: Mapping[str, float]
    made_with: Mapping[str, str]
    kind: Kind = "embedder"
    token_types: bool = False

    @property
    def graph(self) -> Path:
        return self.folder / GRAPHS[self.variant][0]

    @property
    def tokenizer(self) -> Path:
        return self.folder / TOKENIZER


def write_manifest(exported: ExportedModel) -> None:
    """Write ``export.json`` over the files already in the folder."""
    body: dict[str, Any] = {
        "format": FORMAT,
        "kind": exported.kind,
        "weights_sha256": exported.weights_sha256,
        "variant": exported.variant,
        "dimension": exported.dimension,
        "window": exported.window,
        "pad_id": exported.pad_id,
        "token_types": exported.token_types,
        "agreement": dict(exported.agreement),
        "made_with": dict(exported.made_with),
        "files": {
            name: sha256_of_file(exported.folder / name)
            for name in (*GRAPHS[exported.variant], TOKENIZER)
        },
    }
    body["sha256"] = _own_hash(body)
    text = json.dumps(body, indent=1, sort_keys=True) + "\n"
    (exported.folder / MANIFEST).write_text(text, "utf-8")


def read_export(folder: Path, kind: Kind = "embedder") -> ExportedModel:
    """Return the export in this folder, each file verified against its SHA-256.

    Raises ModelNotFound when there is none, ModelDamaged naming the file that is not as written,
    or when the model is of another kind.
    """
    path = folder / MANIFEST
    hint = _HINTS[kind]
    try:
        body = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise ModelNotFound(f"{folder}: no exported model", hint) from None
    except (OSError, ValueError) as error:
        raise ModelDamaged(f"{path}: cannot be read ({error})", hint) from error
    if not isinstance(body, dict) or body.pop("sha256", None) != _own_hash(body):
        raise ModelDamaged(f"{path}: does not match its own checksum", hint)
    if body.get("format") != FORMAT:
        raise ModelDamaged(f"{path}: format {body.get('format')!r}, not {FORMAT}", hint)
    found = body.get("kind", "embedder")  # earlier exports name no kind: all were embedders
    if found != kind:
        raise ModelDamaged(f"{path}: of kind {found!r}, not {kind!r}", hint)
    for name, expected in body["files"].items():
        try:
            actual = sha256_of_file(folder / name)
        except OSError as error:
            raise ModelDamaged(
                f"{folder / name}: cannot be read ({error.strerror})", hint
            ) from error
        if actual != expected:
            raise ModelDamaged(f"{folder / name}: does not match its checksum", hint)
    return ExportedModel(
        folder=folder,
        weights_sha256=body["weights_sha256"],
        variant=body["variant"],
        dimension=body["dimension"],
        window=body["window"],
        pad_id=body["pad_id"],
        agreement=body["agreement"],
        made_with=body["made_with"],
        kind=kind,
        token_types=body.get("token_types", False),
    )


_HINTS: dict[Kind, str] = {
    "embedder": "run `qa-service index` to export the model again",
    "cross-encoder": "it is exported again where the original (QA_RERANKER) is at hand",
}


def _own_hash(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
