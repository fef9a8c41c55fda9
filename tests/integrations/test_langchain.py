"""LangChain's own suite for retrievers, over a retriever in process and over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from langchain_tests.integration_tests import RetrieversIntegrationTests

from qa_service.integrations.client import AsyncClient, Client
from qa_service.integrations.langchain import QaServiceRetriever
from qa_service.retrieval.retriever import Retriever
from qa_service.service import Service
from qa_service.settings import Settings

KNOWN = "What was the first ship to enter the new basin?"


class _Suite(RetrieversIntegrationTests):
    source: ClassVar[Any]

    @property
    def retriever_constructor(self) -> type[QaServiceRetriever]:
        return QaServiceRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"source": self.source}

    @property
    def retriever_query_example(self) -> str:
        return KNOWN


class TestInProcess(_Suite):
    @pytest.fixture(autouse=True)
    def _sources(self, library_settings: Settings) -> Iterator[None]:
        # `retriever` is the name of a fixture of the suite itself.
        with Retriever.open(library_settings.index, library_settings) as opened:
            type(self).source = opened
            yield


class TestOverHttp(_Suite):
    @pytest.fixture(autouse=True)
    def _sources(self, url: str) -> Iterator[None]:
        with Client(url) as client:
            type(self).source = client
            yield


def test_metadata_leads_back_to_the_source(url: str, service: Service) -> None:
    with Client(url) as client:
        documents = QaServiceRetriever(source=client, k=3).invoke(KNOWN)
    for document in documents:
        metadata = document.metadata
        assert set(metadata) == {"source", "title", "start_index", "end_index", "page", "score"}
        text = service.document(metadata["source"]).text
        assert text[metadata["start_index"] : metadata["end_index"]] == document.page_content
        assert document.id is not None
    assert [d.metadata["score"] for d in documents] == sorted(
        (d.metadata["score"] for d in documents), reverse=True
    )


def test_filters_restrict_in_the_constructor_and_in_a_call(service: Service) -> None:
    steam = {"type": "eq", "key": "tags", "value": "steam"}
    water = {"type": "eq", "key": "tags", "value": "water"}
    retriever = QaServiceRetriever(source=service, filters=steam)
    assert {d.metadata["source"] for d in retriever.invoke(KNOWN)} == {"engines.md"}
    found = retriever.invoke(KNOWN, filters=water)
    assert {d.metadata["source"] for d in found} == {"rivers/danube.md"}


def test_an_asynchronous_client_is_awaited(url: str, service: Service) -> None:
    class Untouchable:
        def retrieve(self, question: str, **options: Any) -> Any:
            raise AssertionError("the synchronous source was asked")

    async def use() -> list[Any]:
        async with AsyncClient(url) as client:
            retriever = QaServiceRetriever(source=Untouchable(), async_source=client, k=2)
            return await retriever.ainvoke(KNOWN)

    expected = QaServiceRetriever(source=service, k=2).invoke(KNOWN)
    assert asyncio.run(use()) == expected
