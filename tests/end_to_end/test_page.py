"""The page in a real browser: it asks, cites, and marks exactly the cited characters."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from qa_service.settings import Settings
from web.client import live
from web.fakes import DOCUMENTS, FakeService

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")

KNOWN = "What was the first ship to enter the new basin?"
UNKNOWN = "Who composed the anthem of Uruguay?"
QUIET = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
    "--disable-quic",
)
HOSTILE = (
    "<img src=x onerror=alert(1)> 🧨 <b>bold</b> text about hostile markup & entities &amp; so on."
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    settings = Settings(model="hashing", max_question_characters=200)
    documents = {**DOCUMENTS, "hostile <b>.txt": HOSTILE}
    with live(FakeService(settings, documents)) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any, url: str) -> Iterator[Any]:
    """An empty page that fails the test on a script error or a request to another host."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(10_000)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console",
        lambda m: wrong.append(m.text) if "Content Security Policy" in m.text else None,
    )
    page.on(
        "request",
        lambda r: None if r.url.startswith((url, "data:")) else wrong.append(r.url),
    )
    yield page
    context.close()
    assert wrong == []


def ask(page: Any, question: str) -> None:
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    page.wait_for_selector("#answer .card")


def test_a_citation_opens_its_document_with_exactly_the_cited_text_marked(
    page: Any, url: str
) -> None:
    page.goto(url + "/")
    with page.expect_response("**/v1/ask") as asked:
        ask(page, KNOWN)
    cited = asked.value.json()["answer"]["citations"][0]["cited_text"]
    assert any(ord(character) > 0xFFFF for character in cited)
    page.get_by_role("button", name="Citation 1").click()
    mark = page.locator("#document-text mark")
    assert mark.text_content() == cited
    assert page.locator("#document-text").text_content() == DOCUMENTS["ports/lindholm harbour.txt"]
    sync_api.expect(mark).to_be_in_viewport()
    sync_api.expect(page.locator("#document-title")).to_be_focused()
    page.keyboard.press("Escape")
    sync_api.expect(page.locator("#document")).to_be_hidden()
    sync_api.expect(page.get_by_role("button", name="Citation 1")).to_be_focused()


def test_highlights_and_passages_are_cut_by_code_points(page: Any, url: str) -> None:
    page.goto(url + "/")
    with page.expect_response("**/v1/ask") as asked:
        ask(page, KNOWN)
    for shown, passage in zip(
        page.locator("li.passage").all(), asked.value.json()["passages"], strict=True
    ):
        assert shown.locator(".passage-text").text_content() == passage["text"]
        marked = shown.locator("mark").all_text_contents()
        expected = sorted(passage["highlights"], key=lambda h: h["start"])
        assert marked == [highlight["text"] for highlight in expected]
        shown.get_by_role("button").click()
        page.locator("#document-text mark", has_text=passage["text"]).wait_for()
        assert page.locator("#document-text mark").all_text_contents() == [passage["text"]]


def test_an_abstention_is_said_plainly(page: Any, url: str) -> None:
    page.goto(url + "/")
    ask(page, UNKNOWN)
    body = page.locator("main").inner_text()
    assert "The documents do not answer this" in body
    assert "Closest, but not an answer" in body
    assert page.locator("li.passage").count() > 0
    assert page.locator(".number").count() == 0


def test_a_link_reopens_its_question_and_back_returns_to_the_one_before(
    page: Any, url: str
) -> None:
    page.goto(url + "/?q=Where+is+the+fish+market+museum%3F")
    page.wait_for_selector("#answer .card")
    assert page.get_by_label("Your question").input_value() == "Where is the fish market museum?"
    ask(page, KNOWN)
    page.wait_for_url("**/?q=What+was+*")
    page.go_back()
    sync_api.expect(page.get_by_label("Your question")).to_have_value(
        "Where is the fish market museum?"
    )


def test_an_error_shows_its_message_and_its_hint(page: Any, url: str) -> None:
    page.goto(url + "/")
    ask(page, "x" * 201)
    alert = page.get_by_role("alert").inner_text()
    assert "more than 200 characters" in alert
    assert "ask shorter" in alert


def test_a_service_that_is_gone_is_said_so_and_the_next_question_works(page: Any, url: str) -> None:
    page.goto(url + "/")
    page.route("**/v1/ask", lambda route: route.abort())
    ask(page, KNOWN)
    assert "cannot be reached" in page.get_by_role("alert").inner_text()
    page.unroute("**/v1/ask")
    page.get_by_role("button", name="Ask", exact=True).click()
    page.wait_for_selector(".answer")


def test_markup_in_documents_and_questions_stays_text(page: Any, url: str) -> None:
    page.goto(url + "/")
    ask(page, "What about <i>hostile</i> markup & entities?")
    page.get_by_role("button", name="Show this passage").first.click()
    page.wait_for_selector("#document-text mark")
    assert page.locator("#document-text").text_content() == HOSTILE
    assert page.locator("main b, main img, aside b, aside img").count() == 0


def test_documents_are_listed_and_open(page: Any, url: str) -> None:
    page.goto(url + "/")
    page.get_by_role("button", name="Documents").click()
    items = page.locator("#list-items button")
    items.first.wait_for()
    assert items.count() == 3
    items.filter(has_text="botanical").click()
    sync_api.expect(page.locator("#document-text")).to_have_text(
        DOCUMENTS["garden.md"], use_inner_text=False
    )
    assert page.locator("#document-text mark").count() == 0


@pytest.mark.parametrize("width", [320, 1400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_width_scrolls_sideways(browser: Any, url: str, width: int, scheme: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 700}, color_scheme=scheme)
    page = context.new_page()
    for path in ("/?q=" + KNOWN.replace(" ", "+"), "/docs"):
        page.goto(url + path)
        page.wait_for_selector(".card")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_the_api_page_sends_a_request_and_shows_the_reply(page: Any, url: str) -> None:
    page.goto(url + "/docs")
    operation = page.locator(".operation", has_text="/v1/ask").first
    operation.get_by_text("Try it").click()
    operation.get_by_role("button", name="Send").click()
    output = operation.locator("pre")
    sync_api.expect(output).to_contain_text('"index_version"')


def test_the_pages_pass_an_accessibility_check(browser: Any, url: str) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
    ).Axe()
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme)
        page = context.new_page()
        for path in ("/", "/?q=" + KNOWN.replace(" ", "+"), "/?q=" + UNKNOWN, "/docs"):
            page.goto(url + path)
            if path != "/":
                page.wait_for_selector(".card")
            violations = axe.run(page).response["violations"]
            assert [(v["id"], v["nodes"][0]["html"]) for v in violations] == []
        context.close()
