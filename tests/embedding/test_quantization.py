from __future__ import annotations

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="onnx is not installed")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from qa_service.embedding.openvino_import import import_openvino  # noqa: E402
from qa_service.embedding.quantization import quantize, quantize_weights  # noqa: E402


def graph(*, shared: bool = False, rows: int = 3000) -> onnx.ModelProto:
    """ids -> rows of a table -> product, with a small second table that should stay."""
    rng = np.random.default_rng(1)
    weights = {
        "table": rng.normal(size=(rows, 48)).astype(np.float32),
        "places": rng.normal(size=(16, 48)).astype(np.float32),
        "matrix": rng.normal(size=(48, 40)).astype(np.float32),
    }
    nodes = [
        helper.make_node("Gather", ["table", "ids"], ["rows"]),
        helper.make_node("Gather", ["places", "ids"], ["at"]),
        helper.make_node("Add", ["rows", "at"], ["sum"]),
        helper.make_node("MatMul", ["sum", "matrix"], ["product"]),
    ]
    if shared:
        nodes += [
            helper.make_node("Transpose", ["matrix"], ["turned"]),
            helper.make_node("MatMul", ["product", "turned"], ["out"]),
        ]
    else:
        nodes.append(helper.make_node("Identity", ["product"], ["out"]))
    return helper.make_model(
        helper.make_graph(
            nodes,
            "g",
            [helper.make_tensor_value_info("ids", TensorProto.INT64, ["n"])],
            [helper.make_tensor_value_info("out", TensorProto.FLOAT, ["n", "d"])],
            [numpy_helper.from_array(values, name) for name, values in weights.items()],
        ),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=9,
    )


def outputs(model: onnx.ModelProto) -> np.ndarray:
    core = import_openvino().Core()
    compiled = core.compile_model(core.read_model(model.SerializeToString()), "CPU")
    return np.array(compiled({"ids": np.arange(16)})[0])


def test_quantized_graph_is_valid_small_and_close() -> None:
    model, original = graph(), graph()
    assert quantize_weights(model) == 2
    onnx.checker.check_model(model)
    assert len(model.SerializeToString()) < 0.3 * len(original.SerializeToString())
    expected, found = outputs(original), outputs(model)
    cosine = (expected * found).sum(1) / np.linalg.norm(expected, axis=1)
    cosine /= np.linalg.norm(found, axis=1)
    assert cosine.min() > 0.999


def test_same_weights_give_the_same_bytes() -> None:
    first, second = graph(), graph()
    quantize_weights(first)
    quantize_weights(second)
    assert first.SerializeToString() == second.SerializeToString()


def test_small_table_stays_float32() -> None:
    model = graph(rows=20)
    assert quantize_weights(model) == 1
    kept = {tensor.name: tensor.data_type for tensor in model.graph.initializer}
    assert kept["table"] == kept["places"] == TensorProto.FLOAT
    assert kept["matrix.int8"] == TensorProto.INT8


def test_weight_used_twice_stays_float32() -> None:
    model = graph(shared=True)
    assert quantize_weights(model) == 1
    assert "matrix" in {tensor.name for tensor in model.graph.initializer}


def test_channel_of_zeros_stays_zero() -> None:
    steps, scales = quantize(np.zeros((3, 2), np.float32), axis=1)
    assert not steps.any()
    assert scales.tolist() == [1.0, 1.0]


def test_scale_follows_the_axis() -> None:
    table = np.array([[127, 1], [-254, 2]], np.float32)
    assert quantize(table, axis=0)[1].tolist() == [1.0, 2.0]
    assert quantize(table, axis=1)[1].tolist() == [2.0, pytest.approx(2 / 127)]
