"""``POST /mcp``: the two tools of MCP over streamable HTTP.

The protocol's library is loaded by the first request, so that starting costs nothing. Each request
stands alone: there are no sessions to keep, and no stream from the server to the client.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from qa_service.errors import ExtraMissing
from qa_service.integrations.links import files_url
from qa_service.web.errors import HostNotAllowed
from qa_service.web.gate import Gate
from qa_service.web.middleware import allowed_hosts, host_name

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    from qa_service.service import Service


def add_mcp_route(app: FastAPI, service: Service, gate: Gate) -> McpEndpoint:
    """Add the endpoint, and return it: it must be closed in the loop that served it."""
    endpoint = McpEndpoint(service, gate)
    app.routes.append(Route("/mcp", endpoint, methods=["POST"], include_in_schema=False))
    return endpoint


class McpEndpoint:
    """An ASGI app over the tools, which starts with its first request."""

    def __init__(self, service: Service, gate: Gate) -> None:
        self._service = service
        self._gate = gate
        self._hosts = allowed_hosts(service.settings.host)
        self._starting = asyncio.Lock()
        self._stop = asyncio.Event()
        self._manager: StreamableHTTPSessionManager | None = None
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._check_origin(Headers(scope=scope).get("origin"))
        manager = await self._started()
        await manager.handle_request(scope, receive, send)

    async def close(self) -> None:
        """End what the first request has started; safe to repeat."""
        self._stop.set()
        if self._task is not None:
            with suppress(asyncio.CancelledError):
                await self._task

    def _check_origin(self, origin: str | None) -> None:
        """Refuse pages of other sites on a loopback address, as the protocol asks for."""
        if origin and self._hosts and host_name(urlsplit(origin).netloc) not in self._hosts:
            raise HostNotAllowed(
                f"origin {origin[:80]!r}: not a page of this service",
                "call /mcp from a program, or from a page that this service serves",
            )

    async def _started(self) -> StreamableHTTPSessionManager:
        async with self._starting:
            if self._manager is None:
                manager = await asyncio.to_thread(self._made)
                ready = asyncio.Event()
                self._task = asyncio.create_task(self._run(manager, ready))
                await ready.wait()
                self._manager = manager
            return self._manager

    def _made(self) -> StreamableHTTPSessionManager:
        try:
            tools = import_module("qa_service.integrations.mcp")
        except ImportError as error:
            raise ExtraMissing(
                f"MCP cannot be loaded ({error})", "pip install 'qa-service[mcp]' and serve again"
            ) from error
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        server = tools.mcp_server(self._service, _files, partial(self._gate.run, "mcp", None))
        return StreamableHTTPSessionManager(server, json_response=True, stateless=True)

    async def _run(self, manager: StreamableHTTPSessionManager, ready: asyncio.Event) -> None:
        # One task enters and leaves the manager's task group, whichever request came first.
        async with manager.run():
            ready.set()
            await self._stop.wait()


def _files(context: Any) -> str:
    """Return the address of the documents' files, as the client reached this service."""
    return files_url(str(context.request.base_url))
