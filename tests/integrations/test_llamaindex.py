"""LlamaIndex: the retriever by itself, and inside a query engine with a model that echoes."""

from __future__ import annotations

import asyncio

import pytest

from qa_service.integrations.client import AsyncClient, Client
from qa_service.service import Service

# LlamaIndex takes over a second to load, which only this module's run need pay: hence the imports
# inside the functions.
KNOWN = "What was the first ship to enter the new basin?"


def test_nodes_carry_offsets_and_their_source(url: str, service: Service) -> None:
    from llama_index.core.schema import NodeRelationship, TextNode

    from qa_service.integrations.llamaindex import QaServiceRetriever

    expected = service.retrieve(KNOWN, top_k=3).evidence
    with Client(url) as client:
        found = QaServiceRetriever(client, top_k=3).retrieve(KNOWN)
    assert len(found) == 3
    for one, evidence in zip(found, expected, strict=True):
        node = one.node
        assert isinstance(node, TextNode)
        source = node.relationships[NodeRelationship.SOURCE]
        text = service.document(source.node_id).text
        assert text[node.start_char_idx : node.end_char_idx] == node.text == evidence.passage.text
        assert node.node_id == evidence.passage.id
        assert one.score == pytest.approx(evidence.score)
        assert node.ref_doc_id == evidence.passage.document_id


def test_a_query_engine_answers_from_the_passages(service: Service) -> None:
    from llama_index.core.llms import MockLLM
    from llama_index.core.query_engine import RetrieverQueryEngine

    from qa_service.integrations.llamaindex import QaServiceRetriever

    engine = RetrieverQueryEngine.from_args(QaServiceRetriever(service, top_k=2), llm=MockLLM())
    response = engine.query(KNOWN)
    assert "Marta" in str(response)  # the model repeats its prompt, which holds the passages
    sources = [node.node.node_id for node in response.source_nodes]
    assert sources == [one.passage.id for one in service.retrieve(KNOWN, top_k=2).evidence]


def test_asynchronous_calls_give_the_same_nodes(url: str, service: Service) -> None:
    from qa_service.integrations.llamaindex import QaServiceRetriever

    async def use() -> list[list[str]]:
        async with AsyncClient(url) as client:
            near = await QaServiceRetriever(service).aretrieve(KNOWN)
            far = await QaServiceRetriever(service, async_source=client).aretrieve(KNOWN)
            return [[one.node.node_id for one in found] for found in (near, far)]

    near, far = asyncio.run(use())
    assert near == far == [one.passage.id for one in service.retrieve(KNOWN).evidence]


def test_models_see_the_title_and_no_machinery(service: Service) -> None:
    from llama_index.core.schema import MetadataMode

    from qa_service.integrations.llamaindex import QaServiceRetriever

    [one, *_] = QaServiceRetriever(service).retrieve(KNOWN)
    shown = one.node.get_content(MetadataMode.LLM)
    assert "title: " in shown
    assert "document_id" not in shown
