"""What adapters retrieve from: a ``Retriever``, a ``Service`` or a ``Client``, near or far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from qa_service.records import Retrieval


@runtime_checkable
class Source(Protocol):
    """Finds passages; ``Retriever.retrieve`` says what the arguments mean."""

    def retrieve(
        self,
        question: str,
        *,
        top_k: int = 5,
        max_tokens: int | None = None,
        filters: Mapping[str, Any] | None = None,
        explain: bool = False,
    ) -> Retrieval: ...


@runtime_checkable
class AsyncSource(Protocol):
    """The same, awaited: an ``AsyncClient``."""

    async def retrieve(
        self,
        question: str,
        *,
        top_k: int = 5,
        max_tokens: int | None = None,
        filters: Mapping[str, Any] | None = None,
        explain: bool = False,
    ) -> Retrieval: ...
