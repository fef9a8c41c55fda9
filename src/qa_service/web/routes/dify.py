"""``POST /retrieval``: Dify's external knowledge API. Its errors carry Dify's fields as well.

What only this endpoint needs is imported by its first request: starting must not wait for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from qa_service.errors import QaServiceError
from qa_service.integrations.admission import check_collection, check_key
from qa_service.web.body import read_json
from qa_service.web.errors import error_response
from qa_service.web.gate import Gate
from qa_service.web.metrics import Metrics
from qa_service.web.render import json_response, to_json

if TYPE_CHECKING:
    from qa_service.service import Service


def add_dify_routes(app: FastAPI, service: Service, gate: Gate, metrics: Metrics) -> None:
    """Add the endpoint that Dify retrieves from."""
    secret = service.settings.dify_key
    key = None if secret is None else secret.get_secret_value()

    @app.post("/retrieval", include_in_schema=False)
    async def retrieval(request: Request) -> Response:
        """Return passages as Dify's records."""
        from qa_service.integrations.dify import error_body

        try:
            return json_response(await answered(request))
        except QaServiceError as error:
            response = error_response(error)
            headers = {n: v for n, v in response.headers.items() if n == "retry-after"}
            content = to_json(error_body(error))
            return Response(content, response.status_code, headers, "application/json")

    async def answered(request: Request) -> bytes:
        from qa_service.integrations.dify import MAX_RECORDS, DifyRequest, filters_of, records

        check_key(request.headers.get("authorization"), key, "QA_DIFY_KEY")
        asked = await read_json(request, DifyRequest)
        check_collection(asked.knowledge_id, service.index_version)
        filters = filters_of(asked.metadata_condition)
        setting = asked.retrieval_setting

        def work() -> tuple[bool, bytes]:
            found = service.retrieve(
                asked.query, top_k=min(setting.top_k, MAX_RECORDS), filters=filters
            )
            return found.answerable, to_json(records(found, setting))

        answerable, content = await gate.run("dify", None, work)
        metrics.question(answerable)
        return content
