"""``GET /`` (the chat page), ``GET /docs`` (the API's own page), ``GET /widget.js`` (the chat for
other pages) and the files that all are made of.

Everything is read into memory once and served from this process alone; the content security
policy forbids the browser to load or run anything else.
"""

from __future__ import annotations

import hashlib
from importlib import resources

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from qa_service.web.errors import not_found

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",  # the icon
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",  # refuses innerHTML and its like outright
    )
)

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}
_PAGES = {"/": "index.html", "/docs": "docs.html", "/widget.js": "widget.js"}


class StaticFile:
    """One file with its headers: sent whole, or as 304 when the browser has it already."""

    def __init__(self, name: str, content: bytes) -> None:
        suffix = name[name.rfind(".") :]
        self.content = content
        self.etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        self.headers = {
            "ETag": self.etag,
            "Cache-Control": "no-cache",  # ask each time; unchanged costs a 304
            "Referrer-Policy": "no-referrer",
            "Content-Type": _TYPES[suffix],
        }
        if suffix == ".html":
            self.headers["Content-Security-Policy"] = POLICY

    def response(self, if_none_match: str | None) -> Response:
        """Return the file, or 304 when ``if_none_match`` names this very content."""
        if if_none_match is not None and self.etag in if_none_match:
            return Response(status_code=304, headers=self.headers)
        return Response(self.content, headers=self.headers)


def add_page_routes(app: FastAPI) -> None:
    """Add the endpoints that serve the pages, the widget and their files; they answer HEAD too."""
    files = static_files()

    async def page(request: Request) -> Response:
        file = files[_PAGES[request.url.path]]
        return file.response(request.headers.get("if-none-match"))

    async def static(request: Request) -> Response:
        file = files.get(request.path_params["name"])
        if file is None:
            known = [f"/static/{known}" for known in files]
            raise not_found(request.method, request.url.path, known)
        return file.response(request.headers.get("if-none-match"))

    for path in _PAGES:
        app.add_route(path, page, methods=["GET"], include_in_schema=False)
    app.add_route("/static/{name}", static, methods=["GET"], include_in_schema=False)


def static_files() -> dict[str, StaticFile]:
    """Return every file of the pages by name."""
    folder = resources.files("qa_service.web") / "static"
    return {
        entry.name: StaticFile(entry.name, entry.read_bytes())
        for entry in folder.iterdir()
        if entry.name.endswith(tuple(_TYPES))
    }
