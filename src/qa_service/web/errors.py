"""The one place that knows which HTTP status an error has, and how an error looks on the wire.

Errors that exist only over HTTP (a wrong path, a body too large) are defined here; all others
come from the package's own tree. Every reply of 400 or above has the same shape::

    {"error": {"code": "...", "message": "...", "hint": "..."}}
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

import orjson
from starlette.responses import Response

from qa_service import errors
from qa_service.integrations.admission import CollectionNotFound, Unauthorized


class NotFound(errors.InvalidRequest):
    code = "not_found"


class MethodNotAllowed(errors.InvalidRequest):
    code = "method_not_allowed"


class InvalidJson(errors.InvalidRequest):
    code = "invalid_json"


class RequestTooLarge(errors.InvalidRequest):
    code = "request_too_large"


class RequestTimeout(errors.InvalidRequest):
    code = "request_timeout"


class UnsupportedMediaType(errors.InvalidRequest):
    code = "unsupported_media_type"


class HostNotAllowed(errors.InvalidRequest):
    code = "host_not_allowed"


class InternalError(errors.ServerError):
    code = "internal_error"


# The nearest class in an error's ancestry decides.
STATUS: Mapping[type[errors.QaServiceError], int] = {
    errors.InvalidRequest: 400,
    InvalidJson: 400,
    Unauthorized: 401,
    HostNotAllowed: 403,
    NotFound: 404,
    CollectionNotFound: 404,
    errors.DocumentNotFound: 404,
    errors.OriginalUnavailable: 404,
    MethodNotAllowed: 405,
    RequestTimeout: 408,
    RequestTooLarge: 413,
    UnsupportedMediaType: 415,
    errors.Overloaded: 429,
    # A setting cannot be the caller's fault: it was the operator's.
    errors.InvalidSettings: 500,
    InternalError: 500,
    errors.ExtraMissing: 501,
    errors.QaServiceError: 500,
    # The operator can mend these while the process runs.
    errors.IndexError_: 503,
    errors.ModelError: 503,
    errors.TokenTablesMissing: 503,
}

RETRY_SECONDS = 1


def status_of(error: errors.QaServiceError) -> int:
    """Return the HTTP status of an error: that of the nearest class in the table."""
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return 500


def error_content(error: errors.QaServiceError) -> bytes:
    """Return the error as JSON in the one shape."""
    content = {"code": error.code, "message": error.message, "hint": error.hint}
    return orjson.dumps({"error": content})


def error_response(
    error: errors.QaServiceError, headers: Mapping[str, str] | None = None
) -> Response:
    """Return the error as a reply in the one shape; 429 and 503 carry ``Retry-After``."""
    status = status_of(error)
    response = Response(
        error_content(error),
        status_code=status,
        media_type="application/json",
        headers=dict(headers or {}),
    )
    if status in (429, 503):
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def not_found(method: str, path: str, known: Iterable[str]) -> NotFound:
    """Return the error for a path that no route serves, naming the nearest one that exists."""
    paths = sorted(set(known))
    near = difflib.get_close_matches(path.rstrip("/") or "/", paths, n=1, cutoff=0.6)
    hint = f"did you mean {near[0]}? " if near else ""
    return NotFound(f"{method} {path[:200]}: no such path", f"{hint}GET /docs lists every path")


def internal_error(request_id: str) -> InternalError:
    """Return the error for a defect of ours: it names the log line and gives nothing else away."""
    return InternalError(
        "the request failed inside the service",
        f"the service's log has the details under request id {request_id}",
    )
