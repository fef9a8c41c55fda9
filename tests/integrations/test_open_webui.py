"""Open WebUI's external search: a bare list of links, titles and snippets."""

from __future__ import annotations

import httpx
import pytest

from qa_service.service import Service

QUESTION = "Who added a separate condenser?"


def test_results_are_the_passages_with_links_to_their_files(url: str, service: Service) -> None:
    body = {"query": QUESTION, "count": 3}
    results = httpx.post(f"{url}/search", json=body, headers={"Authorization": "Bearer x"}).json()
    evidence = service.retrieve(QUESTION, top_k=3).evidence
    assert [result["snippet"] for result in results] == [one.passage.text for one in evidence]
    for result, one in zip(results, evidence, strict=True):
        assert set(result) == {"link", "title", "snippet"}
        assert one.passage.text in httpx.get(result["link"]).text


@pytest.mark.parametrize(("count", "status"), [(500, 200), (1, 200), (0, 400), ("many", 400)])
def test_any_positive_count_is_taken(url: str, count: object, status: int) -> None:
    reply = httpx.post(f"{url}/search", json={"query": QUESTION, "count": count})
    assert reply.status_code == status
    if status == 200:
        assert 1 <= len(reply.json()) <= 50
