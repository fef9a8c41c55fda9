"""Two read-only MCP tools over the documents: ``search`` finds passages, ``fetch`` shows one.

Each result is structured content and the same JSON as text. A passage's id is also its place in
its document (``report.txt#char=120,480``), so it stays valid as long as the document's text does.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from qa_service.errors import DocumentNotFound, QaServiceError
from qa_service.integrations.links import evidence_url, page_at, source_url
from qa_service.records import Document, as_plain

try:
    from mcp.server import Server, ServerRequestContext
    from mcp.types import (
        CallToolRequestParams,
        CallToolResult,
        ListToolsResult,
        PaginatedRequestParams,
        TextContent,
        Tool,
        ToolAnnotations,
    )
except ImportError as error:
    raise ImportError("MCP is not installed; pip install 'qa-service[mcp]'") from error

if TYPE_CHECKING:
    from qa_service.service import Service

Context = ServerRequestContext[Any, Any]
Run = Callable[[Callable[[], BaseModel]], Awaitable[BaseModel]]
Files = Callable[[Context], str]

RESULTS = 10
_PLACE = re.compile(r"(.*)#char=([0-9]{1,12}),([0-9]{1,12})", re.DOTALL)
_READ_ONLY = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
_INSTRUCTIONS = (
    "Search the documents with a question in plain words, then fetch the passages that look "
    "right. Every text is verbatim, and metadata says where in its document it stands."
)


class SearchResult(BaseModel):
    """A passage that fits the question."""

    id: str
    title: str
    url: str


class SearchResults(BaseModel):
    """The passages, best first."""

    results: list[SearchResult]


class FetchResult(BaseModel):
    """A passage, or a whole document."""

    id: str
    title: str
    text: str
    url: str
    metadata: dict[str, Any]


class SearchArguments(BaseModel):
    """What `search` takes."""

    model_config = ConfigDict(extra="forbid")

    query: str = Field(description="A question, in plain words.")


class FetchArguments(BaseModel):
    """What `fetch` takes."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(description="The id of a search result; or of a document, for all of it.")


def mcp_server(service: Service, files: Files, run: Run) -> Server[Any]:
    """Return a server of the two tools.

    ``files`` gives the address of the documents' files for a request, ``run`` does work for one.
    What is wrong with a call is the tool's result, for the model to read and mend.
    """

    async def list_tools(_: Context, __: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=TOOLS)

    async def call_tool(context: Context, params: CallToolRequestParams) -> CallToolResult:
        arguments = params.arguments or {}
        address = files(context)
        try:
            if params.name == "search":
                query = SearchArguments.model_validate(arguments).query
                found = await run(lambda: _searched(service, query, address))
            elif params.name == "fetch":
                wanted = FetchArguments.model_validate(arguments).id
                found = await run(lambda: _fetched(service, wanted, address))
            else:
                return _refused(f"{params.name[:80]}: no such tool; there are search and fetch")
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            return _refused(f"{params.name}: {place}: {first['msg']}")
        except QaServiceError as error:
            return _refused(str(error))
        text = found.model_dump_json()
        return CallToolResult(
            content=[TextContent(type="text", text=text)],
            structured_content=found.model_dump(mode="json"),
        )

    return Server(
        "qa-service",
        title="Documents",
        instructions=_INSTRUCTIONS,
        version=version("qa-service"),
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _tool(
    name: str, title: str, description: str, takes: type[BaseModel], returns: type[BaseModel]
) -> Tool:
    return Tool(
        name=name,
        title=title,
        description=description,
        input_schema=takes.model_json_schema(),
        output_schema=returns.model_json_schema(),
        annotations=_READ_ONLY,
    )


TOOLS = [
    _tool(
        "search",
        "Search the documents",
        "Find the passages of the documents that answer a question, best first.",
        SearchArguments,
        SearchResults,
    ),
    _tool(
        "fetch",
        "Fetch a passage",
        "Return the text of a passage that was found, or of a whole document.",
        FetchArguments,
        FetchResult,
    ),
]


def _refused(why: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=why)], is_error=True)


def _searched(service: Service, query: str, files: str) -> SearchResults:
    return SearchResults(
        results=[
            SearchResult(id=one.passage.id, title=one.passage.title, url=evidence_url(files, one))
            for one in service.retrieve(query, top_k=RESULTS).evidence
        ]
    )


def _fetched(service: Service, id: str, files: str) -> FetchResult:
    document, start, end = _found(service, id)
    page = page_at(document.places, start)
    return FetchResult(
        id=id,
        title=document.title,
        text=document.text[start:end],
        url=source_url(files, document.id, start, end, page),
        metadata={
            "document_id": document.id,
            "start": start,
            "end": end,
            "page": page,
            "characters": len(document.text),
            "document": as_plain(document.metadata),
        },
    )


def _found(service: Service, id: str) -> tuple[Document, int, int]:
    """Return the document and the span that an id names; raises DocumentNotFound."""
    place = _PLACE.fullmatch(id)
    if place is None:
        document = service.document(id)
        return document, 0, len(document.text)
    document = service.document(place[1])
    start, end = int(place[2]), int(place[3])
    if not start < end <= len(document.text):
        raise DocumentNotFound(
            f"{id}: the document has {len(document.text)} characters", "search again for its ids"
        )
    return document, start, end


async def serve_stdio(service: Service) -> None:
    """Serve the tools on standard input and output until the input ends.

    Results link to the files of ``settings.corpus``.
    """
    from mcp.server.stdio import stdio_server

    files = service.settings.corpus.resolve().as_uri()

    async def run(work: Callable[[], BaseModel]) -> BaseModel:
        return await asyncio.to_thread(work)

    server = mcp_server(service, lambda _: files, run)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())
