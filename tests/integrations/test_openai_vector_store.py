"""The stock ``openai`` client searches the documents as a vector store."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import openai
import pytest

from qa_service.service import Service

QUESTION = "How long is the sea wall?"


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as opened:
        yield opened


def test_results_carry_offsets_as_attributes(client: openai.OpenAI, service: Service) -> None:
    page = client.vector_stores.search("default", query=QUESTION, max_num_results=3)
    found = list(page)
    expected = service.retrieve(QUESTION, top_k=3).evidence
    assert len(found) == 3
    for result, one in zip(found, expected, strict=True):
        attributes: dict[str, Any] = result.attributes or {}
        text = service.document(result.file_id).text
        start, end = int(attributes["start"]), int(attributes["end"])
        assert text[start:end] == result.content[0].text == one.passage.text
        assert result.file_id == one.passage.document_id
        assert result.file_id.endswith(result.filename)
        assert result.score == pytest.approx(one.score)
        assert len(attributes) <= 16
        for value in attributes.values():
            assert isinstance(value, str | int | float | bool)


def test_pages_follow_each_other_without_gap_or_repeat(
    client: openai.OpenAI, service: Service
) -> None:
    expected = [one.passage.id for one in service.retrieve(QUESTION, top_k=50).evidence]
    seen: list[str] = []
    following: str | None = None
    while True:
        page = client.vector_stores.search(
            "default",
            query=QUESTION,
            max_num_results=4,
            extra_body={"page": following} if following else None,
        )
        extra = page.model_dump()
        seen += [str((result.attributes or {})["passage_id"]) for result in page.data]
        following = extra["next_page"]
        assert extra["has_more"] == (following is not None)
        if following is None:
            break
        assert len(page.data) == 4
    assert seen == expected


def test_filters_thresholds_and_several_queries(client: openai.OpenAI) -> None:
    page = client.vector_stores.search(
        "default",
        query=["Who added a separate condenser?", "Where does the Danube rise?"],
        filters={
            "type": "or",
            "filters": [
                {"type": "eq", "key": "tags", "value": "steam"},
                {"type": "gte", "key": "year", "value": 2021},
            ],
        },
        ranking_options={"score_threshold": 0.3},
        rewrite_query=False,
    )
    assert {result.file_id for result in page} == {"engines.md"}
    scores = [result.score for result in page]
    assert scores == sorted(scores, reverse=True)
    assert min(scores) >= 0.3
    ids = [str((result.attributes or {})["passage_id"]) for result in page]
    assert len(ids) == len(set(ids))


def test_the_live_version_names_the_store_as_well(client: openai.OpenAI, service: Service) -> None:
    assert client.vector_stores.search(service.index_version, query=QUESTION).data
    with pytest.raises(openai.NotFoundError) as caught:
        client.vector_stores.search("vs_abc", query=QUESTION)
    assert caught.value.code == "collection_not_found"


@pytest.mark.parametrize(
    "options",
    [
        {"query": ""},
        {"query": []},
        {"query": ["q"] * 11},
        {"query": " "},
        {"query": QUESTION, "max_num_results": 51},
        {"query": QUESTION, "extra_body": {"page": "-1"}},
        {"query": QUESTION, "extra_query": {"page": "50"}},
        {"query": QUESTION, "filters": {"type": "like", "key": "a", "value": 1}},
    ],
)
def test_what_is_wrong_is_a_bad_request(client: openai.OpenAI, options: dict[str, Any]) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.vector_stores.search("default", **options)
    assert caught.value.body["hint"]
