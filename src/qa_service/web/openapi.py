"""The OpenAPI document: FastAPI's own, with the request models that our endpoints read themselves.

An endpoint that reads its body itself (``body.py``) decides every error's words and status;
FastAPI then does not know the body's model, so it is named here.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from qa_service.web.schemas import AskRequest, ErrorReply, Filter, QuestionRequest

_REFERENCE = "#/components/schemas/{model}"

# Every endpoint may return the one error shape; "default" also keeps FastAPI from documenting
# its own, which is never sent.
ERRORS: dict[int | str, dict[str, Any]] = {
    "default": {"model": ErrorReply, "description": "Any error, in the one shape."}
}

DESCRIPTION = (
    "Passages and answers from your documents, with exact offsets. "
    "Every offset counts Unicode code points of the document's text; ends are exclusive."
)


def json_body(model: type[BaseModel]) -> dict[str, Any]:
    """Return the ``openapi_extra`` of an endpoint whose JSON body is ``model``."""
    schema = {"$ref": _REFERENCE.format(model=model.__name__)}
    content = {"application/json": {"schema": schema}}
    return {"requestBody": {"required": True, "content": content}}


class Api(FastAPI):
    """FastAPI whose document also holds the models of request bodies."""

    request_models: tuple[type[BaseModel], ...] = (QuestionRequest, AskRequest, Filter)

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document of every route added so far."""
        document = super().openapi()
        models: list[tuple[type[BaseModel], JsonSchemaMode]] = [
            (model, "validation") for model in self.request_models
        ]
        _, definitions = models_json_schema(models, ref_template=_REFERENCE)
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        for name, schema in definitions["$defs"].items():
            schemas.setdefault(name, schema)
        return document
