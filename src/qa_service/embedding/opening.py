"""From settings to an embedder: one door for serving, one for indexing."""

from __future__ import annotations

from qa_service.embedding import hashing
from qa_service.embedding.export_process import ExportProgress
from qa_service.embedding.exported import NamedExport, ensure_exported, find_exported
from qa_service.embedding.model_embedder import ModelEmbedder
from qa_service.embedding.protocol import Embedder
from qa_service.embedding.runtime import DeferredRuntime, Runtime, load_embedder_runtime
from qa_service.settings import Settings


def open_embedder(
    settings: Settings, on_progress: ExportProgress | None = None, *, first: str = ""
) -> Embedder:
    """Return the embedder for serving, from the cached export of ``settings.model``.

    It is ready to embed the text ``first``, by default a short one; what texts of other lengths
    need is loaded when they come, or by ``prepare``. Only where no export is cached, one is made
    before (about ten seconds, told to ``on_progress``). Raises ModelNotFound, ModelDamaged or
    ModelError.
    """
    if settings.model == hashing.MODEL_NAME:
        return hashing.HashingEmbedder()
    embedder = _load(settings, find_exported(settings, on_progress), bulk=False)
    embedder.prepare(first)
    return embedder


def prepare_embedder(
    settings: Settings, on_progress: ExportProgress | None = None, *, deferred: bool = False
) -> Embedder:
    """Return the embedder for indexing: like `open_embedder`, and the original weights are
    checked against their hash too, where they are on this machine.

    ``deferred`` loads the runtime at the first text to embed, and raises then what that raises:
    counting tokens does without it.
    """
    if settings.model == hashing.MODEL_NAME:
        return hashing.HashingEmbedder()
    found = ensure_exported(settings, on_progress)
    embedder = _load(settings, found, bulk=True, deferred=deferred)
    if not deferred:
        embedder.prepare()
    return embedder


def _load(
    settings: Settings, found: NamedExport, *, bulk: bool, deferred: bool = False
) -> ModelEmbedder:
    def load() -> Runtime:
        return load_embedder_runtime(
            settings.runtime, found.exported.graph, settings.threads, bulk=bulk
        )

    runtime = DeferredRuntime(load) if deferred else load()
    return ModelEmbedder(found.name, found.exported, runtime)
