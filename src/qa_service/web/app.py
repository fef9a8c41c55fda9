"""``create_app``: the service behind HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from qa_service.errors import InvalidRequest, QaServiceError, ServerError
from qa_service.settings import Settings
from qa_service.web.errors import MethodNotAllowed, error_response, not_found
from qa_service.web.gate import Gate
from qa_service.web.metrics import Metrics
from qa_service.web.middleware import (
    AllowedHosts,
    BodyLimit,
    Observe,
    WidgetOrigins,
    allowed_hosts,
)
from qa_service.web.openapi import DESCRIPTION, ERRORS, Api
from qa_service.web.routes.anthropic import add_anthropic_routes
from qa_service.web.routes.dify import add_dify_routes
from qa_service.web.routes.documents import add_document_routes
from qa_service.web.routes.mcp import add_mcp_route
from qa_service.web.routes.open_webui import add_open_webui_routes
from qa_service.web.routes.openai import add_openai_routes
from qa_service.web.routes.page import add_page_routes
from qa_service.web.routes.questions import add_question_routes
from qa_service.web.routes.status import add_status_routes

if TYPE_CHECKING:
    from qa_service.service import Service


# Work, by the names that the routes give it, that may ask a language model.
_ASKS_THE_MODEL = ("ask", "stream", "chat", "chat stream", "search results")


def create_app(settings: Settings, service: Service) -> FastAPI:
    """Return the ASGI app that serves ``service``. It never closes the service: the caller does."""
    metrics = Metrics()
    waits = _ASKS_THE_MODEL if settings.llm_model is not None else ()
    gate = Gate(settings.max_concurrency, waits=waits)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await mcp.close()
        gate.close()

    app = Api(
        title="qa-service",
        version=version("qa-service"),
        description=DESCRIPTION,
        docs_url=None,  # FastAPI's page loads its scripts from elsewhere; ours is in routes/page.py
        redoc_url=None,
        redirect_slashes=False,
        responses=ERRORS,
        # Recent versions of FastAPI report to OpenTelemetry when it happens to be installed.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        lifespan=lifespan,
        middleware=[  # outermost first
            Middleware(Observe, metrics=metrics),
            Middleware(AllowedHosts, hosts=allowed_hosts(settings.host)),
            Middleware(WidgetOrigins, origins=settings.allowed_origins),
            Middleware(BodyLimit, limit=settings.max_request_bytes),
        ],
    )
    add_question_routes(app, service, gate, metrics)
    add_document_routes(app, service, gate)
    add_status_routes(app, service, gate, metrics)
    add_page_routes(app)
    add_openai_routes(app, service, gate, metrics)
    add_anthropic_routes(app, service, gate, metrics)
    add_dify_routes(app, service, gate, metrics)
    add_open_webui_routes(app, service, gate, metrics)
    mcp = add_mcp_route(app, service, gate)

    @app.exception_handler(QaServiceError)
    async def deliberate(_request: Request, error: QaServiceError) -> Response:
        return error_response(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"][1:])
        message = str(first["msg"]).replace("Input should", "should", 1)
        return error_response(
            InvalidRequest(f"{place}: {message}", f"GET /docs describes `{place}`")
        )

    @app.exception_handler(HTTPException)
    async def routing(request: Request, error: HTTPException) -> Response:
        return error_response(_of_framework(app, request, error), error.headers)

    return app


def _of_framework(app: FastAPI, request: Request, error: HTTPException) -> QaServiceError:
    """Return our error for one that the framework raises: no such path, wrong method."""
    method, path = request.method, request.url.path
    if error.status_code == 404:
        return not_found(method, path, _paths(app))
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        return MethodNotAllowed(f"{method} {path[:200]}: method not allowed", f"use {allowed}")
    if error.status_code < 500:
        return InvalidRequest(str(error.detail), "GET /docs describes every request")
    return ServerError(str(error.detail), "the service's log has the details")


def _paths(app: FastAPI) -> list[str]:
    paths = (getattr(route, "path", "") for route in app.routes)
    return [path.replace(":path}", "}") for path in paths if path]
