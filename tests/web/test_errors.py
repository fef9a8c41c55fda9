"""Every error has a status, one shape and a hint; the matrix comes from the OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from qa_service import errors
from qa_service.settings import Settings
from qa_service.web import errors as web_errors
from qa_service.web.errors import STATUS, error_response, status_of
from qa_service.web.schemas import ErrorReply
from web.client import app_of, call
from web.fakes import FakeService

OPENAPI = call(app_of(), "GET", "/openapi.json").json()
JSON = {"Content-Type": "application/json"}


def every_error(base: type[errors.QaServiceError]) -> Iterator[type[errors.QaServiceError]]:
    yield base
    for child in base.__subclasses__():
        yield from every_error(child)


def post_paths() -> list[str]:
    return [path for path, methods in OPENAPI["paths"].items() if "post" in methods]


def bad_values(schema: dict[str, Any]) -> list[Any]:
    """Values that a property's schema does not allow, of every JSON type and bound."""
    kinds = {part.get("type") for part in schema.get("anyOf", [schema])} - {None}
    if any("$ref" in part for part in schema.get("anyOf", [])):
        kinds.add("object")
    wrong: dict[str, Any] = {
        "string": "5",
        "integer": 5,
        "number": 1.5,
        "boolean": True,
        "null": None,
        "array": [1],
        "object": {},
    }
    if "number" in kinds:
        kinds.add("integer")
    values = [value for kind, value in wrong.items() if kind not in kinds]
    for part in schema.get("anyOf", [schema]):
        values += [part["minimum"] - 1] if "minimum" in part else []
        values += [part["maximum"] + 1] if "maximum" in part else []
        values += [""] if part.get("minLength") else []
    return values


def bad_bodies() -> Iterator[Any]:
    for path in post_paths():
        content = OPENAPI["paths"][path]["post"]["requestBody"]["content"]
        name = content["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
        model = OPENAPI["components"]["schemas"][name]
        good = model["examples"][0]
        for raw in ("", " ", "{", "[]", "null", '"text"', "5", "{'a': 1}", "[" * 5000, "\ufeff{}"):
            yield pytest.param(path, raw.encode(), id=f"{path}-{raw[:10]!r}")
        yield pytest.param(path, b'{"question": "\xff\xfe"}', id=f"{path}-not-utf8")
        yield pytest.param(path, b'{"question": "\\ud800"}', id=f"{path}-surrogate")
        yield pytest.param(path, json.dumps({**good, "extra": 1}).encode(), id=f"{path}-unknown")
        for field in model["required"]:
            without = {k: v for k, v in good.items() if k != field}
            yield pytest.param(path, json.dumps(without).encode(), id=f"{path}-no-{field}")
        for field, schema in model["properties"].items():
            for value in bad_values(schema):
                body = json.dumps({**good, field: value}).encode()
                yield pytest.param(path, body, id=f"{path}-{field}={value!r}")


def assert_one_shape(content: bytes) -> dict[str, str]:
    error = ErrorReply.model_validate_json(content).error
    assert error.code
    assert error.message
    assert error.hint
    return error.model_dump()


@pytest.mark.parametrize(("path", "body"), list(bad_bodies()))
def test_a_bad_body_is_a_400_in_the_one_shape(path: str, body: bytes) -> None:
    service = FakeService()
    reply = call(app_of(service), "POST", path, content=body, headers=JSON)
    assert reply.status_code == 400, reply.text
    assert reply.headers["content-type"] == "application/json"
    assert_one_shape(reply.content)
    assert service.calls == []


@pytest.mark.parametrize("path", post_paths())
@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_a_body_not_declared_as_json_is_a_415(path: str, content_type: str) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    reply = call(app_of(), "POST", path, content=b'{"question": "x"}', headers=headers)
    assert reply.status_code == 415
    assert "application/json" in assert_one_shape(reply.content)["hint"]


@pytest.mark.parametrize("path", list(OPENAPI["paths"]))
def test_a_wrong_method_is_a_405_that_names_the_right_one(path: str) -> None:
    allowed = {method.upper() for method in OPENAPI["paths"][path]}
    reply = call(app_of(), "DELETE", path)
    assert reply.status_code == 405
    assert {m.strip() for m in reply.headers["allow"].split(",")} >= allowed
    assert next(iter(allowed)) in assert_one_shape(reply.content)["hint"]


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/v1/aks", "/v1/ask"),
        ("/v1/retrieve/", "/v1/retrieve"),
        ("/retrieve", "/v1/retrieve"),
        ("/healthz", "/health"),
        ("/v1/document", "/v1/documents"),
    ],
)
def test_an_unknown_path_is_a_404_that_names_the_nearest(path: str, near: str) -> None:
    reply = call(app_of(), "GET", path)
    assert reply.status_code == 404
    assert f"{near}?" in assert_one_shape(reply.content)["hint"]


def test_an_unknown_document_is_a_404_of_its_own() -> None:
    for name in ("nope.txt", "", "%2e%2e/%2e%2e/%2e%2e/etc/passwd", "%00"):
        reply = call(app_of(), "GET", f"/v1/documents/x/{name}")
        assert reply.status_code == 404
        assert assert_one_shape(reply.content)["code"] == "document_not_found"


@pytest.mark.parametrize("query", ["limit=x", "limit=0", "limit=1001", "limit=1.5", "limit="])
def test_a_bad_query_parameter_is_a_400(query: str) -> None:
    reply = call(app_of(), "GET", f"/v1/documents?{query}")
    assert reply.status_code == 400
    assert assert_one_shape(reply.content)["message"].startswith("limit: ")


def test_a_field_that_is_wrong_is_named_with_what_it_should_be() -> None:
    body = {"question": "x", "top_k": 51}
    error = call(app_of(), "POST", "/v1/ask", json=body).json()["error"]
    assert error == {
        "code": "invalid_request",
        "message": "top_k: should be less than or equal to 50",
        "hint": "top_k: How many passages to return, 1 to 50.",
    }


def test_a_misspelt_field_is_answered_with_the_nearest_one() -> None:
    body = {"question": "x", "topk": 5}
    error = call(app_of(), "POST", "/v1/ask", json=body).json()["error"]
    assert error["hint"] == "did you mean `top_k`?"


def test_the_services_own_refusal_passes_through_unchanged() -> None:
    service = FakeService(Settings(model="hashing", max_question_characters=10))
    reply = call(app_of(service), "POST", "/v1/ask", json={"question": "x" * 11})
    assert reply.status_code == 400
    assert reply.json()["error"] == {
        "code": "invalid_question",
        "message": "question: more than 10 characters",
        "hint": "ask shorter",
    }


@pytest.mark.parametrize("kind", sorted(set(every_error(errors.QaServiceError)), key=str))
def test_every_error_of_the_tree_has_a_status_and_the_one_shape(
    kind: type[errors.QaServiceError],
) -> None:
    reply = error_response(kind("what and where", "what next"))
    assert 400 <= reply.status_code < 600
    assert json.loads(bytes(reply.body)) == {
        "error": {"code": kind.code, "message": "what and where", "hint": "what next"}
    }


def test_no_two_errors_share_a_code() -> None:
    kinds = set(every_error(errors.QaServiceError))
    assert len({kind.code for kind in kinds}) == len(kinds)


def test_the_table_decides_by_the_nearest_class() -> None:
    expected = {
        errors.InvalidQuestion: 400,
        errors.InvalidFilter: 400,
        errors.InvalidSettings: 500,
        errors.DocumentNotFound: 404,
        errors.DocumentTooLarge: 500,
        errors.Overloaded: 429,
        errors.IndexMissing: 503,
        errors.IndexCorrupt: 503,
        errors.ModelNotFound: 503,
        web_errors.RequestTooLarge: 413,
        web_errors.InternalError: 500,
    }
    assert {kind: status_of(kind("m", "h")) for kind in expected} == expected


def test_overload_and_unreadiness_say_when_to_come_back() -> None:
    for kind, status in STATUS.items():
        headers = error_response(kind("m", "h")).headers
        assert ("retry-after" in headers) == (status in (429, 503))
