"""Exports a sentence-transformers model once, and refuses an export that disagrees with it.

Embedders and cross-encoders go the same way: load, write the files, question both, compare.

Run as ``python -m qa_service.embedding.exporter``: PyTorch is slow to import and large, so it
lives and ends in a process of its own. Each line of standard output is one JSON object, either
``{"stage": "..."}`` or, last, ``{"error": {"code", "message", "hint"}}``.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib.metadata
import json
import sys
import warnings
from pathlib import Path
from typing import Protocol

import numpy as np
import onnx

from qa_service.embedding.cross_encoder import CrossEncoder
from qa_service.embedding.cross_encoder_check import require_same_scores, sample_pairs
from qa_service.embedding.cross_encoder_original import OriginalCrossEncoder
from qa_service.embedding.export_check import cosines, require_agreement, sample_texts
from qa_service.embedding.export_format import GRAPHS, TOKENIZER, ExportedModel, write_manifest
from qa_service.embedding.model_embedder import ModelEmbedder
from qa_service.embedding.openvino_import import import_openvino
from qa_service.embedding.original import Original
from qa_service.embedding.quantization import quantize_weights
from qa_service.embedding.runtime import load_embedder_runtime, load_runtime
from qa_service.embedding.tokenizing import ModelTokenizer
from qa_service.errors import ModelDamaged, QaServiceError

_LIBRARIES = ("torch", "transformers", "sentence-transformers", "onnx", "openvino")


def export_model(
    model: Path, out: Path, *, variant: str, runtime: str, weights_sha256: str, threads: int = 0
) -> ExportedModel:
    """Write the model's export into the existing folder ``out`` and return it, checked.

    Raises ModelError when the model cannot be exported, ModelDamaged when the export's vectors
    differ from the original's by more than the variant may.
    """
    _say("loading the model")
    original = Original(model)
    texts = sample_texts(original.tokenize, original.window)
    ids = [original.tokenize(text) for text in texts]
    expected = original.embed(texts)
    _write_files(original, out, variant)
    exported = ExportedModel(
        folder=out,
        weights_sha256=weights_sha256,
        variant=variant,
        dimension=expected.shape[1],
        window=original.window,
        pad_id=original.pad_id,
        agreement={},
        made_with=_versions(),
    )
    _say("checking the export against the original")
    served = load_embedder_runtime(runtime, exported.graph, threads)
    embedder = ModelEmbedder(model.name, exported, served)
    if embedder.count_tokens(texts) != [len(row) for row in ids]:
        raise ModelDamaged(
            f"{model}: the saved tokenizer splits sample texts otherwise than the original's",
            "choose another model (QA_MODEL)",
        )
    batched = embedder.embed(texts)
    alone = np.concatenate([embedder.embed([text]) for text in texts])
    agreement = require_agreement(cosines(expected, batched, alone), variant, str(model))
    exported = dataclasses.replace(exported, agreement=agreement)
    write_manifest(exported)
    return exported


def export_cross_encoder(
    model: Path, out: Path, *, variant: str, runtime: str, weights_sha256: str, threads: int = 0
) -> ExportedModel:
    """Write the cross-encoder's export into the existing folder ``out`` and return it, checked.

    Raises ModelError when the model is no cross-encoder or cannot be exported, ModelDamaged when
    the export's scores differ from the original's by more than the variant may.
    """
    _say("loading the reranker")
    original = OriginalCrossEncoder(model)
    samples = sample_pairs(lambda first, second: original.pair(first, second).ids, original.window)
    pairs = [(question, text) for question, texts in samples for text in texts]
    expected = original.score(pairs)
    _write_files(original, out, variant)
    exported = ExportedModel(
        folder=out,
        weights_sha256=weights_sha256,
        variant=variant,
        dimension=1,
        window=original.window,
        pad_id=original.pad_id,
        agreement={},
        made_with=_versions(),
        kind="cross-encoder",
        token_types=original.token_types,
    )
    _say("checking the export against the original")
    tokenizer = ModelTokenizer(exported.tokenizer)
    if any(tokenizer.pairs_of(one, [two]) != [original.pair(one, two)] for one, two in pairs):
        raise ModelDamaged(
            f"{model}: the saved tokenizer splits sample pairs otherwise than the original's",
            "choose another reranker (QA_RERANKER)",
        )
    reranker = CrossEncoder(exported, load_runtime(runtime, exported.graph, threads))
    found = np.concatenate([reranker.score(question, texts) for question, texts in samples])
    agreement = require_same_scores(expected, found, variant, str(model))
    exported = dataclasses.replace(exported, agreement=agreement)
    write_manifest(exported)
    return exported


class _Exportable(Protocol):
    def save_tokenizer(self, path: Path) -> None: ...

    def write_onnx(self, path: Path) -> None: ...


def _write_files(original: _Exportable, out: Path, variant: str) -> None:
    original.save_tokenizer(out / TOKENIZER)
    _say("converting the model")
    onnx_file = out / "model.onnx"
    original.write_onnx(onnx_file)
    if variant == "int8":
        _say("quantizing the weights")
        _write_int8(onnx_file, out / GRAPHS["int8"][0])


def _versions() -> dict[str, str]:
    return {name: importlib.metadata.version(name) for name in _LIBRARIES}


def _write_int8(onnx_file: Path, out: Path) -> None:
    graph = onnx.load(str(onnx_file))
    quantize_weights(graph)
    onnx.checker.check_model(graph)
    onnx.save(graph, str(onnx_file))
    openvino = import_openvino()
    # compress_to_fp16 would round the scales and the layer norms
    openvino.save_model(openvino.Core().read_model(str(onnx_file)), str(out), False)
    onnx_file.unlink()


def _say(stage: str) -> None:
    print(json.dumps({"stage": stage}), flush=True)


_EXPORTS = {"embedder": export_model, "cross-encoder": export_cross_encoder}


def main(arguments: list[str] | None = None) -> int:
    """Export as the arguments say; return 0, or 1 after an error line."""
    parser = argparse.ArgumentParser(prog="python -m qa_service.embedding.exporter")
    parser.add_argument("model", type=Path, help="folder of the original model")
    parser.add_argument("out", type=Path, help="existing empty folder for the export")
    parser.add_argument("--kind", choices=sorted(_EXPORTS), default="embedder")
    parser.add_argument("--variant", choices=sorted(GRAPHS), required=True)
    parser.add_argument("--runtime", choices=("openvino", "onnxruntime"), default="openvino")
    parser.add_argument("--weights-sha256", required=True, help="hash recorded in the export")
    parser.add_argument("--threads", type=int, default=0)
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore")  # tracing warns of every shape it looks at
    try:
        _EXPORTS[options.kind](
            options.model,
            options.out,
            variant=options.variant,
            runtime=options.runtime,
            weights_sha256=options.weights_sha256,
            threads=options.threads,
        )
    except QaServiceError as error:
        fields = {"code": error.code, "message": error.message, "hint": error.hint}
        print(json.dumps({"error": fields}), flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
