"""The real model, exported once per test run, by either precision."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from qa_service.embedding.models import MINILM
from qa_service.embedding.opening import prepare_embedder
from qa_service.embedding.protocol import Embedder
from qa_service.settings import Settings


@pytest.fixture(scope="session")
def packaged_model() -> Path:
    """The folder of the default model's weights."""
    spec = importlib.util.find_spec(MINILM.package)
    if spec is None:
        pytest.skip(f"not installed: {MINILM.package}")
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / MINILM.folder


@pytest.fixture(scope="session")
def int8_settings(model_cache: Path) -> Settings:
    return Settings.create(cache_dir=model_cache, precision="int8", threads=2)


@pytest.fixture(scope="session")
def int8_embedder(int8_settings: Settings) -> Embedder:
    return prepare_embedder(int8_settings)


@pytest.fixture(scope="session")
def float32_settings(model_cache: Path) -> Settings:
    return Settings.create(cache_dir=model_cache, precision="float32", threads=2)


@pytest.fixture(scope="session")
def float32_embedder(float32_settings: Settings) -> Embedder:
    return prepare_embedder(float32_settings)
