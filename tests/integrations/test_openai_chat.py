"""The stock ``openai`` client asks questions as of a chat model: whole, streamed, awaited."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from qa_service.answering.events import Cited, Delta, Finished, Replaced, answer_events
from qa_service.errors import ModelNotFound
from qa_service.integrations.openai_chat import Composer
from qa_service.records import Answer, Citation, Span
from qa_service.service import Service
from web.client import app_of, call, live
from web.fakes import FakeService
from web.test_streaming import EndlessService

KNOWN = "What was the first ship to enter the new basin?"
UNKNOWN = "What is the capital of Peru?"


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as opened:
        yield opened


def messages(*contents: str) -> list[Any]:
    roles = ("user", "assistant")
    return [{"role": roles[place % 2], "content": text} for place, text in enumerate(contents)]


def check_annotations(text: str, annotations: list[Any], service: Service) -> None:
    """Each annotation spans, in the answer, what stands verbatim in its document."""
    assert annotations
    for annotation in annotations:
        cited = annotation["url_citation"]
        quoted = text[cited["start_index"] : cited["end_index"]]
        assert quoted == cited["cited_text"]
        source = service.document(cited["document_id"]).text
        assert source[cited["source_start"] : cited["source_end"]] == quoted


def test_a_plain_answer_carries_its_citations(client: openai.OpenAI, service: Service) -> None:
    reply = client.chat.completions.create(model="qa-service", messages=messages(KNOWN))
    _, answer = service.ask(KNOWN)
    assert answer is not None
    message = reply.choices[0].message
    assert reply.choices[0].finish_reason == "stop"
    assert message.content is not None
    unmarked = message.content
    for number in range(1, len(answer.citations) + 1):
        assert f" [{number}]" in unmarked
        unmarked = unmarked.replace(f" [{number}]", "")
    assert unmarked == answer.text
    assert message.annotations is not None
    assert len(message.annotations) == len(answer.citations)
    dumped = [annotation.model_dump() for annotation in message.annotations]
    check_annotations(message.content, dumped, service)
    extra = reply.model_dump()
    assert extra["citations"] == [one["url_citation"]["url"] for one in dumped]
    assert {"title", "url", "snippet"} <= set(extra["search_results"][0])
    assert reply.usage is not None
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens
    assert reply.usage.completion_tokens > 5


def test_cited_urls_serve_the_cited_file(client: openai.OpenAI, service: Service) -> None:
    reply = client.chat.completions.create(model="qa-service", messages=messages(KNOWN))
    [url, *_] = reply.model_dump()["citations"]
    fetched = httpx.get(url)
    assert fetched.status_code == 200
    _, answer = service.ask(KNOWN)
    assert answer is not None
    assert answer.citations[0].cited_text in fetched.text


def test_a_stream_says_the_same_and_names_its_sources_last(
    client: openai.OpenAI, service: Service
) -> None:
    plain = client.chat.completions.create(model="qa-service", messages=messages(KNOWN))
    chunks = list(
        client.chat.completions.create(
            model="qa-service",
            messages=messages(KNOWN),
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    *pieces, last, usage = chunks
    text = "".join(chunk.choices[0].delta.content or "" for chunk in pieces)
    assert text == plain.choices[0].message.content
    assert pieces[0].choices[0].delta.role == "assistant"
    assert {chunk.choices[0].finish_reason for chunk in pieces} == {None}
    assert last.choices[0].finish_reason == "stop"
    annotations = last.choices[0].delta.model_dump()["annotations"]
    check_annotations(text, annotations, service)
    same = plain.model_dump()
    assert last.model_dump()["citations"] == same["citations"]
    assert last.model_dump()["search_results"] == same["search_results"]
    assert usage.choices == []
    assert usage.usage == plain.usage
    assert len({chunk.id for chunk in chunks}) == 1


def test_the_asynchronous_client_streams_as_well(url: str) -> None:
    async def ask() -> str:
        async with openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="none") as opened:
            plain = await opened.chat.completions.create(
                model="qa-service", messages=messages(KNOWN)
            )
            stream = await opened.chat.completions.create(
                model="qa-service", messages=messages(KNOWN), stream=True
            )
            text = ""
            async for chunk in stream:
                text += chunk.choices[0].delta.content or ""
            assert text == plain.choices[0].message.content
            return text

    assert "Marta" in asyncio.run(ask())


def test_earlier_messages_are_the_conversation() -> None:
    service = FakeService()
    with live(service) as url, openai.OpenAI(base_url=f"{url}/v1", api_key="none") as opened:
        system: list[Any] = [{"role": "system", "content": "Answer in verse."}]
        history = [*system, *messages(KNOWN, "The Marta.", "What did she carry?")]
        for stream in (False, True):
            reply = opened.chat.completions.create(model="any", messages=history, stream=stream)
            assert list(reply)
            assert service.calls[-1]["question"] == f"{KNOWN} What did she carry?"


def test_an_abstention_is_a_plain_sentence(client: openai.OpenAI) -> None:
    reply = client.chat.completions.create(model="qa-service", messages=messages(UNKNOWN))
    content = reply.choices[0].message.content
    assert content is not None
    assert content.startswith("The documents do not answer this question.")
    assert reply.choices[0].finish_reason == "stop"
    assert reply.choices[0].message.annotations == []
    stream = client.chat.completions.create(
        model="qa-service", messages=messages(UNKNOWN), stream=True
    )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
    assert text == content


def test_harmless_options_are_accepted(client: openai.OpenAI) -> None:
    reply = client.chat.completions.create(
        model="qa-service",
        messages=[{"role": "user", "content": [{"type": "text", "text": KNOWN}]}],
        temperature=0.2,
        top_p=0.9,
        max_tokens=100,
        seed=7,
        user="someone",
        n=1,
        extra_body={"top_k": 1},
    )
    assert len(reply.model_dump()["search_results"]) == 1


@pytest.mark.parametrize(
    "options",
    [
        {"n": 2},
        {"response_format": {"type": "json_object"}},
        {"messages": []},
        {"messages": [{"role": "assistant", "content": "Hm."}]},
        {"messages": [{"role": "user", "content": " "}]},
        {"extra_body": {"filters": {"type": "like"}}},
    ],
)
def test_what_cannot_be_honoured_is_a_bad_request(
    client: openai.OpenAI, options: dict[str, Any]
) -> None:
    arguments: dict[str, Any] = {"model": "qa-service", "messages": messages(KNOWN), **options}
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(**arguments)
    assert caught.value.code in ("invalid_request", "invalid_question", "invalid_filter")
    assert caught.value.body["hint"]


def test_the_one_model_is_listed(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["qa-service"]
    assert client.models.retrieve("qa-service").object == "model"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-4o")


def test_replies_fit_the_types_of_the_protocol() -> None:
    body = {"messages": messages(KNOWN)}
    plain = call(app_of(), "POST", "/v1/chat/completions", json=body)
    ChatCompletion.model_validate(plain.json())
    streamed = call(app_of(), "POST", "/v1/chat/completions", json={**body, "stream": True})
    *chunks, done = [block.removeprefix("data: ") for block in streamed.text.split("\n\n")[:-1]]
    assert done == "[DONE]"
    for chunk in chunks:
        ChatCompletionChunk.model_validate(json.loads(chunk))


def test_an_error_on_the_way_reaches_the_client() -> None:
    def fail() -> None:
        raise ModelNotFound("m: is gone", "bring it back")

    with live(FakeService(between=fail)) as url:
        opened = openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0)
        with opened, pytest.raises(openai.APIError, match="is gone"):
            list(
                opened.chat.completions.create(
                    model="qa-service", messages=messages(KNOWN), stream=True
                )
            )


def test_a_client_that_goes_away_ends_the_work() -> None:
    drawn: list[float] = []
    service = EndlessService(drawn)
    with live(service) as url, openai.OpenAI(base_url=f"{url}/v1", api_key="none") as opened:
        stream = opened.chat.completions.create(
            model="qa-service", messages=messages(KNOWN), stream=True
        )
        assert next(iter(stream)).choices[0].delta.role == "assistant"
        stream.close()
        assert service.closed_stream.wait(10)


def test_a_replaced_answer_follows_its_note_and_only_it_is_annotated() -> None:
    retrieval = FakeService().retrieve(KNOWN)
    document = retrieval.evidence[0].passage.document_id
    old = Citation(document, "t", "Half an", 0, 7, 0, 7)
    new = Citation(document, "t", "Whole.", 10, 16, 0, 6)
    note = "The model broke off."
    composer = Composer(retrieval, "http://h/v1/files")
    events = [
        Delta("Half an"),
        Cited(old),
        Replaced(note),
        Delta("Whole."),
        Cited(new),
        Finished(Answer("Whole.", "extractive", (new,), note=note)),
    ]
    pieces = [composer.piece(event) for event in events]
    assert "".join(pieces) == composer.text == f"Half an [1]\n\n{note}\n\nWhole. [1]"
    [annotation] = composer.annotations()
    cited = annotation["url_citation"]
    assert composer.text[cited["start_index"] : cited["end_index"]] == "Whole."


def test_what_comes_late_or_is_not_backed_is_said_at_the_end() -> None:
    retrieval = FakeService().retrieve(KNOWN)
    first = Citation("a.txt", "Title", "One.", 0, 4, 0, 4)
    answer = Answer("One. Two.", "generative", (first,), (Span(5, 9),), "A link was removed.")
    late = Composer(retrieval, "http://h/v1/files")
    for event in (Delta("One. Two."), Cited(first), Finished(answer)):
        late.piece(event)
    inline = Composer(retrieval, "http://h/v1/files")
    for event in answer_events(answer):
        inline.piece(event)
    end = "\n\nNot backed by the documents: “Two.”\n\nA link was removed."
    assert late.text == f"One. Two.\n\nSources: [1] Title{end}"
    assert inline.text == f"One. [1] Two.{end}"
    for composer in (late, inline):
        [place] = composer.ungrounded()
        assert composer.text[place["start_index"] : place["end_index"]] == "Two."
        cited = composer.annotations()[0]["url_citation"]
        assert composer.text[cited["start_index"] : cited["end_index"]] == "One."


def test_annotations_span_their_stretch_also_where_citations_meet() -> None:
    text = "One.Two.Two [7]"
    spans = [(0, 4), (4, 8), (4, 8), (8, 15)]
    citations = tuple(Citation("a.txt", "A", text[a:b], a, b, a, b) for a, b in spans)
    composer = Composer(FakeService().retrieve(KNOWN), "http://h/v1/files")
    for event in answer_events(Answer(text, "generative", citations)):
        composer.piece(event)
    assert composer.text == "One. [1]Two. [2][3]Two [7] [4]"
    for annotation in composer.annotations():
        cited = annotation["url_citation"]
        quoted = composer.text[cited["start_index"] : cited["end_index"]]
        assert quoted == cited["cited_text"]


def test_a_note_is_shown_once_when_nothing_had_been_streamed() -> None:
    composer = Composer(FakeService().retrieve(KNOWN), "http://h/v1/files")
    answer = Answer("Whole.", "extractive", (), note="Late.")
    for event in (Replaced("Late."), Delta("Whole."), Finished(answer)):
        composer.piece(event)
    assert composer.text == "Whole.\n\nLate."
