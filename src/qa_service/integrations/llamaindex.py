"""``QaServiceRetriever``: the passages as LlamaIndex nodes.

retriever = QaServiceRetriever(Retriever.open("index/"), top_k=4)
engine = RetrieverQueryEngine.from_args(retriever, llm=...)
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from qa_service.integrations.links import page_of
from qa_service.integrations.source import AsyncSource, Source
from qa_service.records import Evidence

try:
    from llama_index.core.base.base_retriever import BaseRetriever
    from llama_index.core.schema import (
        NodeRelationship,
        NodeWithScore,
        ObjectType,
        QueryBundle,
        RelatedNodeInfo,
        TextNode,
    )
except ImportError as error:
    raise ImportError(
        "LlamaIndex is not installed; pip install 'qa-service[llamaindex]'"
    ) from error

_NOT_FOR_MODELS = ["document_id", "page", "section"]


class QaServiceRetriever(BaseRetriever):
    """Retrieves from a ``Retriever``, a ``Service`` or a ``Client``.

    Asynchronous calls go to ``async_source`` (an ``AsyncClient``) where there is one, and
    otherwise to ``source`` on a thread. A node's ``start_char_idx`` and ``end_char_idx`` are
    offsets into the document's text; its SOURCE relationship names the document.
    """

    def __init__(
        self,
        source: Source,
        *,
        async_source: AsyncSource | None = None,
        top_k: int = 5,
        filters: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self._source = source
        self._async_source = async_source
        self._top_k = top_k
        self._filters = filters

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        retrieval = self._source.retrieve(
            query_bundle.query_str, top_k=self._top_k, filters=self._filters
        )
        return [_node(one) for one in retrieval.evidence]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        if self._async_source is None:
            return await asyncio.to_thread(self._retrieve, query_bundle)
        retrieval = await self._async_source.retrieve(
            query_bundle.query_str, top_k=self._top_k, filters=self._filters
        )
        return [_node(one) for one in retrieval.evidence]


def _node(evidence: Evidence) -> NodeWithScore:
    passage = evidence.passage
    node = TextNode(
        id_=passage.id,
        text=passage.text,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata={
            "title": passage.title,
            "document_id": passage.document_id,
            "page": page_of(evidence),
            "section": list(passage.section),
        },
        excluded_embed_metadata_keys=_NOT_FOR_MODELS,
        excluded_llm_metadata_keys=_NOT_FOR_MODELS,
        relationships={
            NodeRelationship.SOURCE: RelatedNodeInfo(
                node_id=passage.document_id,
                node_type=ObjectType.DOCUMENT,
                metadata={"title": passage.title},
            )
        },
    )
    return NodeWithScore(node=node, score=float(evidence.score))
