"""OpenAI's endpoints: chat completions, models and the search of a vector store.

What only these endpoints need is imported by their first request: starting must not wait for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from qa_service.answering.events import AnswerEvent, Retrieved, answer_events
from qa_service.errors import QaServiceError, TokenTablesMissing
from qa_service.integrations.admission import check_collection
from qa_service.integrations.links import files_url
from qa_service.web.body import read_json
from qa_service.web.errors import NotFound, error_content
from qa_service.web.gate import Gate, client_of
from qa_service.web.metrics import Metrics
from qa_service.web.render import json_response, to_json
from qa_service.web.streaming import KEEP_ALIVE, drawn, event_stream

if TYPE_CHECKING:
    from qa_service.chunking.tokens import TokenCounter
    from qa_service.integrations.openai_chat import ChatRequest, Composer
    from qa_service.service import Service

_DONE = b"data: [DONE]\n\n"


def add_openai_routes(app: FastAPI, service: Service, gate: Gate, metrics: Metrics) -> None:
    """Add the endpoints that clients of OpenAI's API call."""

    @app.post("/v1/chat/completions", include_in_schema=False)
    async def chat_completions(request: Request) -> Response:
        """Answer the last message of a conversation; abstaining is an answer in words."""
        from qa_service.integrations.openai_chat import ChatRequest, Completion, Composer, asked

        chat = await read_json(request, ChatRequest)
        question, turns = asked(chat)
        files = files_url(str(request.base_url))
        options: dict[str, Any] = {
            "top_k": chat.top_k,
            "filters": chat.filters,
            "conversation": turns,
        }
        if chat.stream:
            events = service.stream(question, **options)
            first = await gate.run("chat stream", client_of(request), lambda: next(events))
            assert isinstance(first, Retrieved)
            metrics.question(first.retrieval.answerable)
            return event_stream(chunks(chat, Composer(first.retrieval, files), events))

        def work() -> tuple[bool, bytes]:
            retrieval, answer = service.ask(question, **options)
            composer = Composer(retrieval, files)
            for event in answer_events(answer):
                composer.piece(event)
            completion = Completion(composer, version=retrieval.index_version)
            return retrieval.answerable, to_json(completion.whole(usage(chat, composer.text)))

        answerable, content = await gate.run("chat", client_of(request), work)
        metrics.question(answerable)
        return json_response(content)

    async def chunks(
        chat: ChatRequest, composer: Composer, events: Iterator[AnswerEvent]
    ) -> AsyncIterator[bytes]:
        from qa_service.integrations.openai_chat import Completion

        completion = Completion(composer, version=composer.retrieval.index_version)
        yield _data(completion.first())
        async for event in drawn(gate, events):
            if event is None:
                yield KEEP_ALIVE
            elif isinstance(event, QaServiceError):
                yield b"data: " + error_content(event) + b"\n\n"
                return
            elif piece := composer.piece(event):
                yield _data(completion.piece(piece))
        yield _data(completion.last())
        if chat.stream_options is not None and chat.stream_options.include_usage:
            counted = await asyncio.to_thread(usage, chat, composer.text)
            yield _data(completion.usage(counted))
        yield _DONE

    def usage(chat: ChatRequest, text: str) -> dict[str, int] | None:
        from qa_service.integrations.openai_chat import usage_of

        counter = _counter(service.settings.token_encoding)
        try:
            prompt = sum(counter.count_many([message.text for message in chat.messages]))
            return usage_of(prompt, counter.count(text))
        except TokenTablesMissing:  # never an estimate, and no reason to refuse the answer
            return None

    @app.get("/v1/models", include_in_schema=False)
    async def list_models() -> Response:
        """List the one model that this service is."""
        from qa_service.integrations.openai_chat import models

        return json_response(to_json(models()))

    @app.get("/v1/models/{model}", include_in_schema=False)
    async def show_model(request: Request) -> Response:
        """Show the one model that this service is."""
        from qa_service.integrations.openai_chat import MODEL, model

        name = request.path_params["model"]
        if name != MODEL:
            raise NotFound(f"{name[:80]!r}: no such model", f"its name is `{MODEL}`")
        return json_response(to_json(model()))

    @app.post("/v1/vector_stores/{vector_store_id}/search", include_in_schema=False)
    async def search_vector_store(request: Request) -> Response:
        """Return passages as the search results of a vector store."""
        from qa_service.integrations.openai_vector_store import VectorStoreSearch, search

        wanted = await read_json(request, VectorStoreSearch)
        check_collection(request.path_params["vector_store_id"], service.index_version)
        page = request.query_params.get("page")

        def work() -> bytes:
            return to_json(search(service, wanted, page))

        return json_response(await gate.run("vector store", client_of(request), work))


@cache
def _counter(encoding: str) -> TokenCounter:
    # Imported at the first count: answering needs no tables otherwise.
    from qa_service.chunking.tokens import TokenCounter

    return TokenCounter(encoding)


def _data(content: dict[str, Any]) -> bytes:
    return b"data: " + to_json(content) + b"\n\n"
