"""Bodies: what is refused before a model sees it, and how a refusal is worded."""

from __future__ import annotations

import asyncio

import pytest
from starlette.requests import Request
from starlette.types import Message

from qa_service.errors import InvalidFilter, InvalidQuestion, InvalidRequest
from qa_service.web import body as body_module
from qa_service.web.body import parse_json, read_json
from qa_service.web.errors import InvalidJson, RequestTimeout
from qa_service.web.schemas import QuestionRequest


def test_defaults_are_the_contracts() -> None:
    asked = parse_json(b'{"question": "x"}', QuestionRequest)
    assert asked == QuestionRequest(
        question="x", top_k=5, max_tokens=None, filters=None, explain=False
    )


def test_nulls_are_taken_where_the_contract_has_them() -> None:
    body = b'{"question": "x", "max_tokens": null, "filters": null}'
    assert parse_json(body, QuestionRequest).max_tokens is None


@pytest.mark.parametrize("name", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_json_lacks_are_refused_wherever_they_hide(name: str) -> None:
    body = f'{{"question": "x", "filters": {{"value": {name}}}}}'.encode()
    with pytest.raises(InvalidJson, match=name):
        parse_json(body, QuestionRequest)


def test_the_word_nan_inside_a_text_is_no_number() -> None:
    assert parse_json(b'{"question": "NaN or Infinity?"}', QuestionRequest).question


def test_errors_name_their_field_family() -> None:
    with pytest.raises(InvalidQuestion):
        parse_json(b'{"question": 5}', QuestionRequest)
    with pytest.raises(InvalidFilter):
        parse_json(b'{"question": "x", "filters": []}', QuestionRequest)
    with pytest.raises(InvalidRequest, match="explain"):
        parse_json(b'{"question": "x", "explain": "yes"}', QuestionRequest)


def test_many_errors_are_told_and_counted() -> None:
    body = b'{"question": "x", "a": 1, "b": 1, "c": 1, "d": 1, "e": 1}'
    with pytest.raises(InvalidRequest, match=r"a: unknown field; b: .*; c: .*; and 2 more"):
        parse_json(body, QuestionRequest)


def test_a_refusal_does_not_echo_a_long_body() -> None:
    body = b'{"question": "x", "' + b"k" * 100_000 + b'": 1}'
    with pytest.raises(InvalidRequest) as caught:
        parse_json(body, QuestionRequest)
    assert len(str(caught.value)) < 500


def test_a_body_that_never_arrives_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_module, "BODY_SECONDS", 0.01)

    async def receive() -> Message:
        await asyncio.sleep(60)
        raise AssertionError("unreachable")

    scope = {"type": "http", "headers": [(b"content-type", b"application/json")]}
    with pytest.raises(RequestTimeout):
        asyncio.run(read_json(Request(scope, receive), QuestionRequest))
