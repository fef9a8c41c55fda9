"""Request bodies: read once, checked strictly, refused with a hint."""

from __future__ import annotations

import asyncio
import difflib
import json
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from qa_service.errors import InvalidFilter, InvalidQuestion, InvalidRequest
from qa_service.web.errors import InvalidJson, RequestTimeout, UnsupportedMediaType

Model = TypeVar("Model", bound=BaseModel)

BODY_SECONDS = 30.0
_SHOWN_ERRORS = 3
_ERROR_OF_FIELD: dict[str, type[InvalidRequest]] = {
    "question": InvalidQuestion,
    "filters": InvalidFilter,
}


async def read_json(request: Request, model: type[Model]) -> Model:
    """Return the request's JSON body as ``model``.

    Raises UnsupportedMediaType unless the body is declared as JSON, InvalidJson when it is none,
    RequestTimeout when it does not arrive within 30 seconds, InvalidQuestion, InvalidFilter or
    InvalidRequest when it does not fit the model.
    """
    _require_json(request.headers.get("content-type"))
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body = await request.body()
    except TimeoutError:
        raise RequestTimeout(
            f"the request body did not arrive within {BODY_SECONDS:.0f} seconds",
            "send the whole body at once",
        ) from None
    return parse_json(body, model)


def parse_json(body: bytes, model: type[Model]) -> Model:
    """Return JSON bytes as ``model``; raises as ``read_json`` does."""
    if not body.strip():
        raise InvalidJson("the request body is empty", f"send a JSON object: {_shape(model)}")
    try:
        parsed = model.model_validate_json(body)
    except ValidationError as error:
        _refuse(error, model)
    if b"NaN" in body or b"Infinity" in body:
        _require_json_numbers(body)
    return parsed


def _require_json(content_type: str | None) -> None:
    # A browser sends other types across origins without asking first: requiring this one keeps
    # foreign pages from posting to a service on the reader's own machine.
    kind = (content_type or "").split(";", 1)[0].strip().lower()
    if kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json")):
        return
    raise UnsupportedMediaType(
        f"content-type {kind[:80]!r}: not JSON" if kind else "the request has no content-type",
        "send the header `Content-Type: application/json`",
    )


def _require_json_numbers(body: bytes) -> None:
    """Raise InvalidJson where NaN or Infinity stands as a value, which JSON does not have."""

    def refuse(name: str) -> NoReturn:
        raise InvalidJson(f"{name} is not JSON", "send a number, or leave the field out")

    json.loads(body, parse_constant=refuse)


def _refuse(error: ValidationError, model: type[BaseModel]) -> NoReturn:
    """Raise the one of our errors that says best what is wrong with a body."""
    found = error.errors(include_url=False, include_context=True, include_input=False)
    first = found[0]
    if first["type"] == "json_invalid":
        detail = str(first.get("ctx", {}).get("error", "")) or "cannot be parsed"
        raise InvalidJson(
            f"the request body is not JSON: {detail}", f"send a JSON object: {_shape(model)}"
        ) from None
    if not first["loc"]:
        raise InvalidRequest(
            "the request body is not a JSON object", f"send an object: {_shape(model)}"
        ) from None
    messages = [f"{_place(e['loc'])}: {_wording(e)}" for e in found[:_SHOWN_ERRORS]]
    more = len(found) - _SHOWN_ERRORS
    message = "; ".join(messages) + (f"; and {more} more" if more > 0 else "")
    field = str(first["loc"][0])
    kind = _ERROR_OF_FIELD.get(field, InvalidRequest)
    raise kind(message, _hint(field, model)) from None


def _wording(error: Any) -> str:
    kind = error["type"]
    if kind == "extra_forbidden":
        return "unknown field"
    if kind == "missing":
        return "is missing"
    if kind == "string_too_short":
        return "is empty"
    return str(error["msg"]).replace("Input should", "should", 1)


def _hint(field: str, model: type[BaseModel]) -> str:
    known = model.model_fields
    if field in known:
        return f"{field}: {known[field].description}"
    near = difflib.get_close_matches(field, known, n=1)
    if near:
        return f"did you mean `{near[0]}`?"
    return f"the fields are {', '.join(known)}"


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part)[:80] for part in location)


def _shape(model: type[BaseModel]) -> str:
    """Return the model's required fields as a JSON example: ``{"question": "..."}``."""
    required = [name for name, field in model.model_fields.items() if field.is_required()]
    return "{" + ", ".join(f'"{name}": "..."' for name in required) + "}"
