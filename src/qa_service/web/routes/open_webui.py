"""``POST /search``: Open WebUI's external web search, over the documents.

What only this endpoint needs is imported by its first request: starting must not wait for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from qa_service.integrations.links import files_url
from qa_service.web.body import read_json
from qa_service.web.gate import Gate
from qa_service.web.metrics import Metrics
from qa_service.web.render import json_response, to_json

if TYPE_CHECKING:
    from qa_service.service import Service


def add_open_webui_routes(app: FastAPI, service: Service, gate: Gate, metrics: Metrics) -> None:
    """Add the endpoint that Open WebUI searches with."""

    @app.post("/search", include_in_schema=False)
    async def search(request: Request) -> Response:
        """Return passages as search results."""
        from qa_service.integrations.open_webui import MAX_RESULTS, SearchRequest, results

        asked = await read_json(request, SearchRequest)
        files = files_url(str(request.base_url))

        def work() -> tuple[bool, bytes]:
            found = service.retrieve(asked.query, top_k=min(asked.count, MAX_RESULTS))
            return found.answerable, to_json(results(found, files))

        answerable, content = await gate.run("open webui", None, work)
        metrics.question(answerable)
        return json_response(content)
