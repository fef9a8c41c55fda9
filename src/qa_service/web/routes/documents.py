"""``GET /v1/documents``, ``/v1/documents/{document_id}`` and ``/v1/files/{document_id}``."""

from __future__ import annotations

from bisect import bisect_right
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

from fastapi import FastAPI, Path, Query
from starlette.responses import Response

from qa_service.web.gate import Gate
from qa_service.web.render import document_json, documents_json, json_response
from qa_service.web.schemas import DocumentReply, DocumentsReply

if TYPE_CHECKING:
    from qa_service.service import Service

MAX_PAGE = 1000

# A document is somebody's, and may be hostile: in a browser it can run nothing and load nothing.
_FILE_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; img-src data:; "
    "style-src 'unsafe-inline'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
# A browser's own viewer of these does not work inside a sandbox, and runs no script of the page.
_VIEWER_HEADERS = {
    **_FILE_HEADERS,
    "Content-Security-Policy": "default-src 'none'; object-src 'self'; "
    "style-src 'unsafe-inline'; frame-ancestors 'self'",
}
_TYPES = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".htm": "text/html",
    ".html": "text/html",
    ".pdf": "application/pdf",
    ".xhtml": "application/xhtml+xml",
}


def add_document_routes(app: FastAPI, service: Service, gate: Gate) -> None:
    """Add the endpoints that list and show the documents."""

    @app.get(
        "/v1/documents",
        response_model=DocumentsReply,
        summary="List the documents",
        tags=["documents"],
    )
    async def documents(
        limit: Annotated[
            int, Query(ge=1, le=MAX_PAGE, description=f"Most documents to list, 1 to {MAX_PAGE}.")
        ] = MAX_PAGE,
        after: Annotated[
            str, Query(description="List those whose id sorts after this one: `next` of a reply.")
        ] = "",
    ) -> Response:
        """Return the documents of the index, ordered by id, a page at a time."""

        def work() -> bytes:
            # One look at the list: the index may be swapped between two calls.
            version = service.index_version
            listed = service.documents()
            start = bisect_right(listed, after, key=lambda info: info.id) if after else 0
            page = listed[start : start + limit]
            following = page[-1].id if start + limit < len(listed) else None
            return documents_json(page, len(listed), following, version)

        return json_response(await gate.run("documents", None, work))

    @app.get(
        "/v1/documents/{document_id:path}",
        response_model=DocumentReply,
        summary="Show a document",
        tags=["documents"],
    )
    async def document(
        document_id: Annotated[
            str, Path(description="The document's path in the corpus; slashes stay as they are.")
        ],
    ) -> Response:
        """Return one document with the text that every offset refers to."""

        def work() -> bytes:
            return document_json(service.document(document_id))

        return json_response(await gate.run("document", None, work))

    @app.get(
        "/v1/files/{document_id:path}",
        response_class=Response,
        responses={200: {"description": "The file's bytes.", "content": {"*/*": {}}}},
        summary="Fetch a document's file",
        tags=["documents"],
    )
    async def original(
        document_id: Annotated[
            str, Path(description="The document's path in the corpus; slashes stay as they are.")
        ],
    ) -> Response:
        """Return the file that a document was read from, as long as it is what was indexed."""
        data = await gate.run("original", None, lambda: service.original(document_id))
        name = PurePosixPath(document_id).name
        media_type = _TYPES.get(PurePosixPath(name.lower()).suffix, "text/plain")
        headers = _VIEWER_HEADERS if media_type == "application/pdf" else _FILE_HEADERS
        shown = {
            "Content-Type": media_type,  # and no charset: the file says its own, or nobody knows
            "Content-Disposition": f"inline; filename*=UTF-8''{quote(name, safe='')}",
        }
        return Response(data, headers=headers | shown)
