"""Small stand-ins made in milliseconds: a tokenizer, a graph, and an export that holds both."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

from qa_service.embedding.export_format import ExportedModel, write_manifest

WORDS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta")
DIMENSION = 16
WINDOW = 12


def write_tokenizer(path: Path) -> None:
    """Write a tokenizer that pads and truncates at 4 tokens, as shipped files do at 128."""
    vocabulary = {word: number for number, word in enumerate(("[PAD]", "[UNK]", "[S]", *WORDS))}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(
        single="[S] $A [S]",
        pair="[S] $A [S] $B:1 [S]:1",
        special_tokens=[("[S]", vocabulary["[S]"])],
    )
    tokenizer.enable_truncation(4)
    tokenizer.enable_padding(length=4)
    tokenizer.save(str(path))


def small_graph(seed: int = 0) -> onnx.ModelProto:
    """Return a graph that averages the looked-up rows of real tokens and scales to unit norm, and
    gives the rows themselves as each token's last hidden state."""
    rng = np.random.default_rng(seed)
    table = rng.normal(size=(len(WORDS) + 3, DIMENSION)).astype(np.float32)
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["tokens"]),
        helper.make_node("Cast", ["attention_mask"], ["weights"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["weights", "last"], ["columns"]),
        helper.make_node("Mul", ["tokens", "columns"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "middle"], ["sums"], keepdims=0),
        helper.make_node("ReduceL2", ["sums"], ["norms"], axes=[1], keepdims=1),
        helper.make_node("Div", ["sums", "norms"], ["embedding"]),
    ]
    ids = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["rows", "width"])
        for name in ("input_ids", "attention_mask")
    ]
    outs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in (
            ("embedding", ["rows", DIMENSION]),
            ("tokens", ["rows", "width", DIMENSION]),
        )
    ]
    constants = {"table": table, "last": np.array([2]), "middle": np.array([1])}
    graph = helper.make_graph(
        nodes,
        "small",
        ids,
        outs,
        [numpy_helper.from_array(values, name) for name, values in constants.items()],
    )
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9, producer_name="tests"
    )


def small_pair_graph() -> onnx.ModelProto:
    """Return a graph whose score is the sum of the ids of the second text, marks included."""
    nodes = [
        helper.make_node("Mul", ["input_ids", "token_type_ids"], ["second"]),
        helper.make_node("Mul", ["second", "attention_mask"], ["kept"]),
        helper.make_node("Cast", ["kept"], ["numbers"], to=TensorProto.FLOAT),
        helper.make_node("ReduceSum", ["numbers", "last"], ["logits"], keepdims=1),
    ]
    ids = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["rows", "width"])
        for name in ("input_ids", "attention_mask", "token_type_ids")
    ]
    out = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["rows", 1])
    last = numpy_helper.from_array(np.array([1]), "last")
    graph = helper.make_graph(nodes, "pairs", ids, [out], [last])
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9, producer_name="tests"
    )


def write_pair_export(folder: Path, *, weights_sha256: str = "ab" * 32) -> ExportedModel:
    """Write a whole export of a cross-encoder into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    write_tokenizer(folder / "tokenizer.json")
    onnx.save(small_pair_graph(), str(folder / "model.onnx"))
    exported = ExportedModel(
        folder=folder,
        weights_sha256=weights_sha256,
        variant="float32",
        dimension=1,
        window=WINDOW,
        pad_id=0,
        agreement={"worst": 0.0, "range": 1.0},
        made_with={"tests": "1"},
        kind="cross-encoder",
        token_types=True,
    )
    write_manifest(exported)
    return exported


def write_export(
    folder: Path,
    *,
    weights_sha256: str = "ab" * 32,
    variant: str = "float32",
    window: int = WINDOW,
) -> ExportedModel:
    """Write a whole export into the folder; an int8 one has files that no runtime could load."""
    folder.mkdir(parents=True, exist_ok=True)
    write_tokenizer(folder / "tokenizer.json")
    if variant == "float32":
        onnx.save(small_graph(), str(folder / "model.onnx"))
    else:
        (folder / "model.xml").write_text("<net/>")
        (folder / "model.bin").write_bytes(bytes(range(256)))
    exported = ExportedModel(
        folder=folder,
        weights_sha256=weights_sha256,
        variant=variant,
        dimension=DIMENSION,
        window=window,
        pad_id=0,
        agreement={"lowest": 1.0, "mean": 1.0},
        made_with={"tests": "1"},
    )
    write_manifest(exported)
    return exported


def write_model_folder(folder: Path, *, weights: bytes = b"weights") -> Path:
    """Write a folder that looks like a sentence-transformers model and could never be loaded."""
    (folder / "1_Pooling").mkdir(parents=True)
    (folder / "modules.json").write_text('[{"path": ""}, {"path": "1_Pooling"}, {"path": "2_N"}]')
    (folder / "config.json").write_text("{}")
    (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode_mean_tokens": true}')
    (folder / "tokenizer.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(weights)
    (folder / "README.md").write_text("about")
    return folder
