"""The real model, exported once per test run, and what is needed for that."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

from qa_service.embedding.models import MINILM
from qa_service.embedding.opening import prepare_embedder
from qa_service.embedding.protocol import Embedder
from qa_service.settings import Settings


def require_installed(*names: str) -> None:
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


@pytest.fixture(scope="session")
def packaged_model() -> Path:
    """The folder of the default model's weights."""
    require_installed(MINILM.package)
    spec = importlib.util.find_spec(MINILM.package)
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / MINILM.folder


@pytest.fixture(scope="session")
def model_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for the whole run: exporting takes ten seconds."""
    root = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        root = root.parent  # shared by the workers; the cache's own lock lets one of them export
    return root / "qa-service-cache"


@pytest.fixture(scope="session")
def int8_settings(model_cache: Path, packaged_model: Path) -> Settings:
    require_installed("sentence_transformers", "torch", "onnx", "openvino")
    return Settings.create(cache_dir=model_cache, precision="int8", threads=2)


@pytest.fixture(scope="session")
def int8_embedder(int8_settings: Settings) -> Embedder:
    return prepare_embedder(int8_settings)


@pytest.fixture(scope="session")
def float32_settings(model_cache: Path, packaged_model: Path) -> Settings:
    require_installed("sentence_transformers", "torch", "onnx", "openvino")
    return Settings.create(cache_dir=model_cache, precision="float32", threads=2)


@pytest.fixture(scope="session")
def float32_embedder(float32_settings: Settings) -> Embedder:
    return prepare_embedder(float32_settings)
