"""The official ``mcp`` client finds and fetches, over HTTP and over standard input and output."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from command_line import (
    assert_refused,
    environment,
    program,
    run_inside,
    serving,
    variables_of,
)
from qa_service.service import Service
from qa_service.settings import Settings
from web.client import app_of, call

KNOWN = "What was the first ship to enter the new basin?"


@pytest.fixture(params=["http", "http legacy", "stdio"])
def server(request: pytest.FixtureRequest, url: str, library_settings: Settings) -> Any:
    """A way to a client: the newest protocol and the older handshake, and a child process."""
    if request.param == "http":
        return lambda: Client(f"{url}/mcp")
    if request.param == "http legacy":
        return lambda: Client(f"{url}/mcp", mode="legacy")
    command, *arguments = [*program(), "mcp"]
    variables = environment(**variables_of(library_settings), QA_CORPUS=library_settings.corpus)
    parameters = StdioServerParameters(command=command, args=arguments, env=variables)
    return lambda: Client(stdio_client(parameters))


def test_search_and_fetch_work_over_every_transport(server: Any, service: Service) -> None:
    async def use() -> None:
        async with server() as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            assert set(tools) == {"search", "fetch"}
            for tool in tools.values():
                assert tool.annotations.read_only_hint is True
                assert tool.annotations.destructive_hint is False
                assert tool.output_schema["type"] == "object"
                assert tool.description
            found = await client.call_tool("search", {"query": KNOWN})
            assert not found.is_error
            assert json.loads(found.content[0].text) == found.structured_content
            results = found.structured_content["results"]
            expected = service.retrieve(KNOWN, top_k=10).evidence
            assert [result["id"] for result in results] == [one.passage.id for one in expected]
            assert list(results[0]) == ["id", "title", "url"]
            for result, one in zip(results, expected, strict=True):
                fetched = await client.call_tool("fetch", {"id": result["id"]})
                assert json.loads(fetched.content[0].text) == fetched.structured_content
                content = fetched.structured_content
                assert list(content) == ["id", "title", "text", "url", "metadata"]
                assert content["text"] == one.passage.text
                assert content["url"] == result["url"]
                assert one.passage.document_id in unquote(content["url"])
                metadata = content["metadata"]
                text = service.document(metadata["document_id"]).text
                assert text[metadata["start"] : metadata["end"]] == content["text"]
            whole = await client.call_tool("fetch", {"id": "engines.md"})
            assert whole.structured_content["text"] == service.document("engines.md").text

    asyncio.run(use())


def test_what_is_wrong_is_told_to_the_model(url: str) -> None:
    wrong: list[tuple[str, dict[str, Any], str]] = [
        ("search", {"query": " "}, "question"),
        ("search", {}, "query"),
        ("search", {"query": KNOWN, "limit": 3}, "limit"),
        ("fetch", {"id": "no/such.txt"}, "no/such.txt"),
        ("fetch", {"id": "engines.md#char=5,999999"}, "characters"),
        ("fetch", {"id": "engines.md#char=5,5"}, "characters"),
    ]

    async def use() -> None:
        async with Client(f"{url}/mcp") as client:
            for name, arguments, word in wrong:
                reply = await client.call_tool(name, arguments)
                assert reply.is_error
                assert word in reply.content[0].text
                assert "Traceback" not in reply.content[0].text

    asyncio.run(use())


INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "t", "version": "1"},
    },
}
HEADERS = {"Accept": "application/json, text/event-stream"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://localhost:5173"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Host": "evil.example", "Origin": "http://evil.example"}, 403),
    ],
)
def test_other_names_and_pages_of_other_sites_are_refused(
    url: str, headers: dict[str, str], status: int
) -> None:
    reply = httpx.post(f"{url}/mcp", json=INITIALIZE, headers={**HEADERS, **headers})
    assert reply.status_code == status
    if status == 403:
        assert reply.json()["error"]["code"] == "host_not_allowed"


def test_there_is_no_stream_to_open_that_would_hold_up_a_stop(url: str) -> None:
    reply = httpx.get(f"{url}/mcp", headers={"Accept": "text/event-stream"})
    assert reply.status_code == 405
    assert reply.json()["error"]["hint"] == "use POST"


def test_a_server_with_an_mcp_client_still_ends_cleanly(library_settings: Settings) -> None:
    with serving(**variables_of(library_settings)) as (process, url):

        async def use() -> None:
            async with Client(f"{url}/mcp") as client:
                await client.list_tools()
                process.send_signal(signal.SIGTERM)
                await asyncio.to_thread(process.wait, 15)

        asyncio.run(use())
        _, err = process.communicate(timeout=15)
        assert process.returncode == 0
        assert err == ""


def test_without_the_library_one_says_what_to_install(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "mcp"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "qa_service.integrations.mcp", raising=False)
    monkeypatch.setitem(sys.modules, "mcp", None)
    assert_refused(run_inside("mcp"), "MCP is not installed", "qa-service[mcp]")
    reply = call(app_of(), "POST", "/mcp", json=INITIALIZE)
    assert reply.status_code == 501
    assert reply.json()["error"]["code"] == "extra_missing"
