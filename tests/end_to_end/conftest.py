"""A browser for the tests of the page and of the widget."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

QUIET = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
    "--disable-quic",
)


# The first is the same engine without windows: it starts and draws in half the processor time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")


# Not for the whole session: while it is open, playwright holds the thread's event loop, and other
# modules' tests run their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, without a request of its own."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    if chromium is None:
        pytest.skip("no chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield browser
        browser.close()
