"""Dify's external knowledge contract: records, conditions, the key, its error fields."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from qa_service.service import Service
from qa_service.settings import Settings
from web.client import app_of, call
from web.fakes import FakeService

QUESTION = "Who added a separate condenser?"


def body(**more: Any) -> dict[str, Any]:
    setting = {"top_k": 3, "score_threshold": 0.0}
    return {
        "knowledge_id": "default",
        "query": QUESTION,
        "retrieval_setting": setting,
        **more,
    }


def condition(operator: str, value: Any, name: Any = "year") -> dict[str, Any]:
    one = {"name": name, "comparison_operator": operator, "value": value}
    return {"metadata_condition": {"logical_operator": "and", "conditions": [one]}}


def test_records_are_the_passages_with_offsets_in_metadata(url: str, service: Service) -> None:
    reply = httpx.post(f"{url}/retrieval", json=body()).json()
    expected = service.retrieve(QUESTION, top_k=3).evidence
    assert [record["content"] for record in reply["records"]] == [e.passage.text for e in expected]
    for record, one in zip(reply["records"], expected, strict=True):
        metadata = record["metadata"]
        text = service.document(metadata["document_id"]).text
        assert text[metadata["start"] : metadata["end"]] == record["content"]
        assert record["score"] == pytest.approx(one.score)
        assert record["title"] == one.passage.title


def test_the_threshold_and_a_large_top_k_are_honoured(url: str, service: Service) -> None:
    setting = {"top_k": 500, "score_threshold": 0.4}
    records = httpx.post(f"{url}/retrieval", json=body(retrieval_setting=setting)).json()["records"]
    expected = [e for e in service.retrieve(QUESTION, top_k=50).evidence if e.score >= 0.4]
    assert len(records) == len(expected) > 0


@pytest.mark.parametrize(
    ("conditions", "documents"),
    [
        (condition("=", "2021"), {"engines.md"}),
        (condition("=", 2021), {"engines.md"}),
        (condition("is", "steam", "tags"), {"engines.md"}),
        (condition("is", "steam", ["kind", "tags"]), {"engines.md"}),
        (condition("in", ["coal", "water"], "tags"), {"engines.md", "rivers/danube.md"}),
        (condition("≥", "2019"), {"engines.md", "rivers/danube.md"}),
        (condition("<", "2020"), {"rivers/danube.md"}),
        (condition("is", "nobody", "author"), set()),
        ({"metadata_condition": {"conditions": []}}, None),
        ({"metadata_condition": None}, None),
    ],
)
def test_conditions_are_filters(
    url: str, conditions: dict[str, Any], documents: set[str] | None
) -> None:
    setting = {"top_k": 50, "score_threshold": 0}
    reply = httpx.post(f"{url}/retrieval", json=body(retrieval_setting=setting, **conditions))
    assert reply.status_code == 200
    found = {record["metadata"]["document_id"] for record in reply.json()["records"]}
    assert found == documents if documents is not None else len(found) > 2


@pytest.mark.parametrize(
    ("wrong", "status", "error_code"),
    [
        ({"knowledge_id": "other"}, 404, 2001),
        ({"query": " "}, 400, "invalid_question"),
        (condition("start with", "20"), 400, "invalid_filter"),
        (condition(">", "soon"), 400, "invalid_filter"),
        ({"retrieval_setting": {"top_k": 0}}, 400, "invalid_request"),
    ],
)
def test_errors_have_difys_fields_beside_our_own(
    url: str, wrong: dict[str, Any], status: int, error_code: Any
) -> None:
    reply = httpx.post(f"{url}/retrieval", json=body(**wrong))
    assert reply.status_code == status
    content = reply.json()
    assert content["error_code"] == error_code
    assert content["error_msg"]
    assert set(content["error"]) == {"code", "message", "hint"}


@pytest.mark.parametrize(
    ("header", "status", "error_code"),
    [
        ("Bearer s3cret", 200, None),
        ("bearer s3cret", 200, None),
        ("Bearer wrong", 401, 1002),
        ("Bearer s3crét", 401, 1002),
        ("s3cret", 401, 1001),
        ("Basic s3cret", 401, 1001),
        (None, 401, 1001),
    ],
)
def test_with_a_key_only_its_bearer_is_answered(
    header: str | None, status: int, error_code: int | None
) -> None:
    app = app_of(FakeService(Settings(model="hashing", dify_key=SecretStr("s3cret"))))
    headers = {} if header is None else {"Authorization": header.encode()}
    reply = call(app, "POST", "/retrieval", json=body(), headers=headers)
    assert reply.status_code == status
    assert reply.json().get("error_code") == error_code
    assert "s3cret" not in reply.text


def test_without_a_key_any_header_is_fine() -> None:
    reply = call(
        app_of(), "POST", "/retrieval", json=body(), headers={"Authorization": "Bearer anything"}
    )
    assert reply.status_code == 200
