"""``GET /health``, ``GET /ready`` and ``GET /metrics``: answered on the event loop, so that they
answer while every thread is busy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.responses import PlainTextResponse, Response

from qa_service.errors import QaServiceError
from qa_service.web.gate import Gate
from qa_service.web.metrics import CONTENT_TYPE, Metrics
from qa_service.web.render import json_response, to_json
from qa_service.web.schemas import HealthReply, ReadyReply

if TYPE_CHECKING:
    from qa_service.service import Service


def add_status_routes(app: FastAPI, service: Service, gate: Gate, metrics: Metrics) -> None:
    """Add the endpoints for whoever watches over the process."""
    healthy = to_json({"status": "ok"})

    @app.get(
        "/health",
        response_model=HealthReply,
        summary="Is the process alive?",
        tags=["status"],
    )
    async def health() -> Response:
        """Return `ok` for as long as the process can answer at all."""
        return json_response(healthy)

    @app.get(
        "/ready",
        response_model=ReadyReply,
        summary="Can it answer questions?",
        tags=["status"],
    )
    async def ready() -> Response:
        """Return the live index's version; an error of status 503 while there is none."""
        return json_response(to_json({"status": "ready", "index_version": service.index_version}))

    @app.get(
        "/metrics",
        response_class=PlainTextResponse,
        summary="Counts and durations",
        tags=["status"],
    )
    async def metrics_text() -> Response:
        """Return request counts and durations in Prometheus' text format."""
        try:
            version = service.index_version
        except QaServiceError:  # counts are wanted most while the index is broken
            version = ""
        return Response(metrics.text(gate.in_work, version), media_type=CONTENT_TYPE)
