"""``POST /v1/retrieve`` and ``POST /v1/ask``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from qa_service.answering.events import Retrieved
from qa_service.records import Turn
from qa_service.web.body import read_json
from qa_service.web.gate import Gate, client_of
from qa_service.web.metrics import Metrics
from qa_service.web.openapi import json_body
from qa_service.web.render import ask_json, json_response, retrieval_json
from qa_service.web.schemas import AskReply, AskRequest, QuestionRequest, RetrieveReply
from qa_service.web.streaming import event_stream, server_sent

if TYPE_CHECKING:
    from qa_service.service import Service


def add_question_routes(app: FastAPI, service: Service, gate: Gate, metrics: Metrics) -> None:
    """Add the endpoints that answer questions."""

    @app.post(
        "/v1/retrieve",
        response_model=RetrieveReply,
        summary="Find the passages that answer a question",
        tags=["questions"],
        openapi_extra=json_body(QuestionRequest),
    )
    async def retrieve(request: Request) -> Response:
        """Return passages, best first, with exact offsets, and how sure it is that they answer."""
        asked = await read_json(request, QuestionRequest)

        def work() -> tuple[bool, bytes]:
            retrieval = service.retrieve(
                asked.question,
                top_k=asked.top_k,
                max_tokens=asked.max_tokens,
                filters=asked.filters,
                explain=asked.explain,
            )
            return retrieval.answerable, retrieval_json(retrieval, explain=asked.explain)

        answerable, content = await gate.run("retrieve", client_of(request), work)
        metrics.question(answerable)
        return json_response(content)

    @app.post(
        "/v1/ask",
        response_model=AskReply,
        summary="Answer a question with citations, or abstain",
        tags=["questions"],
        responses={200: {"content": {"text/event-stream": {}}}},
        openapi_extra=json_body(AskRequest),
    )
    async def ask(request: Request) -> Response:
        """Return what `/v1/retrieve` returns, and an answer whose every citation is verbatim.

        `answer` is null when the documents do not answer the question. With `stream` the same
        comes as server-sent events, the passages first.
        """
        asked = await read_json(request, AskRequest)
        if asked.stream:
            return await streamed(request, asked)

        def work() -> tuple[bool, bytes]:
            retrieval, answer = service.ask(
                asked.question,
                top_k=asked.top_k,
                max_tokens=asked.max_tokens,
                filters=asked.filters,
                explain=asked.explain,
                conversation=_turns(asked),
            )
            content = ask_json(retrieval, answer, explain=asked.explain, asked=_as_asked(asked))
            return retrieval.answerable, content

        answerable, content = await gate.run("ask", client_of(request), work)
        metrics.question(answerable)
        return json_response(content)

    async def streamed(request: Request, asked: AskRequest) -> Response:
        events = service.stream(
            asked.question,
            top_k=asked.top_k,
            max_tokens=asked.max_tokens,
            filters=asked.filters,
            explain=asked.explain,
            conversation=_turns(asked),
        )
        # Drawn before the reply begins: what is wrong with a question still has its own status.
        first = await gate.run("stream", client_of(request), lambda: next(events))
        assert isinstance(first, Retrieved)
        metrics.question(first.retrieval.answerable)
        return event_stream(
            server_sent(gate, first, events, explain=asked.explain, asked=_as_asked(asked))
        )


def _turns(asked: AskRequest) -> list[Turn]:
    return [Turn(turn.role, turn.content) for turn in asked.conversation]


def _as_asked(asked: AskRequest) -> str | None:
    return asked.question.strip() if asked.conversation else None
