"""From settings to a reranker: one door, as for embedders."""

from __future__ import annotations

from qa_service.embedding import word_overlap
from qa_service.embedding.cross_encoder import CrossEncoder
from qa_service.embedding.export_process import ExportProgress
from qa_service.embedding.exported import find_exported
from qa_service.embedding.reranker import Reranker
from qa_service.embedding.runtime import load_runtime
from qa_service.errors import ModelDamaged, ModelNotFound
from qa_service.settings import Settings

_WAYS = (
    "set QA_RERANKER to the folder of a cross-encoder that sentence-transformers can load, or to "
    "a hub id where the hub can be reached; without it, passages are not reranked"
)


def open_reranker(
    settings: Settings, name: str, on_progress: ExportProgress | None = None
) -> Reranker:
    """Return the named reranker for serving, from the cached export of its model.

    Where no export is cached, one is made first (about ten seconds, told to ``on_progress``).
    Raises ModelNotFound, ModelDamaged or ModelError.
    """
    if name == word_overlap.MODEL_NAME:
        return word_overlap.WordOverlapReranker()
    wanted = settings.model_copy(update={"model": name, "precision": settings.rerank_precision})
    try:
        exported = find_exported(wanted, on_progress, "cross-encoder").exported
    except ModelNotFound as error:  # its hint tells how to get an embedding model
        raise ModelNotFound(f"reranker {error.message}", _WAYS) from error
    except ModelDamaged as error:
        raise ModelDamaged(f"reranker {error.message}", error.hint) from error
    runtime = load_runtime(settings.runtime, exported.graph, settings.threads)
    runtime.prepare()  # not the first question's wait
    return CrossEncoder(exported, runtime)
