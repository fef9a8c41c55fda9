from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import tiktoken.load
import tiktoken.registry

from qa_service.chunking import tokens
from qa_service.chunking.tokens import TokenCounter, find_table_folder
from qa_service.errors import TokenTablesMissing

ENCODINGS = ("cl100k_base", "o200k_base")


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return an empty folder, the only place where tables could be."""
    monkeypatch.delenv("DATA_GYM_CACHE_DIR", raising=False)
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "none"))
    return tmp_path


@pytest.fixture
def unloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiktoken.registry, "ENCODINGS", {})


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_counts_are_tiktokens_own(encoding: str) -> None:
    counter = TokenCounter(encoding)
    texts = ["", "Hello, world!", "Bakı — 北京 😀", "  \n\n ", "x" * 1000]
    counts = counter.count_many(texts)
    reference = tiktoken.get_encoding(encoding)  # loaded by now: it would download otherwise
    assert counts == [len(reference.encode_ordinary(text)) for text in texts]
    assert counter.count("Hello, world!") == 4


def test_names_of_special_tokens_are_ordinary_text() -> None:
    assert TokenCounter("cl100k_base").count("<|endoftext|>") > 1


def test_nothing_is_loaded_before_the_first_count(nowhere: Path, unloaded: None) -> None:
    counter = TokenCounter("cl100k_base")
    with pytest.raises(TokenTablesMissing):
        counter.count("x")


@pytest.mark.parametrize("unit", ["a", " "])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_million_characters_in_a_row_are_counted(encoding: str, unit: str) -> None:
    assert TokenCounter(encoding).count(f"a{unit * 1_000_001}b") > 1000


def test_missing_tables_are_an_error_that_names_the_fix(nowhere: Path, unloaded: None) -> None:
    with pytest.raises(TokenTablesMissing) as caught:
        TokenCounter("o200k_base").count("x")
    assert "o200k_base: it is not on this machine" in caught.value.message
    assert "pip install litellm" in caught.value.hint
    assert "TIKTOKEN_CACHE_DIR" in caught.value.hint


def test_a_damaged_table_is_refused_and_left_in_place(nowhere: Path, unloaded: None) -> None:
    table = nowhere / "9b5ad71b2ce5302211f9c61530b329a4922fc6a4"
    table.write_bytes(b"damaged")
    with pytest.raises(TokenTablesMissing, match="is damaged"):
        TokenCounter("cl100k_base").count("x")
    assert table.read_bytes() == b"damaged"


def test_an_unknown_encoding_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(TokenTablesMissing, match="cl100k_base, o200k_base"):
        TokenCounter("p50k_base").count("x")


@pytest.mark.parametrize("before", [None, "/nonexistent"])
def test_the_environment_is_as_before_and_nothing_is_downloaded(
    monkeypatch: pytest.MonkeyPatch, unloaded: None, before: str | None
) -> None:
    def refuse(path: str) -> bytes:
        raise AssertionError(f"went out for {path}")

    monkeypatch.setattr(tiktoken.load, "read_file", refuse)
    monkeypatch.delenv("DATA_GYM_CACHE_DIR", raising=False)
    if before is None:
        monkeypatch.delenv("TIKTOKEN_CACHE_DIR", raising=False)
    else:
        monkeypatch.setenv("TIKTOKEN_CACHE_DIR", before)
    assert TokenCounter("cl100k_base").count("one two") == 2
    assert os.environ.get("TIKTOKEN_CACHE_DIR") == before


def test_the_environments_folder_comes_first(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    folder = find_table_folder("cl100k_base")
    for table in tokens._TABLES.values():
        (nowhere / table.file).write_bytes((folder / table.file).read_bytes())
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(nowhere))
    assert find_table_folder("cl100k_base") == nowhere


def test_tables_are_found_without_importing_litellm() -> None:
    code = (
        "import sys; from qa_service.chunking.tokens import TokenCounter;"
        "assert TokenCounter('cl100k_base').count('one two') == 2;"
        "assert 'litellm' not in sys.modules"
    )
    environment = {k: v for k, v in os.environ.items() if k != "TIKTOKEN_CACHE_DIR"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)


def test_threads_may_load_and_count_at_once(unloaded: None) -> None:
    counts: list[int] = []
    workers = [
        threading.Thread(target=lambda: counts.append(TokenCounter("cl100k_base").count("a b c")))
        for _ in range(8)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert counts == [3] * 8
