"""The contract of each endpoint, over the app in this process."""

from __future__ import annotations

import asyncio
import logging
import threading
from urllib.parse import quote

import pytest

from qa_service.errors import IndexMissing
from qa_service.settings import Settings
from qa_service.web import schemas
from web.client import app_of, call
from web.fakes import DOCUMENTS, HARBOUR, FakeService

KNOWN = "What was the first ship to enter the new basin?"
UNKNOWN = "Who composed the anthem of Uruguay?"


def test_retrieve_returns_exactly_the_contracts_fields() -> None:
    reply = call(app_of(), "POST", "/v1/retrieve", json={"question": KNOWN})
    assert reply.status_code == 200
    content = reply.json()
    assert list(content) == [
        "question",
        "answerable",
        "confidence",
        "threshold",
        "reason",
        "passages",
        "index_version",
        "took_ms",
    ]
    passage = content["passages"][0]
    assert list(passage) == [
        "id",
        "document_id",
        "title",
        "text",
        "start",
        "end",
        "tokens",
        "score",
        "highlights",
        "section",
        "page",
        "places",
        "also_in",
    ]
    assert list(passage["highlights"][0]) == ["start", "end", "text", "score"]


def test_offsets_on_the_wire_cut_the_documents_text() -> None:
    app = app_of()
    content = call(app, "POST", "/v1/ask", json={"question": KNOWN}).json()
    for passage in content["passages"]:
        text = call(app, "GET", f"/v1/documents/{passage['document_id']}").json()["text"]
        for span in (passage, *passage["highlights"]):
            assert text[span["start"] : span["end"]] == span["text"]
    answer = content["answer"]
    assert answer["citations"]
    for citation in answer["citations"]:
        text = call(app, "GET", f"/v1/documents/{citation['document_id']}").json()["text"]
        cited = citation["cited_text"]
        assert text[citation["source_start"] : citation["source_end"]] == cited
        assert answer["text"][citation["answer_start"] : citation["answer_end"]] == cited


def test_ask_abstains_with_a_null_answer_and_the_closest_passages() -> None:
    content = call(app_of(), "POST", "/v1/ask", json={"question": UNKNOWN}).json()
    assert content["answer"] is None
    assert content["answerable"] is False
    assert content["reason"]
    assert content["passages"]


@pytest.mark.parametrize("explain", [False, True])
@pytest.mark.parametrize("question", [KNOWN, UNKNOWN])
def test_replies_fit_the_documented_models(question: str, explain: bool) -> None:
    app = app_of()
    body = {"question": question, "explain": explain}
    models = {
        "/v1/retrieve": schemas.RetrieveReply,
        "/v1/ask": schemas.AskReply,
    }
    for path, model in models.items():
        model.model_validate_json(call(app, "POST", path, json=body).content)
    schemas.DocumentsReply.model_validate_json(call(app, "GET", "/v1/documents").content)
    schemas.DocumentReply.model_validate_json(call(app, "GET", "/v1/documents/garden.md").content)
    schemas.HealthReply.model_validate_json(call(app, "GET", "/health").content)
    schemas.ReadyReply.model_validate_json(call(app, "GET", "/ready").content)


def test_explain_adds_the_terms_of_each_score_and_nothing_without_it() -> None:
    app = app_of()
    plain = call(app, "POST", "/v1/retrieve", json={"question": KNOWN}).json()
    told = call(app, "POST", "/v1/retrieve", json={"question": KNOWN, "explain": True}).json()
    assert "signals" not in plain
    assert "explanation" not in plain["passages"][0]
    assert told["signals"]
    assert set(told["passages"][0]["explanation"]["words"]) == {"value", "normalised", "weight"}


def test_every_option_reaches_the_service() -> None:
    service = FakeService()
    body = {
        "question": KNOWN,
        "top_k": 2,
        "max_tokens": 300,
        "filters": {"type": "eq", "key": "kind", "value": "note"},
        "explain": True,
    }
    call(app_of(service), "POST", "/v1/retrieve", json=body)
    call(app_of(service), "POST", "/v1/ask", json=body)
    assert service.calls == [body, body]


def test_document_ids_may_hold_slashes_spaces_and_any_script() -> None:
    documents = {"a b/ü?#%/заметка 🐟.txt": HARBOUR, "plain.txt": "Plain."}
    app = app_of(FakeService(documents=documents))
    path = "/v1/documents/a%20b/%C3%BC%3F%23%25/%D0%B7%D0%B0%D0%BC%D0%B5%D1%82%D0%BA%D0%B0%20"
    reply = call(app, "GET", path + "%F0%9F%90%9F.txt")
    assert reply.status_code == 200
    assert list(reply.json()) == ["id", "title", "text", "sha256", "metadata"]
    assert reply.json()["text"] == HARBOUR
    assert reply.json()["id"] == "a b/ü?#%/заметка 🐟.txt"


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a b/ü.pdf", "application/pdf"),
        ("PAGE.HTML", "text/html"),
        ("x.txt", "text/plain"),
        ("x.md", "text/plain"),
    ],
)
def test_an_original_comes_back_byte_for_byte_and_can_run_nothing(
    name: str, media_type: str
) -> None:
    app = app_of(FakeService(documents={name: HARBOUR}))
    reply = call(app, "GET", f"/v1/files/{quote(name)}")
    assert reply.status_code == 200
    assert reply.content == HARBOUR.encode()
    assert reply.headers["content-type"] == media_type
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    # A browser's viewer of PDF shows nothing inside a sandbox.
    assert ("sandbox" in policy) is (media_type != "application/pdf")
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["content-disposition"].startswith("inline; filename*=UTF-8''")


def test_an_original_of_no_document_is_not_found() -> None:
    reply = call(app_of(), "GET", "/v1/files/../../etc/passwd")
    assert reply.status_code == 404


def test_documents_pages_lose_nothing() -> None:
    app = app_of(FakeService(documents={f"{n:03}.txt": "A text." for n in range(25)}))
    found: list[str] = []
    after = ""
    while True:
        page = call(app, "GET", "/v1/documents", params={"limit": 10, "after": after}).json()
        found += [info["id"] for info in page["documents"]]
        assert page["total"] == 25
        if page["next"] is None:
            break
        after = page["next"]
    assert found == [f"{n:03}.txt" for n in range(25)]


def test_documents_are_listed_whole_by_default() -> None:
    content = call(app_of(), "GET", "/v1/documents").json()
    assert [info["id"] for info in content["documents"]] == sorted(DOCUMENTS)
    assert content["next"] is None


def test_a_defect_is_a_plain_500_that_gives_nothing_away(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail() -> None:
        raise RuntimeError("secret path /srv/private")

    app = app_of(FakeService(before=fail))
    with caplog.at_level(logging.CRITICAL + 1, logger="qa_service.web"):
        reply = call(
            app,
            "POST",
            "/v1/ask",
            json={"question": KNOWN},
            headers={"X-Request-Id": "trace-7"},
        )
    assert reply.status_code == 500
    assert reply.json()["error"]["code"] == "internal_error"
    assert "secret" not in reply.text
    assert "RuntimeError" not in reply.text
    assert "trace-7" in reply.json()["error"]["hint"]
    assert reply.headers["x-request-id"] == "trace-7"


def test_ready_is_503_while_there_is_no_index_and_health_stays_ok() -> None:
    class Empty(FakeService):
        @property
        def index_version(self) -> str:
            raise IndexMissing("index: no generation", "run `qa-service index`")

    app = app_of(Empty())
    reply = call(app, "GET", "/ready")
    assert reply.status_code == 503
    assert reply.json()["error"] == {
        "code": "index_missing",
        "message": "index: no generation",
        "hint": "run `qa-service index`",
    }
    assert reply.headers["retry-after"] == "1"
    assert call(app, "GET", "/health").status_code == 200
    assert call(app, "GET", "/metrics").status_code == 200


def test_metrics_count_by_route_and_by_whether_there_was_an_answer() -> None:
    app = app_of()
    call(app, "POST", "/v1/ask", json={"question": KNOWN})
    call(app, "POST", "/v1/ask", json={"question": UNKNOWN})
    call(app, "GET", "/v1/documents/garden.md")
    call(app, "GET", "/no/such/path")
    text = call(app, "GET", "/metrics").text
    assert 'qa_requests_total{route="/v1/ask",method="POST",status="200"} 2' in text
    assert 'qa_questions_total{answerable="true"} 1' in text
    assert 'qa_questions_total{answerable="false"} 1' in text
    assert 'route="/v1/documents/{document_id:path}"' in text
    assert 'route="unmatched",method="GET",status="404"' in text
    assert 'qa_index_info{version="gen-000001"} 1' in text


def test_shutting_down_closes_the_threads_and_leaves_the_service_open() -> None:
    service = FakeService()
    app = app_of(service)
    before = set(threading.enumerate())

    async def run() -> None:
        async with app.router.lifespan_context(app):
            pass

    call(app, "POST", "/v1/ask", json={"question": KNOWN})
    started = set(threading.enumerate()) - before
    assert started
    asyncio.run(run())
    for thread in started:
        thread.join(5)
        assert not thread.is_alive()
    assert not service.closed


def test_the_openapi_document_names_every_request_and_reply_model() -> None:
    document = call(app_of(), "GET", "/openapi.json").json()
    for path, model in (("/v1/retrieve", "QuestionRequest"), ("/v1/ask", "AskRequest")):
        body = document["paths"][path]["post"]["requestBody"]
        assert body["content"]["application/json"]["schema"] == {
            "$ref": f"#/components/schemas/{model}"
        }
    names = set(document["components"]["schemas"])
    assert {"QuestionRequest", "Filter", "AskReply", "RetrieveReply", "ErrorReply"} <= names
    assert "HTTPValidationError" not in names
    text = call(app_of(), "GET", "/openapi.json").text
    for reference in set(text.split("#/components/schemas/")[1:]):
        assert reference.split('"')[0] in names


def test_loopback_apps_refuse_other_names_and_open_ones_take_any() -> None:
    reply = call(app_of(), "GET", "/health", headers={"Host": "evil.example"})
    assert reply.status_code == 403
    assert reply.json()["error"]["code"] == "host_not_allowed"
    opened = FakeService(Settings(model="hashing", host="0.0.0.0"))
    reply = call(app_of(opened), "GET", "/health", headers={"Host": "any.example"})
    assert reply.status_code == 200


def test_no_reply_invites_other_origins() -> None:
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for method in ("OPTIONS", "GET", "POST"):
        reply = call(app_of(), method, "/v1/ask", headers=headers)
        assert not [name for name in reply.headers if name.startswith("access-control")]
