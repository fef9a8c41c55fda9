"""``Client`` and ``AsyncClient`` return what ``Service`` returns, over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from conftest import QUESTIONS
from qa_service.answering.events import Cited, Delta, Finished, Replaced, Retrieved
from qa_service.errors import (
    DocumentNotFound,
    InvalidFilter,
    InvalidQuestion,
    InvalidRequest,
    ServiceUnreachable,
)
from qa_service.integrations.client import AsyncClient, Client
from qa_service.integrations.wire import EventReader
from qa_service.records import Retrieval, Turn
from qa_service.service import Service
from qa_service.web.server import listen
from web.client import live
from web.fakes import FakeService

KNOWN = "What was the first ship to enter the new basin?"


class Blocking:
    """An ``AsyncClient``, each call run to its end, so that one suite serves all."""

    def __init__(self, url: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._client = AsyncClient(url)

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any, **options: Any) -> Any:
            found = getattr(self._client, name)(*arguments, **options)
            if hasattr(found, "__aiter__"):
                return self._loop.run_until_complete(self._all(found))
            return self._loop.run_until_complete(found)

        return call

    async def _all(self, items: Any) -> list[Any]:
        return [item async for item in items]

    def end(self) -> None:
        self._loop.run_until_complete(self._client.close())
        self._loop.close()


@pytest.fixture(scope="module", params=["service", "client", "async client"])
def asked(request: pytest.FixtureRequest, url: str, service: Service) -> Iterator[Any]:
    if request.param == "service":
        yield service
    elif request.param == "client":
        with Client(url) as client:
            yield client
    else:
        blocking = Blocking(url)
        yield blocking
        blocking.end()


def comparable(retrieval: Retrieval) -> Retrieval:
    """Without what differs from call to call, and what does not travel."""
    evidence = tuple(
        replace(one, passage=replace(one.passage, sentences=(), language=""))
        for one in retrieval.evidence
    )
    return replace(retrieval, took_ms=0.0, evidence=evidence)


@pytest.mark.parametrize("question", QUESTIONS)
def test_passages_offsets_scores_and_reasons_are_the_same(
    asked: Any, service: Service, question: str
) -> None:
    options = {"top_k": 3, "explain": True}
    found = comparable(asked.retrieve(question, **options))
    assert found == comparable(service.retrieve(question, **options))


def test_every_option_reaches_the_service(asked: Any, service: Service) -> None:
    options: dict[str, Any] = {
        "top_k": 2,
        "max_tokens": 60,
        "filters": {"type": "eq", "key": "tags", "value": "steam"},
    }
    found = asked.retrieve("Who added a separate condenser?", **options)
    same = service.retrieve("Who added a separate condenser?", **options)
    # Without explain the signals stay where they are.
    assert comparable(replace(found, signals=None)) == comparable(replace(same, signals=None))
    assert {one.passage.document_id for one in found.evidence} == {"engines.md"}


def test_answers_and_follow_ups_are_the_same(asked: Any, service: Service) -> None:
    turns = [Turn("user", KNOWN), Turn("assistant", "The Marta.")]
    for question, conversation in ((KNOWN, []), ("What did she carry?", turns)):
        retrieval, answer = asked.ask(question, conversation=conversation)
        same, expected = service.ask(question, conversation=conversation)
        assert answer == expected
        assert retrieval.question == same.question
        assert answer is not None
        for citation in answer.citations:
            text = service.document(citation.document_id).text
            assert text[citation.source_start : citation.source_end] == citation.cited_text


def test_an_abstention_is_none(asked: Any) -> None:
    retrieval, answer = asked.ask("What is the capital of Peru?")
    assert answer is None
    assert retrieval.reason


def test_streams_bring_the_same_events(asked: Any, service: Service) -> None:
    events, expected = list(asked.stream(KNOWN)), list(service.stream(KNOWN))
    assert isinstance(events[0], Retrieved)
    assert events[1:] == expected[1:]
    assert isinstance(events[-1], Finished)
    text = "".join(event.text for event in events if isinstance(event, Delta))
    assert events[-1].answer is not None
    assert text == events[-1].answer.text
    assert any(isinstance(event, Cited) for event in events)


def test_documents_are_the_same(asked: Any, service: Service) -> None:
    listed = [replace(info, language="") for info in service.documents()]
    assert [replace(info, language="") for info in asked.documents()] == listed
    for info in listed:
        found, same = asked.document(info.id), service.document(info.id)
        assert (found.id, found.title, found.text) == (same.id, same.title, same.text)
        assert (found.sha256, dict(found.metadata)) == (same.sha256, dict(same.metadata))


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (lambda asked: asked.retrieve(" "), InvalidQuestion),
        (lambda asked: asked.retrieve("Who?", top_k=51), InvalidRequest),
        (lambda asked: asked.ask("Who?", filters={"type": "like"}), InvalidFilter),
        (lambda asked: list(asked.stream(" ")), InvalidQuestion),
        (lambda asked: asked.document("no/such.txt"), DocumentNotFound),
    ],
)
def test_errors_are_the_same_classes(asked: Any, call: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught:
        call(asked)
    assert type(caught.value) is kind
    assert caught.value.hint


def test_a_service_that_is_not_there_is_said_with_a_way_out() -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
    with Client(f"http://127.0.0.1:{port}") as client:
        with pytest.raises(ServiceUnreachable, match=str(port)) as caught:
            client.retrieve(KNOWN)
        assert "qa-service serve" in caught.value.hint
        with pytest.raises(ServiceUnreachable):
            list(client.stream(KNOWN))


def test_line_separators_inside_a_text_do_not_break_a_stream() -> None:
    text = "The first ship\u2028to enter the new\u0085basin was the Marta."
    with live(FakeService(documents={"a.txt": text})) as url, Client(url) as client:
        *_, last = client.stream(KNOWN)
        assert isinstance(last, Finished)
        assert last.answer is not None
        assert last.answer.text == text


def test_an_error_on_the_way_is_raised_after_what_came_before() -> None:
    def fail() -> None:
        raise DocumentNotFound("a.txt: is gone", "bring it back")

    with live(FakeService(between=fail)) as url, Client(url) as client:
        events = client.stream(KNOWN)
        assert isinstance(next(events), Retrieved)
        with pytest.raises(DocumentNotFound, match="is gone"):
            next(events)


def test_a_reply_that_is_not_the_services_is_an_error() -> None:
    with (
        live(FakeService()) as url,
        Client(f"{url}/static") as client,
        pytest.raises(InvalidRequest),
    ):
        client.retrieve(KNOWN)


def test_a_withdrawn_text_is_an_event() -> None:
    content = b'event: replace\ndata: {"text": "", "note": "Late."}\n\n: keep-alive\n\n'
    reader = EventReader()
    found = [event for byte in content for event in reader.read(bytes([byte]))]
    assert found == [Replaced("Late.")]
