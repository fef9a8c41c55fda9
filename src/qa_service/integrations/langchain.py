"""``QaServiceRetriever``: the passages as LangChain documents.

retriever = QaServiceRetriever(source=Retriever.open("index/"), k=4)
retriever = QaServiceRetriever(source=Client("http://127.0.0.1:8000"))
"""

from __future__ import annotations

import asyncio
from typing import Any

from pydantic import ConfigDict, Field

from qa_service.integrations.links import page_of
from qa_service.integrations.source import AsyncSource, Source
from qa_service.records import Evidence

try:
    from langchain_core.callbacks import (
        AsyncCallbackManagerForRetrieverRun,
        CallbackManagerForRetrieverRun,
    )
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever
except ImportError as error:
    raise ImportError("LangChain is not installed; pip install 'qa-service[langchain]'") from error


class QaServiceRetriever(BaseRetriever):
    """Retrieves from a ``Retriever``, a ``Service`` or a ``Client``.

    Asynchronous calls go to ``async_source`` (an ``AsyncClient``) where there is one, and
    otherwise to ``source`` on a thread. A document's metadata has ``source`` (the document's id),
    ``title``, ``start_index``, ``end_index``, ``page`` (None without pages) and ``score``.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    source: Source
    async_source: AsyncSource | None = None
    k: int = Field(5, ge=1, le=50)
    filters: dict[str, Any] | None = None

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,
        k: int | None = None,
        filters: dict[str, Any] | None = None,
    ) -> list[Document]:
        retrieval = self.source.retrieve(
            query, top_k=self.k if k is None else k, filters=filters or self.filters
        )
        return [_document(one) for one in retrieval.evidence]

    async def _aget_relevant_documents(
        self,
        query: str,
        *,
        run_manager: AsyncCallbackManagerForRetrieverRun,
        k: int | None = None,
        filters: dict[str, Any] | None = None,
    ) -> list[Document]:
        top_k, wanted = self.k if k is None else k, filters or self.filters
        if self.async_source is not None:
            retrieval = await self.async_source.retrieve(query, top_k=top_k, filters=wanted)
        else:
            retrieval = await asyncio.to_thread(
                self.source.retrieve, query, top_k=top_k, filters=wanted
            )
        return [_document(one) for one in retrieval.evidence]


def _document(evidence: Evidence) -> Document:
    passage = evidence.passage
    return Document(
        id=passage.id,
        page_content=passage.text,
        metadata={
            "source": passage.document_id,
            "title": passage.title,
            "start_index": passage.start,
            "end_index": passage.end,
            "page": page_of(evidence),
            "score": float(evidence.score),
        },
    )
