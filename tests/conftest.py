"""What tests of retrieval and of everything above it share: a small library, indexed once.

The library is built with the deterministic hashing embedder, so its tests need no model. It holds
what retrieval must get right: front matter to filter by, a navigation line that is never
retrieved, a paragraph that two documents share, several alphabets, and characters beyond the
Basic Multilingual Plane before and inside the sentences.
"""

from __future__ import annotations

import fcntl
import gc
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_service.embedding.hashing import HashingEmbedder
from qa_service.embedding.models import MINILM
from qa_service.embedding.opening import prepare_embedder
from qa_service.index.build import build_index
from qa_service.retrieval.retriever import Retriever
from qa_service.settings import Settings

_SLOW = {"made_models", "browser"}

BOILERPLATE = "Вернуться назад Распечатать"
SHARED = (
    "The ferry between the two banks ran every day from 1871 to 1938, in fog as well as in frost."
)
LIBRARY = {
    "engines.md": (
        "---\nyear: 2021\ntags: [steam, coal]\ndraft: true\nrating: 4.5\n---\n"
        "# Steam engines\n\n"
        "A steam engine turns the pressure of steam into motion. Thomas Newcomen built one for a "
        "mine in 1712. It burned much coal and moved slowly.\n\n"
        "James Watt added a separate condenser. The condenser saved three quarters of the coal, "
        "and mines all over the country bought the new engine.\n\n"
        "Compound engines let the steam expand in several cylinders, one after another. Ships "
        "used them until turbines took their place.\n"
    ),
    "ports/lindholm harbour.txt": (
        f"{BOILERPLATE}\n\n"
        "The harbour of Lindholm 🏗️🌊\n\n"
        "Lindholm’s harbour was rebuilt after the flood of 1953. The new sea wall 𝕃-7 is 4.2 km "
        "long and was paid for by the province. Engineers from three countries worked on it.\n\n"
        "🚢 The first ship to enter the new basin was the Marta. She carried timber from Riga and "
        "left with herring. A brass plate on pier four 🐟 still bears her name.\n\n"
        "Freight doubled within a decade. The railway was extended to the quay in 1964, and the "
        "old fish market became a museum.\n"
    ),
    "rivers/danube.md": (
        "---\nyear: 2019\ntags: [water, europe]\ndraft: false\n---\n"
        "# Rivers\n\nThe Danube rises in the Black Forest and ends in the Black Sea. It passes "
        f"ten countries on its way.\n\n{SHARED}\n\n"
        "## Lengths\n\nThe Volga is 3,531 kilometres long. The Rhine is much shorter.\n"
    ),
    "rivers/ferry.txt": f"{SHARED}\n",
    "наука/глава.txt": (
        "Наука о птицах\n\n"
        "Учёный изучал домашних птиц на берегу Волги. Он описал двенадцать пород кур и гусей.\n\n"
        "新しい蒸気機関が走る。港は深い。 Café 😀 naïve.\n"
    ),
}
QUESTIONS = (
    "Who added a separate condenser?",
    "What was the first ship to enter the new basin?",
    "Where does the Danube rise?",
    "When did the ferry run between the two banks?",
    "Что изучал учёный?",
    "蒸気機関",
    "How long is the sea wall 𝕃-7?",
    "What is the capital of Peru?",
)


# Importing and collecting make a million objects that stay: looking through them again and again,
# meanwhile and with every later collection of garbage, took a twentieth of the suite's time.
gc.disable()


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what needs the real model or a browser, through whatever fixture."""
    for item in items:
        needs = item.fixturenames if isinstance(item, pytest.Function) else ()
        if item.get_closest_marker("model") or not _SLOW.isdisjoint(needs):
            item.add_marker("slow")


def pytest_collection_finish() -> None:
    """Take what is there by now out of all collections of garbage to come."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def no_authorities(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No certificate authority is trusted: no test asks beyond this machine, and each client of
    HTTP would read all of the system's first."""
    with pytest.MonkeyPatch.context() as patched:
        patched.delenv("SSL_CERT_FILE", raising=False)
        patched.setenv("SSL_CERT_DIR", str(tmp_path_factory.mktemp("authorities")))
        yield


def write_corpus(folder: Path, texts: dict[str, str]) -> Path:
    """Write the texts under ``folder``, character for character, and return it."""
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return folder


@pytest.fixture(scope="session")
def library_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the library's index, which is built; tests must not write into it."""
    root = tmp_path_factory.mktemp("library")
    settings = Settings.create(
        corpus=write_corpus(root / "corpus", LIBRARY),
        index=root / "index",
        model="hashing",
        passage_tokens=40,
    )
    build_index(settings, HashingEmbedder())
    return settings


@pytest.fixture(scope="session")
def retriever(library_settings: Settings) -> Iterator[Retriever]:
    """An open retriever over the library, shared: tests must not close it."""
    with Retriever.open(library_settings.index, library_settings) as opened:
        yield opened


@pytest.fixture(scope="session")
def made_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that make_models.py fills, once for the whole run: tests only read it."""
    needed = (MINILM.package, "sentence_transformers", "torch", "onnx", "openvino")
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    root = shared / "made-models"
    root.mkdir(exist_ok=True)
    with (root / "lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)  # one worker makes them, another waits
        if not (root / "done").exists():
            script = Path(__file__).with_name("embedding") / "make_models.py"
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
def model_cache(made_models: Path) -> Path:
    """A cache that holds the default model's exports."""
    return made_models / "cache"


@pytest.fixture(scope="session")
def real_settings(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Settings:
    """Settings of an index of this repository's ``corpus/``, built with the default model."""
    settings = Settings.create(
        corpus=Path(__file__).parents[1] / "corpus",
        index=tmp_path_factory.mktemp("real") / "index",
        cache_dir=model_cache,
        threads=2,
    )
    build_index(settings, prepare_embedder(settings))
    return settings
