"""Document-grounded question answering: passages with exact offsets, verified quotes, abstention.

from qa_service import Retriever
with Retriever.open("index/") as retriever:
    print(retriever.retrieve("Who met whom?", top_k=5).evidence[0].passage.text)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa_service.integrations.client import AsyncClient, Client
    from qa_service.retrieval.retriever import Retriever
    from qa_service.service import Service
    from qa_service.settings import Settings

__all__ = ["AsyncClient", "Client", "Retriever", "Service", "Settings"]

_PLACES = {
    "AsyncClient": "qa_service.integrations.client",
    "Client": "qa_service.integrations.client",
    "Retriever": "qa_service.retrieval.retriever",
    "Service": "qa_service.service",
    "Settings": "qa_service.settings",
}


def __getattr__(name: str) -> Any:
    # Loaded at first use: importing qa_service.errors must not load FAISS and a model runtime.
    if name in _PLACES:
        from importlib import import_module

        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
