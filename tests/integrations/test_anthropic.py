"""Blocks and citations are what Anthropic's SDK types say they are, and lead back exactly."""

from __future__ import annotations

import importlib
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter

from conftest import QUESTIONS
from qa_service.integrations.anthropic import (
    answer_blocks,
    char_location,
    search_results,
    source_span,
)
from qa_service.records import Answer, Citation
from qa_service.service import Service

KNOWN = "What was the first ship to enter the new basin?"


@pytest.fixture(scope="module")
def reply(url: str) -> dict[str, Any]:
    found = httpx.post(f"{url}/v1/anthropic/search_results", json={"question": KNOWN, "top_k": 3})
    assert found.status_code == 200
    content: dict[str, Any] = found.json()
    return content


@pytest.fixture(scope="module")
def types() -> Any:
    """The SDK's types; loading them takes over a second, which only this module's run need pay."""
    return importlib.import_module("anthropic.types")


def test_passages_are_search_results_with_one_sentence_a_block(
    reply: dict[str, Any], service: Service, types: Any
) -> None:
    blocks = reply["search_results"]
    TypeAdapter(list[types.SearchResultBlockParam]).validate_python(blocks)
    evidence = service.retrieve(KNOWN, top_k=3).evidence
    assert len(blocks) == len(evidence)
    for block, one in zip(blocks, evidence, strict=True):
        texts = [content["text"] for content in block["content"]]
        assert "".join(texts) == one.passage.text
        assert [text.strip() for text in texts] == [s.text for s in one.passage.sentences]
        assert block["citations"] == {"enabled": True}


def test_the_answer_is_text_blocks_with_char_locations(
    reply: dict[str, Any], service: Service, types: Any
) -> None:
    _, answer = service.ask(KNOWN, top_k=3)
    assert answer is not None
    blocks = [types.TextBlock.model_validate(block) for block in reply["answer"]]
    assert "".join(block.text for block in blocks) == answer.text
    locations = [one for block in blocks for one in block.citations or []]
    assert len(locations) == len(answer.citations)
    for one in locations:
        assert isinstance(one, types.CitationCharLocation)
        text = service.document(reply["documents"][one.document_index]).text
        assert text[one.start_char_index : one.end_char_index] == one.cited_text


def test_an_abstention_has_passages_and_no_answer(url: str) -> None:
    body = {"question": "What is the capital of Peru?"}
    found = httpx.post(f"{url}/v1/anthropic/search_results", json=body).json()
    assert found["answer"] is None
    assert found["reason"]
    assert found["search_results"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_block_a_model_could_cite_leads_back_to_its_document(
    service: Service, question: str
) -> None:
    retrieval = service.retrieve(question)
    for place, block in enumerate(search_results(retrieval)):
        texts = [content["text"] for content in block["content"]]
        for first in range(len(texts)):
            for last in range(first + 1, len(texts) + 1):
                citation = {
                    "type": "search_result_location",
                    "source": block["source"],
                    "search_result_index": place,
                    "start_block_index": first,
                    "end_block_index": last,
                    "cited_text": "".join(texts[first:last]),
                }
                document_id, span = source_span(citation, retrieval.evidence)
                text = service.document(document_id).text
                assert text[span.start : span.end] == citation["cited_text"]


def test_a_citation_of_what_was_not_sent_is_refused(service: Service) -> None:
    evidence = service.retrieve(KNOWN).evidence
    made_up = {"source": "a.txt#char=0,1", "start_block_index": 0, "end_block_index": 1}
    outside = {**made_up, "source": evidence[0].passage.id, "end_block_index": 99}
    for citation in (made_up, outside):
        with pytest.raises(ValueError, match="no block"):
            source_span(citation, evidence)


def test_overlapping_citations_keep_the_text_whole(types: Any) -> None:
    def cite(start: int, end: int) -> Citation:
        return Citation("a", "A", "x" * (end - start), 0, end - start, start, end)

    answer = Answer("abcdefghij", "generative", (cite(2, 6), cite(4, 8)))
    blocks = answer_blocks(answer, ["a"])
    assert [block["text"] for block in blocks] == ["ab", "cd", "ef", "gh", "ij"]
    assert [len(block["citations"] or []) for block in blocks] == [0, 1, 2, 1, 0]
    types.CitationCharLocation.model_validate(char_location(answer.citations[0], 0))
