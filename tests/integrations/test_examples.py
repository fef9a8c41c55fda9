"""Every example of ``docs/integrations.md`` runs, and says something."""

from __future__ import annotations

import contextlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_service.embedding.hashing import HashingEmbedder
from qa_service.index.build import build_index
from qa_service.integrations.dify import COMPARISONS
from qa_service.service import Service
from qa_service.settings import Settings
from web.client import live

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "integrations.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
EXAMPLES = [code for language, code in BLOCKS if language == "python"]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server over this repository's corpus, and its index."""
    settings = Settings.create(
        corpus=ROOT / "corpus",
        index=tmp_path_factory.mktemp("examples") / "index",
        model="hashing",
        threshold=0.0,
    )
    build_index(settings, HashingEmbedder())
    service = Service.open(settings)
    try:
        with live(service) as url:
            yield url, settings.index
    finally:
        service.close()


@pytest.mark.parametrize("place", range(len(EXAMPLES)))
def test_the_example_runs(served: tuple[str, Path], place: int) -> None:
    url, index = served
    code = EXAMPLES[place].replace("http://127.0.0.1:8000", url).replace("index/", str(index))
    written = io.StringIO()
    with contextlib.redirect_stdout(written):
        exec(compile(code, f"example {place}", "exec"), {"__name__": "__main__"})
    assert len(written.getvalue()) > 20


def test_no_connector_is_without_an_example() -> None:
    modules = set(re.findall(r"integrations\.(\w+)", "".join(EXAMPLES)))
    assert modules == {"anthropic", "langchain", "llamaindex"}
    assert {"Client", "AsyncClient", "Retriever"} <= set(
        re.findall(r"import (\w+)", "".join(EXAMPLES))
    )
    addresses = set(re.findall(r"127\.0\.0\.1:8000(/\S*?)?\"", "".join(EXAMPLES)))
    assert {"/v1", "/v1/anthropic/search_results", "/mcp", "/retrieval", "/search"} <= addresses


def test_configurations_are_json() -> None:
    configurations = [code for language, code in BLOCKS if language == "json"]
    assert configurations
    for code in configurations:
        json.loads(code)


def test_every_operator_of_dify_that_is_supported_is_named() -> None:
    section = PAGE.partition("## Dify")[2].partition("\n## ")[0]
    for operator in COMPARISONS:
        assert f"`{operator}`" in section
