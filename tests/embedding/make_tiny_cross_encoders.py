"""Builds tiny random models of pairs, exports each as a reranker, and writes what became of them to
``results.json``. Imported by make_models.py alone, because it imports PyTorch."""

from __future__ import annotations

import json
import shutil
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers import CrossEncoder
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    BertTokenizerFast,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    DistilBertTokenizerFast,
)

from qa_service.embedding import exporter
from qa_service.embedding.cross_encoder_original import OriginalCrossEncoder
from qa_service.embedding.tokenizing import TokenPair
from qa_service.errors import QaServiceError

PAIRS = [
    ("alpha beta?", "gamma delta"),
    ("alpha beta?", "zeta eta theta alpha beta gamma delta epsilon zeta eta theta alpha"),
    ("gamma delta", "alpha beta?"),
    ("who", ""),
]
WORDS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"]
WINDOW = 32


def main(root: Path) -> None:
    warnings.simplefilter("ignore")
    torch.manual_seed(0)
    letters = [chr(code) for code in range(33, 127)]
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, *letters]
    vocabulary += [f"##{letter}" for letter in letters]
    (root / "vocab.txt").write_text("\n".join(vocabulary) + "\n")
    # Large weights, so that scores differ by whole numbers as those of trained models do.
    sizes = {"vocab_size": len(vocabulary), "initializer_range": 0.3}
    bert = {
        **sizes,
        "hidden_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 128,
        "max_position_embeddings": WINDOW,
    }
    distil = {**sizes, "dim": 64, "n_layers": 2, "n_heads": 4, "hidden_dim": 128}
    one_score = BertConfig(**bert, num_labels=1)
    typed = BertForSequenceClassification(one_score)
    untyped = DistilBertForSequenceClassification(
        DistilBertConfig(**distil, max_position_embeddings=WINDOW, num_labels=1)
    )

    def save(name: str, model: Any, tokenizer: Any = BertTokenizerFast) -> Path:
        folder = root / name
        model.save_pretrained(folder)
        tokenizer(str(root / "vocab.txt"), model_max_length=WINDOW).save_pretrained(folder)
        return folder

    save("typed", typed)
    calmer = {**bert, "hidden_size": 128, "intermediate_size": 256, "initializer_range": 0.06}
    save("calm", BertForSequenceClassification(BertConfig(**calmer, num_labels=1)))
    save("untyped", untyped, DistilBertTokenizerFast)
    CrossEncoder(str(root / "typed"), device="cpu").save(str(root / "saved"))
    save("two", BertForSequenceClassification(BertConfig(**bert, num_labels=2)))
    embedder = save("embedder", BertModel(one_score))
    headless = Path(shutil.copytree(embedder, root / "headless"))
    shutil.copy(root / "typed" / "config.json", headless / "config.json")
    prompted = Path(shutil.copytree(root / "saved", root / "prompted"))
    change(prompted / "config_sentence_transformers.json", prompts={"query": "find: "})
    foreign = Path(shutil.copytree(root / "typed", root / "foreign"))
    names = {"AutoConfig": "own.Config", "AutoModelForSequenceClassification": "own.Model"}
    change(foreign / "config.json", model_type="own", auto_map=names)
    (foreign / "own.py").write_text("open('executed', 'w').close()")
    wordless = Path(shutil.copytree(root / "typed", root / "wordless"))
    for path in (*wordless.glob("token*"), *wordless.glob("vocab*")):
        path.unlink()
    (Path(shutil.copytree(root / "typed", root / "broken")) / "model.safetensors").write_bytes(b"")

    for name in ("typed", "untyped", "calm"):
        model = CrossEncoder(str(root / name), device="cpu", activation_fn=torch.nn.Identity())
        np.save(root / f"{name}.npy", model.predict([list(pair) for pair in PAIRS]))

    results: dict[str, object] = {}

    def export(name: str, variant: str, as_name: str | None = None) -> None:
        out = root / f"{as_name or name}-{variant}"
        out.mkdir()
        try:
            exported = exporter.export_cross_encoder(
                root / name, out, variant=variant, runtime="openvino", weights_sha256="ab" * 32
            )
            results[out.name] = dict(exported.agreement)
        except QaServiceError as error:
            results[out.name] = [error.code, error.message, error.hint]

    for name in ("typed", "untyped"):
        export(name, "float32")
    export("calm", "int8")
    export("typed", "int8")
    for name in (
        "saved",
        "two",
        "embedder",
        "headless",
        "prompted",
        "foreign",
        "broken",
        "wordless",
    ):
        export(name, "float32")

    class Confused(OriginalCrossEncoder):
        """Forgets which text a token is of: its files are not what its own scores came from."""

        def write_onnx(self, path: Path) -> None:
            self._model.model.bert.embeddings.token_type_embeddings.weight.data.zero_()
            super().write_onnx(path)

    class Mangled(OriginalCrossEncoder):
        def pair(self, question: str, text: str) -> TokenPair:
            return super().pair(text, question)

    for name, kind in (("confused", Confused), ("mangled", Mangled)):
        exporter.OriginalCrossEncoder = kind
        export("typed", "float32", as_name=name)
    (root / "results.json").write_text(json.dumps(results, indent=1))


def change(path: Path, **values: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))
