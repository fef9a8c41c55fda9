"""``doctor``: what this machine lacks, and how to get it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from qa_service.chunking.tokens import TokenCounter
from qa_service.embedding.models import resolve_model
from qa_service.embedding.opening import open_embedder
from qa_service.errors import IndexMissing, QaServiceError
from qa_service.index.reader import check_embedder, open_index
from qa_service.settings import Settings

_VERSIONS = (
    "qa-service",
    "faiss-cpu",
    "openvino",
    "onnxruntime",
    "tokenizers",
    "tiktoken",
    "sentence-transformers",
    "torch",
)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: well, or what is wrong and what to do about it."""

    name: str
    well: bool
    found: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Examination:
    """Every check, and the versions of the parts that matter."""

    checks: tuple[Check, ...]
    versions: dict[str, str]

    @property
    def well(self) -> bool:
        return all(check.well for check in self.checks)


def examine(settings: Settings) -> Examination:
    """Look at the model, the runtime, the token tables, the index and the memory."""
    checks = (
        _checked("embedding model", lambda: _model(settings)),
        _checked("exported model", lambda: _exported(settings)),
        *_reranker(settings),
        _checked("token tables", lambda: _tables(settings)),
        _checked("index", lambda: _index(settings)),
        _memory(),
    )
    versions = {"python": platform.python_version()}
    for name in _VERSIONS:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = "not installed"
    return Examination(checks, versions)


def _checked(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except QaServiceError as error:
        return Check(name, False, error.message, error.hint)


def _model(settings: Settings) -> str:
    if settings.model == "hashing":
        return "hashing (for tests: built in)"
    model = resolve_model(settings.model)
    return f"{model.name} in {model.path}, weights {model.weights_sha256[:12]}"


def _exported(settings: Settings) -> str:
    identity = open_embedder(settings).identity
    return (
        f"{identity.model} ({identity.variant}), {identity.dimension} dimensions, window "
        f"{identity.window} tokens, run by {settings.runtime}, kept in {settings.cache_dir}"
    )


def _reranker(settings: Settings) -> list[Check]:
    """Return the check of the reranker, where one is set."""
    name = settings.reranker
    if name is None:
        return []
    return [_checked("reranker", lambda: f"{name}, window {_open_reranker(settings, name)} tokens")]


def _open_reranker(settings: Settings, name: str) -> int:
    from qa_service.embedding.reranker_opening import open_reranker

    return open_reranker(settings, name).window


def _tables(settings: Settings) -> str:
    return f"{settings.token_encoding}: counts {TokenCounter(settings.token_encoding).count('a b')}"


def _index(settings: Settings) -> str:
    try:
        index = open_index(settings.index)
    except IndexMissing:
        return f"none in {settings.index} yet; `qa-service index` builds it"
    with index:
        if index.embedder_identity.model == settings.model:
            check_embedder(index.manifest, open_embedder(settings).identity)
        counts = index.manifest.counts
        return f"{index.version}: {counts.documents} documents, {counts.passages} passages"


def _memory() -> Check:
    """Return how much memory is free, where the operating system tells."""
    path = Path("/proc/meminfo")
    if not path.is_file():
        return Check("memory", True, "not told by this operating system")
    fields = dict(line.split(":", 1) for line in path.read_text("ascii").splitlines())
    free = int(fields["MemAvailable"].split()[0]) // 1024
    if free < 300:
        return Check(
            "memory", False, f"{free} MB free", "serving needs about 300 MB; close something"
        )
    return Check("memory", True, f"{free} MB free")
