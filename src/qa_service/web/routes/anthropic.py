"""``POST /v1/anthropic/search_results``: passages and an answer as blocks of the Messages API.

What only this endpoint needs is imported by its first request: starting must not wait for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from qa_service.web.body import read_json
from qa_service.web.gate import Gate
from qa_service.web.metrics import Metrics
from qa_service.web.render import json_response, to_json

if TYPE_CHECKING:
    from qa_service.service import Service


def add_anthropic_routes(app: FastAPI, service: Service, gate: Gate, metrics: Metrics) -> None:
    """Add the endpoint whose replies can be passed on to a Claude model."""

    @app.post("/v1/anthropic/search_results", include_in_schema=False)
    async def search_results(request: Request) -> Response:
        """Return passages as `search_result` blocks, and an answer with `char_location`s."""
        from qa_service.integrations.anthropic import SearchResultsRequest, reply

        asked = await read_json(request, SearchResultsRequest)

        def work() -> tuple[bool, bytes]:
            retrieval, answer = service.ask(
                asked.question,
                top_k=asked.top_k,
                max_tokens=asked.max_tokens,
                filters=asked.filters,
            )
            return retrieval.answerable, to_json(reply(retrieval, answer))

        answerable, content = await gate.run("search results", None, work)
        metrics.question(answerable)
        return json_response(content)
