"""The exporter on tiny random models of several kinds, and through the whole path once."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa_service.embedding.export_format import read_export
from qa_service.embedding.model_embedder import ModelEmbedder
from qa_service.embedding.opening import open_embedder, prepare_embedder
from qa_service.embedding.runtime import load_runtime
from qa_service.errors import WindowExceeded
from qa_service.settings import Settings

pytestmark = pytest.mark.model

TEXTS = ["alpha beta gamma", "delta", "zeta eta theta alpha beta gamma delta epsilon"]
SUPPORTED = ["mean", "cls", "max", "dense"]


@pytest.fixture(scope="module")
def tiny(made_models: Path) -> Path:
    """The folder that make_tiny_models.py fills."""
    return made_models / "embedders"


@pytest.fixture(scope="module")
def results(tiny: Path) -> dict[str, Any]:
    return dict(json.loads((tiny / "results.json").read_text()))


@pytest.mark.parametrize("name", SUPPORTED)
def test_float32_export_equals_the_original(tiny: Path, name: str) -> None:
    exported = read_export(tiny / f"{name}-float32")
    assert exported.window == 24
    for runtime in ("openvino", "onnxruntime"):
        pytest.importorskip(runtime, reason=f"{runtime} is not installed")
        embedder = ModelEmbedder(name, exported, load_runtime(runtime, exported.graph, 1))
        expected = np.load(tiny / f"{name}.npy")
        assert np.allclose(embedder.embed(TEXTS), expected, atol=2e-6)
        assert embedder.identity.dimension == expected.shape[1] == (48 if name == "dense" else 64)


@pytest.mark.parametrize("name", SUPPORTED)
def test_float32_export_has_the_vectors_of_the_originals_tokens(tiny: Path, name: str) -> None:
    exported = read_export(tiny / f"{name}-float32")
    for runtime in ("openvino", "onnxruntime"):
        pytest.importorskip(runtime, reason=f"{runtime} is not installed")
        embedder = ModelEmbedder(name, exported, load_runtime(runtime, exported.graph, 1))
        with np.load(tiny / f"{name}-tokens.npz") as originals:
            for words, expected in zip(
                embedder.embed_words(TEXTS), originals.values(), strict=True
            ):
                own = expected[1 : 1 + len(words.word)]  # after the mark at the beginning
                own = own / np.linalg.norm(own, axis=1, keepdims=True)
                assert np.allclose(words.vectors, own, atol=1e-5)


@pytest.mark.parametrize("name", SUPPORTED)
def test_int8_export_is_near_the_original(tiny: Path, name: str, results: dict[str, Any]) -> None:
    exported = read_export(tiny / f"{name}-int8")
    embedder = ModelEmbedder(name, exported, load_runtime("openvino", exported.graph, 1))
    cosines = (embedder.embed(TEXTS) * np.load(tiny / f"{name}.npy")).sum(axis=1)
    assert cosines.min() > 0.99
    assert results[f"{name}-int8"]["lowest"] >= 0.99


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("last", "pools by 'lasttoken'"),
        ("prompted", r"wants a prompt before each text \(query\)"),
        ("foreign", "cannot load it"),
    ],
)
def test_model_that_cannot_be_exported_says_why(
    results: dict[str, Any], name: str, reason: str
) -> None:
    for variant in ("float32", "int8"):
        code, message, hint = results[f"{name}-{variant}"]
        assert code == "model_error"
        assert name in message
        assert re.search(reason, message), message
        assert hint


def test_code_that_a_model_brings_is_not_run(tiny: Path) -> None:
    assert not list(tiny.rglob("executed"))


def test_local_folder_works_from_settings_to_vectors(tiny: Path, tmp_path: Path) -> None:
    settings = Settings.create(
        model=str(tiny / "cls"), cache_dir=tmp_path / "cache", precision="float32", threads=1
    )
    stages: list[str] = []
    prepared = prepare_embedder(settings, stages.append)
    assert stages[0] == "loading the model"
    opened = open_embedder(settings, stages.append)
    assert len(stages) == 3  # exported once
    assert opened.identity == prepared.identity
    assert opened.identity.model == "cls"
    assert np.allclose(opened.embed(TEXTS), np.load(tiny / "cls.npy"), atol=2e-6)
    with pytest.raises(WindowExceeded):
        opened.embed(["alpha " * 23])
