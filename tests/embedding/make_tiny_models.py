"""Builds tiny random models of several kinds, exports each, and writes what became of them to
``results.json``. Imported by make_models.py alone, because it imports PyTorch."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.models import Dense, Normalize, Pooling, Transformer
from transformers import BertConfig, BertModel, BertTokenizerFast

from qa_service.embedding.exporter import export_model
from qa_service.errors import QaServiceError

TEXTS = ["alpha beta gamma", "delta", "zeta eta theta alpha beta gamma delta epsilon"]
WORDS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"]


def write_transformer(folder: Path) -> None:
    torch.manual_seed(0)
    letters = [chr(code) for code in range(33, 127)]
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, *letters]
    vocabulary += [f"##{letter}" for letter in letters]
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n")
    BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=32).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=128,
        max_position_embeddings=32,
    )
    BertModel(config).save_pretrained(folder)


def main(root: Path) -> None:
    warnings.simplefilter("ignore")
    write_transformer(root / "transformer")
    results: dict[str, object] = {}

    def build(name: str, *more: torch.nn.Module, pooling: str = "mean", **options: object) -> None:
        body = Transformer(str(root / "transformer"), max_seq_length=24)
        pool = Pooling(64, pooling_mode=pooling)
        model = SentenceTransformer(modules=[body, pool, *more], device="cpu", **options)
        model.save(str(root / name))
        np.save(root / f"{name}.npy", model.encode(TEXTS, normalize_embeddings=True))
        tokens = model.encode(TEXTS, output_value="token_embeddings")
        np.savez(root / f"{name}-tokens.npz", *[rows.numpy() for rows in tokens])

    build("mean", Normalize())
    build("cls", pooling="cls")
    build("max", pooling="max")
    build("dense", Dense(64, 48, activation_function=torch.nn.Tanh()), Normalize())
    build("last", pooling="lasttoken")
    build("prompted", prompts={"query": "find: ", "document": ""})
    (root / "foreign").mkdir()
    for path in (root / "mean").iterdir():
        if path.is_file():
            (root / "foreign" / path.name).write_bytes(path.read_bytes())
    (root / "foreign" / "modules.json").write_text(
        '[{"idx": 0, "name": "0", "path": "", "type": "own_code.Transformer"}]'
    )
    (root / "foreign" / "own_code.py").write_text("open('executed', 'w').close()")

    for name in ("mean", "cls", "max", "dense", "last", "prompted", "foreign"):
        for variant in ("float32", "int8"):
            out = root / f"{name}-{variant}"
            out.mkdir()
            try:
                exported = export_model(
                    root / name, out, variant=variant, runtime="openvino", weights_sha256="ab" * 32
                )
                results[out.name] = dict(exported.agreement)
            except QaServiceError as error:
                results[out.name] = [error.code, error.message, error.hint]
    (root / "results.json").write_text(json.dumps(results, indent=1))
