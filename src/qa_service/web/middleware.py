"""What surrounds every request: an id and a count, the host check, who else may
call, the body limit.

Plain ASGI: each layer adds a few microseconds. ``app.py`` lists them in order.
"""

from __future__ import annotations

import ipaddress
import logging
import re
import time
import uuid
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa_service.web.errors import HostNotAllowed, RequestTooLarge, error_response, internal_error
from qa_service.web.metrics import Metrics

logger = logging.getLogger("qa_service.web")

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_PORT = re.compile(r"(:[0-9]{0,5})?", re.ASCII)
_WIDGET_PATHS = re.compile(
    r"/(?:static/|widget\.js$|v1/(?:ask|retrieve|documents)$|v1/(?:documents|files)/)"
)
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": "600",
}


class Observe:
    """Outermost: gives the request its id, counts it, and turns a defect into a plain 500."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = _request_id(Headers(scope=scope).get("x-request-id"))
        status = 0

        async def send_observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        try:
            await self.app(scope, receive, send_observed)
        except Exception:  # a defect, of whatever kind: nothing of it may reach the client
            logger.exception("request %s failed", request_id)
            if status:
                raise  # half a reply is out: the server must cut the connection
            await error_response(internal_error(request_id))(scope, receive, send_observed)
        finally:
            route = getattr(scope.get("route"), "path", "unmatched")
            seconds = time.perf_counter() - started
            # 499, as nginx has it: the client went away before a reply began.
            self.metrics.request(route, scope["method"], status or 499, seconds)


class AllowedHosts:
    """Refuses requests that name another host, so that no foreign page reaches a loopback
    service by having its own name resolve to this machine (DNS rebinding)."""

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self.app = app
        self.hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self.hosts:
            host = Headers(scope=scope).get("host", "")
            if host_name(host) not in self.hosts:
                error = HostNotAllowed(
                    f"host {host[:80]!r}: not a name of this service",
                    f"use http://{min(self.hosts)}; to serve other names, set QA_HOST to the "
                    "address to listen on",
                )
                await error_response(error)(scope, receive, send)
                return
        await self.app(scope, receive, send)


class BodyLimit:
    """Refuses bodies of more than ``limit`` bytes, whether announced or sent in chunks."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        received = 0

        async def receive_limited() -> Message:
            nonlocal received
            message = await receive()
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                if received > self.limit:
                    raise self._error()
            return message

        if announced.isdecimal() and int(announced) > self.limit:
            # The server reads what is still coming and drops it, so the client gets to read this.
            await error_response(self._error())(scope, receive, send)
            return
        await self.app(scope, receive_limited, send)

    def _error(self) -> RequestTooLarge:
        return RequestTooLarge(
            f"the request body has more than {self.limit} bytes",
            "send a shorter one, or raise QA_MAX_REQUEST_BYTES",
        )


class WidgetOrigins:
    """Lets pages of the given origins call what the chat widget needs, and no other page (CORS,
    the Fetch standard). Without credentials: the service has none."""

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self.app = app
        self.origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self.origins or not _WIDGET_PATHS.match(scope["path"]):
            await self.app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        origin = asked.get("origin", "")
        allowed = origin in self.origins

        async def send_allowing(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.add_vary_header("Origin")  # a cache must not hand one's reply to another
                if allowed:
                    headers["Access-Control-Allow-Origin"] = origin
                    headers["Access-Control-Expose-Headers"] = "Retry-After, X-Request-Id"
            await send(message)

        if allowed and scope["method"] == "OPTIONS" and "access-control-request-method" in asked:
            await Response(status_code=204, headers=_PREFLIGHT)(scope, receive, send_allowing)
            return
        await self.app(scope, receive, send_allowing)


def allowed_hosts(host: str) -> frozenset[str]:
    """Return the host names to accept when listening on ``host``; empty: any.

    Only a loopback service is guarded: elsewhere the operator's names are not ours to know.
    """
    names = {"localhost", "127.0.0.1", "[::1]"}
    bare = host.strip("[]").lower()
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return frozenset(names) if bare == "localhost" else frozenset()
    if not address.is_loopback:
        return frozenset()
    return frozenset(names | {f"[{address}]" if address.version == 6 else str(address)})


def host_name(header: str) -> str:
    """Return the host of a Host header without its port, in lower case; "" if malformed."""
    name, bracket, port = header.lower().rpartition("]")
    if bracket:
        return name + bracket if _PORT.fullmatch(port) else ""
    name, colon, port = header.lower().partition(":")
    return name if _PORT.fullmatch(colon + port) else ""


def _request_id(given: str | None) -> str:
    # The id comes back in a header and in log lines: only a plain token is taken over.
    if given is not None and _REQUEST_ID.fullmatch(given):
        return given
    return uuid.uuid4().hex
