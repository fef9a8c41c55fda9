"""Cross-encoders through the exporter: tiny random models of several kinds, and one whole way from
settings to scores in a process without PyTorch."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa_service.embedding.cross_encoder import CrossEncoder
from qa_service.embedding.export_format import read_export
from qa_service.embedding.reranker_opening import open_reranker
from qa_service.embedding.runtime import load_runtime
from qa_service.errors import ModelDamaged
from qa_service.settings import Settings

pytestmark = pytest.mark.model

PAIRS = [
    ("alpha beta?", "gamma delta"),
    ("alpha beta?", "zeta eta theta alpha beta gamma delta epsilon zeta eta theta alpha"),
    ("gamma delta", "alpha beta?"),
    ("who", ""),
]

SERVING = """
import json, sys
from pathlib import Path
from qa_service.embedding.reranker_opening import open_reranker
from qa_service.settings import Settings
settings = Settings.create(cache_dir=Path(sys.argv[1]), threads=1)
scores = open_reranker(settings, sys.argv[2]).score("alpha beta?", ["gamma delta"])
heavy = {"torch", "transformers", "sentence_transformers", "huggingface_hub", "onnx"}
print(json.dumps([scores.tolist(), sorted(heavy & set(sys.modules))]))
"""


@pytest.fixture(scope="module")
def tiny(made_models: Path) -> Path:
    """The folder that make_tiny_cross_encoders.py fills."""
    return made_models / "pairs"


@pytest.fixture(scope="module")
def results(tiny: Path) -> dict[str, Any]:
    return dict(json.loads((tiny / "results.json").read_text()))


def scores(folder: Path, runtime: str) -> list[float]:
    exported = read_export(folder, "cross-encoder")
    reranker = CrossEncoder(exported, load_runtime(runtime, exported.graph, 1))
    return [float(reranker.score(question, [text])[0]) for question, text in PAIRS]


@pytest.mark.parametrize("name", ["typed", "untyped"])
@pytest.mark.parametrize("runtime", ["openvino", "onnxruntime"])
def test_float32_export_scores_as_the_original(tiny: Path, name: str, runtime: str) -> None:
    pytest.importorskip(runtime, reason=f"{runtime} is not installed")
    expected = np.load(tiny / f"{name}.npy")
    assert np.ptp(expected) > 1
    assert np.allclose(scores(tiny / f"{name}-float32", runtime), expected, atol=1e-4)


def test_token_types_go_to_the_model_that_has_them_alone(tiny: Path) -> None:
    assert read_export(tiny / "typed-float32", "cross-encoder").token_types
    assert not read_export(tiny / "untyped-float32", "cross-encoder").token_types


def test_a_model_saved_by_sentence_transformers_is_the_model_saved_by_transformers(
    tiny: Path, results: dict[str, Any]
) -> None:
    assert results["saved-float32"]["worst"] < 1e-3
    assert scores(tiny / "saved-float32", "openvino") == scores(tiny / "typed-float32", "openvino")


def test_an_int8_export_is_kept_where_it_is_near_and_refused_where_it_is_not(
    tiny: Path, results: dict[str, Any]
) -> None:
    expected = np.load(tiny / "calm.npy")
    share = results["calm-int8"]["worst"] / results["calm-int8"]["range"]
    assert share < 0.03
    assert np.allclose(scores(tiny / "calm-int8", "openvino"), expected, atol=0.02)
    code, message, hint = results["typed-int8"]  # large random weights: int8 loses too much
    assert code == "model_damaged"
    assert "the int8 export of the reranker disagrees" in message
    assert hint == "set QA_RERANK_PRECISION=float32"


@pytest.mark.parametrize(
    ("name", "code", "reason"),
    [
        ("embedder", "model_error", r"is no cross-encoder \(BertModel"),
        ("two", "model_error", "gives a pair 2 scores, not one"),
        ("headless", "model_error", r"lacks weights: classifier\.bias, classifier\.weight"),
        ("prompted", "model_error", r"wants a prompt before each text \(query\)"),
        ("foreign", "model_error", "cannot load the reranker"),
        ("broken", "model_error", "cannot load the reranker"),
        ("wordless", "model_error", "a tokenizer without a vocabulary"),
        ("confused", "model_damaged", "the float32 export of the reranker disagrees"),
        ("mangled", "model_damaged", "splits sample pairs otherwise"),
    ],
)
def test_a_model_that_cannot_be_a_reranker_says_why(
    results: dict[str, Any], name: str, code: str, reason: str
) -> None:
    found, message, hint = results[f"{name}-float32"]
    assert found == code
    assert re.search(reason, message), message
    assert "QA_RERANKER" in hint
    assert "\n" not in message + hint


def test_code_that_a_model_brings_is_not_run(tiny: Path) -> None:
    assert not list(tiny.rglob("executed"))


def test_serving_scores_without_torch_and_refuses_a_damaged_export(
    tiny: Path, tmp_path: Path
) -> None:
    model = Path(shutil.copytree(tiny / "saved", tmp_path / "mine"))
    settings = Settings.create(cache_dir=tmp_path / "cache", threads=1)
    stages: list[str] = []
    for _ in range(2):
        open_reranker(settings, str(model), stages.append)
    assert stages[0] == "loading the reranker"
    assert len(stages) == 3  # exported once
    done = subprocess.run(
        [sys.executable, "-c", SERVING, str(settings.cache_dir), str(model)],
        capture_output=True,
        text=True,
        check=True,
    )
    [score], heavy = json.loads(done.stdout)
    assert score == pytest.approx(np.load(tiny / "typed.npy")[0], abs=1e-4)
    assert heavy == []
    shutil.rmtree(model)
    [graph] = settings.cache_dir.rglob("model.onnx")
    content = bytearray(graph.read_bytes())
    content[len(content) // 2] ^= 1
    graph.write_bytes(content)
    with pytest.raises(ModelDamaged, match=r"model\.onnx: does not match its checksum"):
        open_reranker(settings, str(model))
