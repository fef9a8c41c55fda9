"""Whichever way a question comes in, the same passages at the same offsets come out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from urllib.parse import unquote

import httpx
import pytest

from conftest import QUESTIONS
from qa_service.integrations.client import AsyncClient, Client
from qa_service.service import Service

Found = list[tuple[str, int, int, str]]  # document, start, end, text
TOP_K = 5


def http(url: str, question: str) -> Found:
    reply = httpx.post(f"{url}/v1/retrieve", json={"question": question, "top_k": TOP_K}).json()
    return [(p["document_id"], p["start"], p["end"], p["text"]) for p in reply["passages"]]


def client(url: str, question: str) -> Found:
    with Client(url) as opened:
        evidence = opened.retrieve(question, top_k=TOP_K).evidence
    return [
        (e.passage.document_id, e.passage.start, e.passage.end, e.passage.text) for e in evidence
    ]


def async_client(url: str, question: str) -> Found:
    async def ask() -> Found:
        async with AsyncClient(url) as opened:
            evidence = (await opened.retrieve(question, top_k=TOP_K)).evidence
        passages = [one.passage for one in evidence]
        return [(p.document_id, p.start, p.end, p.text) for p in passages]

    return asyncio.run(ask())


def openai_chat(url: str, question: str) -> Found:
    import openai

    with openai.OpenAI(base_url=f"{url}/v1", api_key="none") as opened:
        reply = opened.chat.completions.create(
            model="qa-service",
            messages=[{"role": "user", "content": question}],
            extra_body={"top_k": TOP_K},
        )
    results = reply.model_dump()["search_results"]
    return [(r["document_id"], r["start"], r["end"], r["snippet"]) for r in results]


def openai_vector_store(url: str, question: str) -> Found:
    import openai

    with openai.OpenAI(base_url=f"{url}/v1", api_key="none") as opened:
        page = opened.vector_stores.search("default", query=question, max_num_results=TOP_K)
    found: Found = []
    for result in page.data:
        attributes = result.attributes or {}
        start, end = int(attributes["start"]), int(attributes["end"])
        found.append((result.file_id, start, end, result.content[0].text))
    return found


def anthropic(url: str, question: str) -> Found:
    body = {"question": question, "top_k": TOP_K}
    reply = httpx.post(f"{url}/v1/anthropic/search_results", json=body).json()
    found: Found = []
    for block in reply["search_results"]:
        document_id, _, place = block["source"].partition("#char=")
        start, end = map(int, place.split(","))
        text = "".join(content["text"] for content in block["content"])
        found.append((document_id, start, end, text))
    return found


def dify(url: str, question: str) -> Found:
    setting = {"top_k": TOP_K, "score_threshold": 0}
    body = {"knowledge_id": "default", "query": question, "retrieval_setting": setting}
    records = httpx.post(f"{url}/retrieval", json=body).json()["records"]
    places = [record["metadata"] for record in records]
    return [
        (place["document_id"], place["start"], place["end"], record["content"])
        for place, record in zip(places, records, strict=True)
    ]


def open_webui(url: str, question: str) -> Found:
    results = httpx.post(f"{url}/search", json={"query": question, "count": TOP_K}).json()
    found: Found = []
    for result in results:
        path, _, place = result["link"].partition("#char=")
        start, end = map(int, place.split(","))
        document_id = unquote(path.removeprefix(f"{url}/v1/files/"))
        found.append((document_id, start, end, result["snippet"]))
    return found


def mcp(url: str, question: str) -> Found:
    import mcp

    async def use() -> Found:
        found: Found = []
        async with mcp.Client(f"{url}/mcp") as opened:
            results = (await opened.call_tool("search", {"query": question})).structured_content
            for result in results["results"][:TOP_K]:
                fetched = (await opened.call_tool("fetch", {"id": result["id"]})).structured_content
                place = fetched["metadata"]
                found.append((place["document_id"], place["start"], place["end"], fetched["text"]))
        return found

    return asyncio.run(use())


def langchain(url: str, question: str) -> Found:
    from qa_service.integrations.langchain import QaServiceRetriever

    with Client(url) as opened:
        documents = QaServiceRetriever(source=opened, k=TOP_K).invoke(question)
    places = [(d.metadata, d.page_content) for d in documents]
    return [(m["source"], m["start_index"], m["end_index"], text) for m, text in places]


def llamaindex(url: str, question: str) -> Found:
    from qa_service.integrations.llamaindex import QaServiceRetriever

    with Client(url) as opened:
        found = QaServiceRetriever(opened, top_k=TOP_K).retrieve(question)
    nodes = [one.node for one in found]
    return [(n.ref_doc_id, n.start_char_idx, n.end_char_idx, n.text) for n in nodes]


WAYS: Mapping[str, Callable[[str, str], Found]] = {
    way.__name__: way
    for way in (
        http,
        client,
        async_client,
        openai_chat,
        openai_vector_store,
        anthropic,
        dify,
        open_webui,
        mcp,
        langchain,
        llamaindex,
    )
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_gives_the_same_passages_and_offsets(
    url: str, service: Service, way: str
) -> None:
    for question in QUESTIONS:
        evidence = service.retrieve(question, top_k=TOP_K).evidence
        passages = [one.passage for one in evidence]
        expected = [(p.document_id, p.start, p.end, p.text) for p in passages]
        assert WAYS[way](url, question) == expected
        for document_id, start, end, text in expected:
            assert service.document(document_id).text[start:end] == text
