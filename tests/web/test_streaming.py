"""An answer as server-sent events: in this process, and cut off over a real socket."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from qa_service.errors import ModelNotFound
from qa_service.settings import Settings
from qa_service.web import streaming
from web.client import app_of, call, live
from web.fakes import FakeService

KNOWN = "What was the first ship to enter the new basin?"
UNKNOWN = "Who composed the anthem of Uruguay?"


def events_of(content: str) -> list[tuple[str, Any]]:
    """Return the events of a stream as the standard reads them: name and data."""
    found: list[tuple[str, Any]] = []
    for block in content.split("\n\n")[:-1]:
        lines = [line for line in block.split("\n") if not line.startswith(":")]
        if lines:
            fields = dict(line.split(": ", 1) for line in lines)
            found.append((fields["event"], json.loads(fields["data"])))
    return found


def streamed(service: FakeService, **body: Any) -> list[tuple[str, Any]]:
    reply = call(app_of(service), "POST", "/v1/ask", json={"stream": True, **body})
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
    return events_of(reply.text)


def test_a_stream_says_what_the_plain_reply_says() -> None:
    plain = call(app_of(), "POST", "/v1/ask", json={"question": KNOWN, "explain": True}).json()
    events = streamed(FakeService(), question=KNOWN, explain=True)
    names = [name for name, _ in events]
    assert (names[0], names[-1]) == ("retrieval", "done")
    answer = plain.pop("answer")
    retrieval = events[0][1]
    assert {**retrieval, "took_ms": 0} == {**plain, "took_ms": 0}
    assert "".join(data["text"] for name, data in events if name == "delta") == answer["text"]
    assert [data for name, data in events if name == "citation"] == answer["citations"]
    assert events[-1][1] == {"answer": answer}


def test_a_citation_comes_after_the_text_that_it_cites() -> None:
    text = ""
    for name, data in streamed(FakeService(), question=KNOWN):
        if name == "delta":
            text += data["text"]
        if name == "citation":
            assert text[data["answer_start"] : data["answer_end"]] == data["cited_text"]


def test_a_follow_up_shows_what_was_searched_for() -> None:
    body = {
        "question": "When was it?",
        "conversation": [
            {"role": "user", "content": KNOWN},
            {"role": "assistant", "content": "The Marta."},
        ],
    }
    plain = call(app_of(), "POST", "/v1/ask", json=body).json()
    retrieval = streamed(FakeService(), **body)[0][1]
    for reply in (plain, retrieval):
        assert reply["question"] == "When was it?"
        assert reply["searched_for"] == f"{KNOWN} When was it?"
    assert "searched_for" not in call(app_of(), "POST", "/v1/ask", json={"question": KNOWN}).json()


def test_an_abstention_is_a_stream_without_text() -> None:
    names = [name for name, _ in streamed(FakeService(), question=UNKNOWN)]
    assert names == ["retrieval", "done"]


def test_what_is_wrong_with_the_question_has_its_own_status() -> None:
    reply = call(app_of(), "POST", "/v1/ask", json={"question": " ", "stream": True})
    assert reply.status_code == 400
    assert reply.json()["error"]["code"] == "invalid_question"


def test_an_error_on_the_way_is_the_last_event() -> None:
    def fail() -> None:
        raise ModelNotFound("m: is gone", "bring it back")

    events = streamed(FakeService(between=fail), question=KNOWN)
    assert [name for name, _ in events] == ["retrieval", "error"]
    assert events[-1][1] == {
        "error": {"code": "model_not_found", "message": "m: is gone", "hint": "bring it back"}
    }


def test_a_defect_on_the_way_says_nothing_of_the_inside(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise RuntimeError("secret")

    events = streamed(FakeService(between=fail), question=KNOWN)
    assert events[-1][0] == "error"
    assert events[-1][1]["error"]["code"] == "internal_error"
    assert "secret" not in json.dumps(events)
    assert "secret" in caplog.text


def test_silence_is_broken_by_comments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "SILENCE_SECONDS", 0.02)
    service = FakeService(between=lambda: time.sleep(0.1))
    reply = call(app_of(service), "POST", "/v1/ask", json={"question": KNOWN, "stream": True})
    assert ": keep-alive\n\n" in reply.text
    assert events_of(reply.text)[-1][0] == "done"


def test_the_passages_arrive_before_the_answer_is_there() -> None:
    go_on = threading.Event()
    service = FakeService(between=lambda: go_on.wait(10))
    with live(service) as url, httpx.Client() as client:
        body = {"question": KNOWN, "stream": True}
        with client.stream("POST", f"{url}/v1/ask", json=body) as reply:
            lines = reply.iter_lines()
            assert next(lines) == "event: retrieval"
            assert json.loads(next(lines).removeprefix("data: "))["answerable"] is True
            go_on.set()
            assert "event: done" in list(lines)


@pytest.mark.parametrize(("model", "waits"), [(None, False), ("some-model", True)])
def test_with_a_language_model_no_answer_is_made_on_the_event_loop(
    model: str | None, waits: bool
) -> None:
    names: list[str] = []
    service = FakeService(
        Settings(model="hashing", llm_model=model),
        before=lambda: names.append(threading.current_thread().name),
    )
    with live(service) as url, httpx.Client() as client:
        for _ in range(3):
            for stream in (False, True):
                body = {"question": KNOWN, "stream": stream}
                assert client.post(f"{url}/v1/ask", json=body).status_code == 200
    pooled = [name.startswith("qa-wait") for name in names]
    assert set(pooled) == {waits}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/ask", {"question": KNOWN}),
        ("/v1/ask", {"question": KNOWN, "stream": True}),
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": KNOWN}]}),
        (
            "/v1/chat/completions",
            {"messages": [{"role": "user", "content": KNOWN}], "stream": True},
        ),
        ("/v1/anthropic/search_results", {"question": KNOWN}),
    ],
)
def test_every_way_to_an_answer_may_wait_for_the_language_model(
    path: str, body: dict[str, Any]
) -> None:
    names: list[str] = []
    service = FakeService(
        Settings(model="hashing", llm_model="some-model"),
        before=lambda: names.append(threading.current_thread().name),
    )
    assert call(app_of(service), "POST", path, json=body).status_code == 200
    assert names
    assert all(name.startswith("qa-wait") for name in names)


def test_a_client_that_goes_away_ends_the_work() -> None:
    drawn: list[float] = []
    service = EndlessService(drawn)
    with live(service) as url, httpx.Client() as client:
        body = {"question": KNOWN, "stream": True}
        with client.stream("POST", f"{url}/v1/ask", json=body) as reply:
            next(reply.iter_lines())
        assert service.closed_stream.wait(10)
        count = len(drawn)
        time.sleep(0.1)
        assert len(drawn) == count


class EndlessService(FakeService):
    """Streams without end, and says when it was stopped."""

    def __init__(self, drawn: list[float]) -> None:
        super().__init__(Settings(model="hashing"))
        self._drawn = drawn
        self.closed_stream = threading.Event()

    def stream(self, question: str, **options: Any) -> Iterator[Any]:
        events = super().stream(question, **options)
        yield next(events)
        try:
            while True:
                time.sleep(0.01)
                self._drawn.append(time.monotonic())
                yield streaming.Delta("more ")
        finally:
            self.closed_stream.set()
