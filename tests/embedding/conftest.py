"""The real model, exported once per test run, and what is needed for that."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import subprocess
import sys
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
def made_models(model_cache: Path) -> Path:
    """The folder that make_models.py fills, once for the whole run: tests only read it."""
    require_installed("sentence_transformers", "torch", "onnx", "openvino")
    root = model_cache.parent / "qa-service-made"
    root.mkdir(exist_ok=True)
    with (root / "lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)  # one worker makes them, another waits
        if not (root / "done").exists():
            script = Path(__file__).with_name("make_models.py")
            done = subprocess.run(
                [sys.executable, str(script), str(root)],
                env={**os.environ, "HF_HUB_OFFLINE": "1"},
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
            (root / "done").touch()
    return root


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
