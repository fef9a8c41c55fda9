"""The chat in a page of another origin: let in where the service allows it, told so where not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from end_to_end.watched import watched
from qa_service.settings import Settings
from web.client import live
from web.fakes import DOCUMENTS, FakeService

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect

KNOWN = "What was the first ship to enter the new basin?"
PAGE = """<!doctype html><html lang="en"><head><title>Somebody's page</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>p, button {{ color: rgb(1, 2, 3); display: none }}
qa-chat {{ --qa-accent: rgb(120, 0, 120); height: 30rem }}
qa-chat::part(question) {{ font-style: italic }}</style>
<script src="{service}/widget.js" defer></script></head>
<body><main><h1>Somebody's page</h1><qa-chat {attributes}></qa-chat></main></body></html>"""


@contextmanager
def foreign_page() -> Iterator[tuple[str, dict[str, str]]]:
    """Serve pages at another origin; yields its address and the pages by path, to be filled."""
    pages: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = pages.get(self.path)
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write((found or "").encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", pages
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def homes() -> Iterator[tuple[str, str, str]]:
    """The service, a page that it allows, and one that it does not."""
    with foreign_page() as (friend, its_pages), foreign_page() as (stranger, other_pages):
        settings = Settings(model="hashing", widget_origins=friend)
        with live(FakeService(settings)) as service:
            whole = PAGE.format(service=service, attributes="")
            its_pages["/"] = other_pages["/"] = whole
            its_pages["/named"] = PAGE.format(
                service=service, attributes=f'src="{service}/" label="Harbour questions"'
            )
            its_pages["/wrong"] = PAGE.format(
                service=service, attributes='src="javascript:alert(1)"'
            )
            yield service, friend, stranger


def test_it_answers_in_a_page_of_an_allowed_origin(
    browser: Any, homes: tuple[str, str, str]
) -> None:
    service, friend, _ = homes
    with watched(browser, service, friend) as page:
        sent: list[Any] = []
        page.on("request", lambda r: sent.append(r.all_headers()) if "/v1/" in r.url else None)
        page.goto(friend + "/")
        page.locator(".example").first.wait_for()
        assert page.evaluate("document.activeElement === document.body")  # it takes no focus
        page.get_by_label("Your question").fill(KNOWN)
        page.keyboard.press("Enter")
        page.locator(".answered").wait_for()
        page.get_by_role("button", name="Citation 1").click()
        mark = page.locator(".document-text mark")
        mark.wait_for()
        assert mark.text_content().startswith("🚢 The first ship to enter the new basin")
        text = page.locator(".document-text").text_content()
        assert text == DOCUMENTS["ports/lindholm harbour.txt"]
        link = page.get_by_role("link", name="Original file")
        assert link.get_attribute("href").startswith(f"{service}/v1/files/ports/lindholm")
        assert not [headers for headers in sent if "cookie" in headers]


def test_the_pages_own_style_stays_out_and_its_variables_and_parts_come_in(
    browser: Any, homes: tuple[str, str, str]
) -> None:
    service, friend, _ = homes
    with watched(browser, service, friend) as page:
        page.goto(friend + "/named")
        expect(page.locator(".title")).to_have_text("Harbour questions")
        page.get_by_label("Your question").fill(KNOWN)
        button = page.get_by_role("button", name="Ask", exact=True)
        expect(button).to_have_css("background-color", "rgb(120, 0, 120)")
        expect(button).to_be_visible()
        button.click()
        expect(page.locator(".question")).to_have_css("font-style", "italic")
        expect(page.locator("qa-chat")).to_have_css("height", "480px")


def test_a_page_of_another_origin_is_told_that_it_is_not_allowed(
    browser: Any, homes: tuple[str, str, str]
) -> None:
    service, _, stranger = homes
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto(stranger + "/")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(f"can add {stranger} to QA_WIDGET_ORIGINS")
    for path in ("/v1/documents", "/static/chat.js"):
        refused = page.evaluate(f"fetch('{service}{path}').then(() => false, () => true)")
        assert refused
    question = "{method: 'POST', body: '{}', headers: {'Content-Type': 'application/json'}}"
    assert page.evaluate(f"fetch('{service}/v1/ask', {question}).then(() => false, () => true)")
    context.close()


def test_a_wrong_address_is_said_and_nothing_runs(
    browser: Any, homes: tuple[str, str, str]
) -> None:
    service, friend, _ = homes
    with watched(browser, service, friend) as page:
        page.goto(friend + "/wrong")
        expect(page.get_by_role("alert")).to_contain_text("not the address of a service")


def test_it_fits_a_phone_and_passes_an_accessibility_check(
    browser: Any, homes: tuple[str, str, str]
) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
    ).Axe()
    service, friend, _ = homes
    size = {"width": 360, "height": 640}
    with watched(browser, service, friend, viewport=size) as page:
        page.goto(friend + "/")
        page.get_by_label("Your question").fill(KNOWN)
        page.keyboard.press("Enter")
        page.locator(".answered").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        violations = axe.run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in violations] == []
