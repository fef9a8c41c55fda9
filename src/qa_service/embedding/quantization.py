"""Makes an ONNX model's large tables int8, for a quarter of the size and faster products.

Weights only, symmetric, one scale per output channel of a product and one per row of an embedding
table: ``w ~ scale * q`` with ``scale = max|w| / 127`` and ``q`` in -127..127. No calibration data,
so the same weights always give the same bytes.

Measured on all-MiniLM-L6-v2 (458 sentences of news and papers, cosine to float32): products alone
mean 0.99932, lowest 0.9962; with the embedding table too mean 0.99931, lowest 0.9965, at 23 MB
instead of 58 MB. A float16 table is turned back into float32 when loaded, and saves no memory.
"""

from __future__ import annotations

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

_LARGE_TABLE = 100_000
"""Embedding tables with fewer numbers (positions, token types) stay as they are."""


def quantize_weights(model: onnx.ModelProto) -> int:
    """Replace the weights of products and large embedding tables in place; return how many.

    A product's weight ``(in, out)`` is read through DequantizeLinear, which runtimes fuse into the
    product. Of an embedding table only the rows looked up are dequantized.
    """
    graph = model.graph
    weights = {tensor.name: tensor for tensor in graph.initializer}
    users: dict[str, int] = {}
    for node in graph.node:
        for name in node.input:
            users[name] = users.get(name, 0) + 1
    nodes: list[onnx.NodeProto] = []
    replaced = 0
    for node in graph.node:
        name = _quantizable(node, weights)
        if name is None or users[name] > 1:  # a shared weight would need one scale for two uses
            nodes.append(node)
            continue
        values = numpy_helper.to_array(weights[name])
        graph.initializer.remove(weights[name])
        if node.op_type == "MatMul":
            nodes += _product(graph, node, name, values)
        else:
            nodes += _lookup(graph, node, name, values)
        replaced += 1
    del graph.node[:]
    graph.node.extend(nodes)
    return replaced


def quantize(
    values: NDArray[np.float32], axis: int
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return int8 values and the scales, one per index along ``axis`` of a 2-d table."""
    other = 1 - axis
    largest = np.abs(values).max(axis=other)
    scales = np.where(largest > 0, largest / 127, 1.0).astype(np.float32)
    steps = np.rint(values / np.expand_dims(scales, other))
    return np.clip(steps, -127, 127).astype(np.int8), scales


def _quantizable(node: onnx.NodeProto, weights: dict[str, onnx.TensorProto]) -> str | None:
    if node.op_type == "MatMul":
        name = node.input[1]
    elif node.op_type == "Gather" and all(entry.i == 0 for entry in node.attribute):  # axis 0
        name = node.input[0]
    else:
        return None
    tensor = weights.get(name)
    if tensor is None or tensor.data_type != onnx.TensorProto.FLOAT or len(tensor.dims) != 2:
        return None
    if node.op_type == "Gather" and tensor.dims[0] * tensor.dims[1] < _LARGE_TABLE:
        return None
    return str(name)


def _product(
    graph: onnx.GraphProto, node: onnx.NodeProto, name: str, values: NDArray[np.float32]
) -> list[onnx.NodeProto]:
    steps, scales = quantize(values, axis=1)
    _add(graph, {f"{name}.int8": steps, f"{name}.scale": scales})
    node.input[1] = f"{name}.float32"
    return [
        onnx.helper.make_node(
            "DequantizeLinear", [f"{name}.int8", f"{name}.scale"], [f"{name}.float32"], axis=1
        ),
        node,
    ]


def _lookup(
    graph: onnx.GraphProto, node: onnx.NodeProto, name: str, values: NDArray[np.float32]
) -> list[onnx.NodeProto]:
    steps, scales = quantize(values, axis=0)
    _add(graph, {f"{name}.int8": steps, f"{name}.scale": scales[:, np.newaxis]})
    ids, rows = node.input[1], node.output[0]
    return [
        onnx.helper.make_node("Gather", [f"{name}.int8", ids], [f"{rows}.int8"], axis=0),
        onnx.helper.make_node("Gather", [f"{name}.scale", ids], [f"{rows}.scale"], axis=0),
        onnx.helper.make_node(
            "Cast", [f"{rows}.int8"], [f"{rows}.steps"], to=onnx.TensorProto.FLOAT
        ),
        onnx.helper.make_node("Mul", [f"{rows}.steps", f"{rows}.scale"], [rows]),
    ]


def _add(graph: onnx.GraphProto, tensors: dict[str, NDArray[np.generic]]) -> None:
    for name, values in tensors.items():
        graph.initializer.append(numpy_helper.from_array(values, name))
