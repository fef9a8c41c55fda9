"""Request ids, host names and body limits."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from qa_service.settings import Settings
from qa_service.web.middleware import allowed_hosts, host_name
from web.client import app_of, call
from web.fakes import FakeService

LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}


@pytest.mark.parametrize("given", ["a", "trace-1.2_3", "A" * 64])
def test_a_plain_request_id_is_echoed(given: str) -> None:
    reply = call(app_of(), "GET", "/health", headers={"X-Request-Id": given})
    assert reply.headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "a b", "A" * 65, "x\ty", "<script>", "é".encode()])
def test_any_other_request_id_is_replaced(given: str | bytes) -> None:
    reply = call(app_of(), "GET", "/health", headers={"X-Request-Id": given})
    assert len(reply.headers["x-request-id"]) == 32


def test_every_reply_has_an_id_of_its_own_and_forbids_sniffing() -> None:
    app = app_of()
    replies = [call(app, "GET", path) for path in ("/", "/health", "/nope", "/v1/ask", "/docs")]
    assert len({reply.headers["x-request-id"] for reply in replies}) == len(replies)
    assert {reply.headers["x-content-type-options"] for reply in replies} == {"nosniff"}


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", LOOPBACK),
        ("localhost", LOOPBACK),
        ("LOCALHOST", LOOPBACK),
        ("::1", LOOPBACK),
        ("[::1]", LOOPBACK),
        ("127.0.0.2", LOOPBACK | {"127.0.0.2"}),
        ("0.0.0.0", set()),
        ("::", set()),
        ("192.0.2.7", set()),
        ("qa.example", set()),
    ],
)
def test_only_loopback_services_guard_their_names(host: str, expected: set[str]) -> None:
    assert allowed_hosts(host) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("localhost", "localhost"),
        ("LocalHost:8000", "localhost"),
        ("127.0.0.1:1", "127.0.0.1"),
        ("[::1]:8000", "[::1]"),
        ("[::1]", "[::1]"),
        ("localhost:80@evil.example", ""),
        ("localhost:evil", ""),
        ("localhost.evil.example:80", "localhost.evil.example"),
        ("", ""),
        ("::1", ""),
        ("[::1]evil:80", ""),
    ],
)
def test_a_hosts_port_is_set_aside(header: str, expected: str) -> None:
    assert host_name(header) == expected


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "localhost:evil"]
)
def test_a_foreign_name_is_refused_on_every_path(host: str) -> None:
    for method, path in (("GET", "/"), ("POST", "/v1/ask"), ("GET", "/static/app.js")):
        reply = call(app_of(), method, path, headers={"Host": host})
        assert reply.status_code == 403
        assert reply.json()["error"]["code"] == "host_not_allowed"


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:9", "[::1]:8000"])
def test_the_services_own_names_are_taken_with_any_port(host: str) -> None:
    assert call(app_of(), "GET", "/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("announced", [True, False])
def test_the_body_limit_is_exact(announced: bool) -> None:
    service = FakeService(Settings(model="hashing", max_request_bytes=1000))
    start, end = b'{"question": "x"', b"}"

    def send(size: int) -> int:
        body = start + b" " * (size - len(start) - len(end)) + end

        async def chunks() -> AsyncIterator[bytes]:
            for at in range(0, len(body), 100):
                yield body[at : at + 100]

        content = body if announced else chunks()
        headers = {"Content-Type": "application/json"}
        reply = call(app_of(service), "POST", "/v1/ask", content=content, headers=headers)
        if reply.status_code == 413:
            assert reply.json()["error"]["code"] == "request_too_large"
        return reply.status_code

    assert send(1000) == 200
    assert send(1001) == 413
    assert send(50_000) == 413


FRIEND = "https://intranet.example"
WIDGET_PATHS = (
    ("GET", "/static/chat.js"),
    ("GET", "/widget.js"),
    ("GET", "/v1/documents"),
    ("GET", "/v1/documents/garden.md"),
    ("GET", "/v1/files/garden.md"),
    ("POST", "/v1/ask"),
    ("POST", "/v1/retrieve"),
)
OTHER_PATHS = (("GET", "/metrics"), ("GET", "/health"), ("GET", "/"), ("GET", "/docs"))


def allowing(*origins: str) -> FakeService:
    return FakeService(Settings(model="hashing", widget_origins=",".join(origins) or None))


def preflight(method: str, origin: str) -> dict[str, str]:
    return {"Origin": origin, "Access-Control-Request-Method": method}


@pytest.mark.parametrize(("method", "path"), WIDGET_PATHS)
def test_an_allowed_origin_may_call_what_the_widget_needs(method: str, path: str) -> None:
    app = app_of(allowing("https://other.example", FRIEND))
    asked = call(app, "OPTIONS", path, headers=preflight(method, FRIEND))
    assert asked.status_code == 204
    assert method in asked.headers["access-control-allow-methods"]
    assert asked.headers["access-control-allow-headers"] == "Content-Type"
    body = {"json": {"question": "Who?"}} if method == "POST" else {}
    reply = call(app, method, path, headers={"Origin": FRIEND}, **body)
    assert reply.status_code == 200
    for each in (asked, reply):
        assert each.headers["access-control-allow-origin"] == FRIEND
        assert "Origin" in each.headers["vary"]
        assert "access-control-allow-credentials" not in each.headers


@pytest.mark.parametrize(
    "origin",
    [
        "https://intranet.example.evil.example",
        "https://evil.example",
        "http://intranet.example",
        "https://intranet.example:8443",
        "null",
        "*",
        "",
    ],
)
def test_no_other_origin_is_given_leave(origin: str) -> None:
    app = app_of(allowing(FRIEND))
    for method, path in WIDGET_PATHS:
        for headers in ({"Origin": origin}, preflight(method, origin)):
            verb = method if "Access-Control-Request-Method" not in headers else "OPTIONS"
            reply = call(app, verb, path, headers=headers)
            assert "access-control-allow-origin" not in reply.headers
            assert "Origin" in reply.headers["vary"]


def test_an_allowed_origin_may_not_read_the_rest() -> None:
    app = app_of(allowing(FRIEND))
    for method, path in OTHER_PATHS:
        reply = call(app, method, path, headers={"Origin": FRIEND})
        assert "access-control-allow-origin" not in reply.headers


def test_errors_reach_an_allowed_origin_too_and_retry_after_can_be_read() -> None:
    reply = call(app_of(allowing(FRIEND)), "POST", "/v1/ask", headers={"Origin": FRIEND})
    assert reply.status_code in (400, 415)
    assert reply.headers["access-control-allow-origin"] == FRIEND
    assert "Retry-After" in reply.headers["access-control-expose-headers"]


def test_by_default_no_page_but_the_services_own_may_call() -> None:
    for method, path in WIDGET_PATHS:
        reply = call(app_of(), "OPTIONS", path, headers=preflight(method, FRIEND))
        assert reply.status_code == 405
        assert not [name for name in reply.headers if name.startswith("access-control")]


def test_an_allowed_origin_does_not_open_a_foreign_host_name() -> None:
    headers = {"Origin": FRIEND, "Host": "evil.example"}
    reply = call(app_of(allowing(FRIEND)), "GET", "/v1/documents", headers=headers)
    assert reply.status_code == 403
