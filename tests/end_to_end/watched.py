"""A page whose every misstep is noted: script errors, refusals by its policy, foreign requests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def watched(browser: Any, *homes: str, **options: Any) -> Iterator[Any]:
    """Yield an empty page; fails on leaving when it ran or loaded what it should not.

    ``homes`` are the addresses that it may ask; ``options`` are those of a browser context.
    """
    with watched_tab(browser, *homes, **options) as (page, wrong):
        yield page
    assert wrong == []


@contextmanager
def watched_tab(browser: Any, *homes: str, **options: Any) -> Iterator[tuple[Any, list[str]]]:
    """Yield an empty page and the list of its missteps, which grows as it makes them."""
    context = browser.new_context(**options)
    wrong: list[str] = []

    def watch(page: Any) -> None:
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: wrong.append(f"error {error}"))
        page.on("dialog", lambda dialog: wrong.append(f"dialog {dialog.message}"))
        page.on("console", lambda m: wrong.append(m.text) if "Policy" in m.text else None)

    context.on("page", watch)
    context.on(
        "request",
        lambda r: None if r.url.startswith((*homes, "data:")) else wrong.append(r.url),
    )
    page = context.new_page()
    yield page, wrong
    context.close()
