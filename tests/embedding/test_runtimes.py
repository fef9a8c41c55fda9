"""One contract, both runtimes."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from qa_service.embedding.batching import pad
from qa_service.embedding.model_embedder import ModelEmbedder
from qa_service.embedding.runtime import DeferredRuntime, Runtime, load_runtime, usable_cores
from qa_service.errors import InvalidSettings, ModelDamaged, ModelError

from .small_parts import DIMENSION, write_export, write_pair_export

RUNTIMES = ["openvino", "onnxruntime"]


@pytest.fixture(params=RUNTIMES)
def name(request: pytest.FixtureRequest) -> str:
    pytest.importorskip(request.param, reason=f"{request.param} is not installed")
    return str(request.param)


@pytest.fixture
def runtime(name: str, tmp_path: Path) -> Runtime:
    return load_runtime(name, write_export(tmp_path / "export").graph, 2)


def test_rows_are_float32_of_the_models_dimension(runtime: Runtime) -> None:
    rows = runtime.run(*pad([[2, 3, 2], [2, 4, 5, 6, 2]], 0, 8))
    assert rows.shape == (2, DIMENSION)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_every_token_has_a_row_of_its_own(runtime: Runtime) -> None:
    ids, mask = pad([[2, 3, 2], [2, 4, 5, 6, 2]], 0, 8)
    rows, states = runtime.run_tokens(ids, mask)
    assert np.array_equal(rows, runtime.run(ids, mask))
    assert states.shape == (2, 8, DIMENSION)
    assert states.dtype == np.float32
    assert np.array_equal(states[0, 0], states[1, 4])  # both of token 2
    means = np.stack([states[0, :3].mean(axis=0), states[1, :5].mean(axis=0)])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    assert np.allclose(means, runtime.run(ids, mask), atol=1e-5)


def test_padding_changes_nothing(runtime: Runtime) -> None:
    ids, mask = pad([[2, 3, 2], [2, 4, 5, 6, 2]], 0, 8)
    alone = runtime.run(*pad([[2, 3, 2]], 0, 3))
    assert np.allclose(runtime.run(ids, mask)[0], alone[0], atol=1e-6)


def test_a_model_of_pairs_is_told_which_text_a_token_is_of(name: str, tmp_path: Path) -> None:
    runtime = load_runtime(name, write_pair_export(tmp_path / "pairs").graph, 1)
    ids, mask = pad([[2, 3, 2, 5, 7, 2], [2, 3, 2, 2]], 9, 8)
    types, _ = pad([[0, 0, 0, 1, 1, 1], [0, 0, 0, 1]], 0, 8)
    assert runtime.run(ids, mask, types).tolist() == [[14.0], [2.0]]


def test_earlier_result_is_not_overwritten_by_a_later_call(runtime: Runtime) -> None:
    first = runtime.run(*pad([[2, 3, 2]], 0, 3))
    kept = first.copy()
    runtime.run(*pad([[2, 9, 2]], 0, 3))
    assert np.array_equal(first, kept)


def test_threads_do_not_mix_their_results(runtime: Runtime) -> None:
    inputs = [pad([[2, word, 2]] * (word % 4 + 1), 0, 3) for word in range(3, 11)]
    expected = [runtime.run(*one) for one in inputs]

    def ask(turn: int) -> bool:
        place = turn % len(inputs)
        return bool(np.allclose(runtime.run(*inputs[place]), expected[place], atol=1e-6))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(400)))


def test_rows_do_not_depend_on_how_the_threads_are_arranged(name: str, tmp_path: Path) -> None:
    graph = write_export(tmp_path / "export").graph
    batch = pad([[2, 3, 2], [2, 4, 5, 6, 2]], 0, 8)
    one, several = load_runtime(name, graph, 2), load_runtime(name, graph, 2, bulk=True)
    assert np.array_equal(one.run(*batch), several.run(*batch))
    assert one.streams == 1
    assert several.streams == (2 if name == "openvino" else 1)


@pytest.fixture
def quick_alone(name: str, tmp_path: Path) -> Runtime:
    return load_runtime(name, write_export(tmp_path / "alone").graph, 2, alone=(3, 8))


def test_row_alone_is_as_among_others(quick_alone: Runtime) -> None:
    together, states = quick_alone.run_tokens(*pad([[2, 3, 2], [2, 4, 2]], 0, 3))
    for place, ids in enumerate([[2, 3, 2], [2, 4, 2]]):
        for width in (3, 8, 5):
            row, tokens = quick_alone.run_tokens(*pad([ids], 0, width))
            assert np.allclose(row[0], together[place], atol=1e-6)
            assert tokens.shape == (1, width, DIMENSION)
            assert np.allclose(tokens[0, :3], states[place], atol=1e-6)


def test_earlier_row_alone_is_not_overwritten(quick_alone: Runtime) -> None:
    first = quick_alone.run_tokens(*pad([[2, 3, 2]], 0, 3))
    kept = [part.copy() for part in first]
    quick_alone.run_tokens(*pad([[2, 9, 2]], 0, 3))
    assert all(np.array_equal(*parts) for parts in zip(first, kept, strict=True))


def test_threads_do_not_mix_their_rows_alone(quick_alone: Runtime) -> None:
    inputs = [pad([[2, word, 2]], 0, (3, 8, 5)[word % 3]) for word in range(3, 11)]
    expected = [quick_alone.run(*one) for one in inputs]

    def ask(turn: int) -> bool:
        place = turn % len(inputs)
        row, _ = quick_alone.run_tokens(*inputs[place])
        return bool(np.allclose(row, expected[place], atol=1e-6))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(400)))


def test_openvino_compiles_a_shape_when_it_is_needed_and_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    openvino_runtime = pytest.importorskip(
        "qa_service.embedding.openvino_runtime", reason="openvino is not installed"
    )
    compiled: list[bool] = []
    graph = openvino_runtime._Graph

    def counted(*arguments: object, fixed: bool) -> object:
        compiled.append(fixed)
        return graph(*arguments, fixed=fixed)

    monkeypatch.setattr(openvino_runtime, "_Graph", counted)
    model = write_export(tmp_path / "export").graph
    runtime = load_runtime("openvino", model, 1, alone=(3, 8))
    assert compiled == []
    runtime.prepare(3)
    assert compiled == [True]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: runtime.run_tokens(*pad([[2, 3, 2]], 0, 8)), range(8)))
    assert compiled == [True, True]
    model.unlink()  # what serves goes on with the model that it started with
    for _ in range(2):
        runtime.prepare()
    assert compiled == [True, True, False]
    runtime.run(*pad([[2, 3, 2], [2, 3, 2]], 0, 3))
    assert len(compiled) == 3
    other = load_runtime("openvino", write_export(tmp_path / "other").graph, 1, alone=(3, 8))
    other.prepare(5)  # no graph of its own
    assert compiled[3:] == [False]


def test_what_is_prepared_is_not_loaded_later(name: str, tmp_path: Path) -> None:
    graph = write_export(tmp_path / "export").graph
    runtime = DeferredRuntime(lambda: load_runtime(name, graph, 1, alone=(3,)))
    expected = load_runtime(name, graph, 1).run(*pad([[2, 3, 2]], 0, 3))
    runtime.prepare()
    runtime.prepare(8)
    graph.unlink()
    row, _ = runtime.run_tokens(*pad([[2, 3, 2]], 0, 3))
    assert np.allclose(row, expected, atol=1e-6)
    assert np.allclose(runtime.run(*pad([[2, 3, 2]], 0, 8)), expected, atol=1e-6)


def test_a_deferred_runtime_is_prepared_for_the_width_that_is_asked(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int | None] = []
    monkeypatch.setattr(runtime, "prepare", asked.append)
    deferred = DeferredRuntime(lambda: runtime)
    deferred.prepare(8)
    deferred.prepare()
    assert asked == [8, None]


@pytest.mark.parametrize("content", [b"", b"not a graph at all"])
def test_unreadable_graph_is_named(name: str, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    with pytest.raises(
        ModelDamaged, match=rf"model\.onnx: {'OpenVINO' if name == 'openvino' else name}"
    ):
        load_runtime(name, path, 1)


@pytest.mark.parametrize("missing", RUNTIMES)
def test_runtime_that_is_not_installed_says_what_to_do(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ModelError, match="cannot be imported") as caught:
        load_runtime(missing, tmp_path / "model.onnx", 1)
    assert "pip install" in caught.value.hint


def test_unknown_runtime_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="tensorflow"):
        load_runtime("tensorflow", tmp_path, 1)


def test_every_core_is_at_least_one() -> None:
    assert usable_cores() >= 1


def test_both_runtimes_agree(tmp_path: Path) -> None:
    exported = write_export(tmp_path / "export")
    rows = []
    for name in RUNTIMES:
        pytest.importorskip(name, reason=f"{name} is not installed")
        embedder = ModelEmbedder("small", exported, load_runtime(name, exported.graph, 1))
        rows.append(embedder.embed(["alpha beta", "gamma", "delta epsilon zeta eta"]))
    assert np.allclose(rows[0], rows[1], atol=1e-5)
