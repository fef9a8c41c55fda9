"""A real server process on a real socket: every offset is checked against the text it serves."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from command_line import run_inside, serving, variables_of
from conftest import LIBRARY, QUESTIONS, write_corpus
from qa_service.settings import Settings

KNOWN = "Whom did President Aliyev meet in Beijing?"
UNKNOWN = "How do I bake sourdough bread at home?"


@pytest.fixture(scope="module")
def client(library_settings: Settings) -> Iterator[httpx.Client]:
    """A client of a server that answers from the library with the hashing embedder."""
    with (
        serving(**variables_of(library_settings)) as (_, url),
        httpx.Client(base_url=url) as opened,
    ):
        yield opened


def check_offsets(client: httpx.Client, reply: dict[str, Any]) -> None:
    """Fetch each document over HTTP, cut it, and compare."""
    texts: dict[str, str] = {}

    def slice_of(document_id: str, start: int, end: int) -> str:
        if document_id not in texts:
            fetched = client.get(f"/v1/documents/{quote(document_id)}").json()
            assert fetched["id"] == document_id
            texts[document_id] = fetched["text"]
        return texts[document_id][start:end]

    for passage in reply["passages"]:
        own = passage["document_id"]
        assert slice_of(own, passage["start"], passage["end"]) == passage["text"]
        assert passage["highlights"]
        for highlight in passage["highlights"]:
            assert slice_of(own, highlight["start"], highlight["end"]) == highlight["text"]
            assert highlight["text"] in passage["text"]
    answer = reply.get("answer") or {"citations": []}
    for citation in answer["citations"]:
        cited = citation["cited_text"]
        place = citation["document_id"], citation["source_start"], citation["source_end"]
        assert slice_of(*place) == cited
        assert answer["text"][citation["answer_start"] : citation["answer_end"]] == cited


@pytest.mark.model
def test_the_real_model_answers_with_exact_offsets_and_a_signal_ends_it(
    real_settings: Settings,
) -> None:
    with serving(**variables_of(real_settings)) as (process, url):
        with httpx.Client(base_url=url) as client:
            ready = client.get("/ready").json()
            assert ready["status"] == "ready"
            reply = client.post("/v1/ask", json={"question": KNOWN}).json()
            assert reply["answerable"] is True
            assert "Xi Jinping" in reply["answer"]["text"]
            assert reply["index_version"] == ready["index_version"]
            check_offsets(client, reply)
            reply = client.post("/v1/retrieve", json={"question": KNOWN, "top_k": 50}).json()
            assert "Xi Jinping" in reply["passages"][0]["text"]
            check_offsets(client, reply)
            reply = client.post("/v1/ask", json={"question": UNKNOWN}).json()
            assert reply["answerable"] is False
            assert reply["answer"] is None
            assert reply["reason"]
            check_offsets(client, reply)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=15)
        assert process.returncode == 0
        assert err == ""


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/retrieve"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_offsets_are_exact_in_every_alphabet(
    client: httpx.Client, path: str, question: str
) -> None:
    reply = client.post(path, json={"question": question, "top_k": 50}).json()
    assert reply["passages"]
    check_offsets(client, reply)


def test_documents_come_back_character_for_character(client: httpx.Client) -> None:
    listed = client.get("/v1/documents").json()["documents"]
    assert [entry["id"] for entry in listed] == sorted(LIBRARY)
    for entry in listed:
        fetched = client.get(f"/v1/documents/{quote(entry['id'])}").json()
        assert fetched["text"] == LIBRARY[entry["id"]]
        assert fetched["sha256"] == entry["sha256"]


def test_filters_budgets_and_explanations_work_over_the_wire(client: httpx.Client) -> None:
    reply = client.post(
        "/v1/retrieve",
        json={
            "question": "Who added a separate condenser?",
            "top_k": 3,
            "max_tokens": 40,
            "filters": {"type": "eq", "key": "tags", "value": "steam"},
            "explain": True,
        },
    ).json()
    assert {passage["document_id"] for passage in reply["passages"]} == {"engines.md"}
    assert sum(passage["tokens"] for passage in reply["passages"]) <= 40
    for passage in reply["passages"]:
        terms = passage["explanation"].values()
        total = sum(term["weight"] * term["normalised"] for term in terms)
        assert total == pytest.approx(passage["score"], abs=1e-5)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"question": " "}, "invalid_question"),
        ({"question": "Who?", "top_k": 51}, "invalid_request"),
        ({"question": "Who?", "filters": {"type": "like"}}, "invalid_filter"),
        ({"question": "Who?", "limit": 5}, "invalid_request"),
    ],
)
def test_bad_input_is_an_error_with_a_hint(
    client: httpx.Client, body: dict[str, Any], code: str
) -> None:
    reply = client.post("/v1/ask", json=body)
    assert reply.status_code == 400
    error = reply.json()["error"]
    assert error["code"] == code
    assert error["message"]
    assert error["hint"]


def test_a_newer_index_is_picked_up_while_requests_go_on(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    index = tmp_path / "index"

    def publish(edition: int) -> None:
        write_corpus(corpus, {"news.txt": f"Edition {edition} of the almanac.\n"})
        assert run_inside("index", "--corpus", corpus, "--index", index).code == 0

    publish(1)
    stop = threading.Event()
    with serving(QA_MODEL="hashing", QA_INDEX=index, QA_THRESHOLD=0) as (process, url):

        def ask() -> set[tuple[str, str]]:
            seen = set()
            with httpx.Client(base_url=url) as client:
                while not stop.is_set():
                    reply = client.post("/v1/ask", json={"question": "Which edition is it?"})
                    assert reply.status_code == 200
                    found = reply.json()
                    seen.add((found["index_version"], found["answer"]["text"]))
            return seen

        with ThreadPoolExecutor(3) as pool:
            asked = [pool.submit(ask) for _ in range(3)]
            try:
                publish(2)
                deadline = time.monotonic() + 20
                while httpx.get(url + "/ready").json()["index_version"] != "gen-000002":
                    assert time.monotonic() < deadline
                    time.sleep(0.1)
                time.sleep(0.2)
            finally:
                stop.set()
            seen = set().union(*(future.result(20) for future in asked))
        assert seen == {
            ("gen-000001", "Edition 1 of the almanac."),
            ("gen-000002", "Edition 2 of the almanac."),
        }
        # An index that cannot be opened is said so once, and the old one goes on serving.
        (index / "CURRENT").write_text("gen-000009\n")
        time.sleep(4.5)
        assert httpx.get(url + "/ready").status_code == 200
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=15)
        assert process.returncode == 0
        [line] = err.splitlines()
        assert line.startswith("qa-service: not reloaded: ")
        assert "gen-000009" in line
