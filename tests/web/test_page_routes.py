"""The pages' files: small, self-contained, and fit for a policy that forbids all else."""

from __future__ import annotations

import re

import pytest

from qa_service.web.routes.page import static_files
from web.client import app_of, call

FILES = {name: file.content.decode() for name, file in static_files().items()}
PAGES = {"/": "index.html", "/docs": "docs.html"}


def test_every_page_and_the_widget_together_are_under_100_kb() -> None:
    assert sum(len(text.encode()) for text in FILES.values()) < 100_000


@pytest.mark.parametrize("path", sorted(PAGES))
def test_pages_forbid_everything_foreign(path: str) -> None:
    reply = call(app_of(), "GET", path)
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    policy = reply.headers["content-security-policy"]
    assert policy.startswith("default-src 'self'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert reply.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("name", sorted(FILES))
def test_files_name_no_other_host(name: str) -> None:
    text = FILES[name].replace("http://www.w3.org/2000/svg", "")
    assert "http://" not in text
    assert "https://" not in text
    assert not re.search(r"""["'(]//""", text)


@pytest.mark.parametrize("name", [n for n in FILES if n.endswith(".html")])
def test_pages_hold_no_inline_script_or_style(name: str) -> None:
    text = FILES[name]
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text)
    for attributes, content in re.findall(r"<script([^>]*)>(.*?)</script>", text, re.DOTALL):
        assert 'src="/static/' in attributes
        assert content == ""


@pytest.mark.parametrize("name", [n for n in FILES if n.endswith(".js")])
def test_scripts_never_turn_text_into_markup(name: str) -> None:
    forbidden = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(")
    assert not [word for word in forbidden if word in FILES[name]]


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_file_mentioned_is_served(name: str) -> None:
    app = app_of()
    for mentioned in re.findall(r'"(?:/static/|\./)([\w.-]+)"', FILES[name]):
        reply = call(app, "GET", f"/static/{mentioned}")
        assert reply.status_code == 200
        assert reply.text == FILES[mentioned]


def test_an_unchanged_file_costs_a_304_and_a_changed_one_is_sent() -> None:
    app = app_of()
    etag = call(app, "GET", "/static/app.css").headers["etag"]
    again = call(app, "GET", "/static/app.css", headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    other = call(app, "GET", "/static/app.css", headers={"If-None-Match": '"other"'})
    assert other.status_code == 200


@pytest.mark.parametrize("name", ["nope.js", "../app.py", "..%2f..%2fapp.py", "%2e%2e/app.py", ""])
def test_nothing_beside_the_pages_files_is_served(name: str) -> None:
    reply = call(app_of(), "GET", f"/static/{name}")
    assert reply.status_code == 404
    assert reply.json()["error"]["code"] == "not_found"


def test_the_widget_is_a_classic_script_at_its_own_address() -> None:
    reply = call(app_of(), "GET", "/widget.js")
    assert reply.headers["content-type"] == "text/javascript; charset=utf-8"
    assert reply.text == FILES["widget.js"]
    assert not re.search(r"^(import|export) ", reply.text, re.MULTILINE)


def test_pages_answer_head() -> None:
    for path in (*PAGES, "/static/app.js", "/widget.js"):
        assert call(app_of(), "HEAD", path).status_code == 200
