from __future__ import annotations

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="onnx is not installed")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402
from onnx.reference import ReferenceEvaluator  # noqa: E402

from qa_service.embedding.merging import merge_products  # noqa: E402

WIDTHS = {"query": 8, "key": 8, "value": 12}


def graph(*, product_used_twice: bool = False, bias_is_one_number: bool = False) -> onnx.ModelProto:
    """x -> three products with a bias, one of them added the other way round -> all three."""
    rng = np.random.default_rng(3)
    weights: dict[str, np.ndarray] = {}
    nodes = []
    for name, width in WIDTHS.items():
        weights[f"{name}.weight"] = rng.normal(size=(6, width)).astype(np.float32)
        weights[f"{name}.bias"] = rng.normal(size=width).astype(np.float32)
        terms = [f"{name}.product", f"{name}.bias"]
        nodes.append(helper.make_node("MatMul", ["x", f"{name}.weight"], [f"{name}.product"]))
        nodes.append(helper.make_node("Add", terms if name == "key" else terms[::-1], [name]))
    if bias_is_one_number:
        weights["query.bias"] = np.ones(1, np.float32)
    outs = [*WIDTHS, *(["query.product"] if product_used_twice else [])]
    return helper.make_model(
        helper.make_graph(
            nodes,
            "g",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", "width", 6])],
            [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["r", "w", "d"]) for n in outs],
            [numpy_helper.from_array(values, name) for name, values in weights.items()],
        ),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=9,
    )


def outputs(model: onnx.ModelProto) -> list[np.ndarray]:
    rows = np.random.default_rng(5).normal(size=(2, 4, 6)).astype(np.float32)
    return ReferenceEvaluator(model).run(list(WIDTHS), {"x": rows})


def kinds(model: onnx.ModelProto) -> list[str]:
    return [node.op_type for node in model.graph.node]


def test_products_of_one_input_become_one_with_the_same_results() -> None:
    model = graph()
    assert merge_products(model) == 2
    onnx.checker.check_model(model, full_check=True)
    assert kinds(model) == ["MatMul", "Add", "Split"]
    assert len(model.graph.initializer) == 3  # the weights that were merged are gone
    for one, other in zip(outputs(model), outputs(graph()), strict=True):
        assert np.allclose(one, other, atol=1e-6)


@pytest.mark.parametrize("odd", ["product_used_twice", "bias_is_one_number"])
def test_what_is_not_a_product_and_its_bias_alone_stays(odd: str) -> None:
    model = graph(**{odd: True})
    assert merge_products(model) == 1  # key and value
    onnx.checker.check_model(model, full_check=True)
    assert kinds(model).count("MatMul") == 2
    for one, other in zip(outputs(model), outputs(graph(**{odd: True})), strict=True):
        assert np.allclose(one, other, atol=1e-6)


def test_nothing_to_merge_changes_nothing() -> None:
    model = graph()
    del model.graph.node[2:]
    del model.graph.output[1:]
    before = kinds(model)
    assert merge_products(model) == 0
    assert kinds(model) == before
