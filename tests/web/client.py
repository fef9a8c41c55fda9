"""Ways to reach an app in tests: in this process, or over a real socket."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import httpx
import uvicorn
from fastapi import FastAPI

from qa_service.web.app import create_app
from qa_service.web.server import listen, url_of
from web.fakes import FakeService


def app_of(service: FakeService | None = None) -> FastAPI:
    """Return the app over a fake service."""
    service = service or FakeService()
    return create_app(service.settings, cast(Any, service))


def call(app: FastAPI, method: str, path: str, **options: Any) -> httpx.Response:
    """Return the app's reply to one request, without a socket."""

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, path, **options)

    return asyncio.run(send())


@contextmanager
def live(service: FakeService) -> Iterator[str]:
    """Serve the app from a thread on a free port; yields its URL."""
    with listen("127.0.0.1", 0) as listener:
        config = uvicorn.Config(app_of(service), log_level="error", ws="none", lifespan="on")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            deadline = time.monotonic() + 10
            while not server.started:
                assert time.monotonic() < deadline, "the server did not start"
                time.sleep(0.01)
            yield url_of(listener)
        finally:
            server.should_exit = True
            thread.join(10)
            assert not thread.is_alive()
