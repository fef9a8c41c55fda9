"""A running service follows its index, and with ``--watch`` its documents."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from qa_service import watching
from qa_service.embedding.opening import prepare_embedder
from qa_service.index.build import build_index
from qa_service.service import Service
from qa_service.settings import Settings
from qa_service.watching import following_index, watching_corpus

PATIENCE = 60.0


def until(condition: Callable[[], bool]) -> bool:
    """Wait for a condition; generous, since a loaded machine is slow and not wrong."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("QA_MODEL", "hashing")  # the indexing process reads its own environment
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.txt").write_text("The first lamp was lit in Baku.\n", "utf-8")
    made = Settings.create(corpus=corpus, index=tmp_path / "index", model="hashing")
    build_index(made, prepare_embedder(made))
    return made


def test_a_new_generation_is_served_without_a_restart(settings: Settings) -> None:
    service = Service.open(settings)
    with following_index(service, pytest.fail, seconds=0.02):
        (settings.corpus / "b.txt").write_text("The second lamp was lit in Ganja.\n", "utf-8")
        build_index(settings, prepare_embedder(settings))
        assert until(lambda: len(service.documents()) == 2)
    service.close()


def test_a_broken_new_generation_is_told_and_the_old_one_goes_on(settings: Settings) -> None:
    service = Service.open(settings)
    said: list[str] = []
    with following_index(service, said.append, seconds=0.02):
        (settings.index / "CURRENT").write_text("nonsense\n", "utf-8")
        assert until(lambda: bool(said))
        assert service.retrieve("Where was the lamp lit?").evidence
        looks = 0
        reload = service.reload

        def counted() -> bool:
            nonlocal looks
            looks += 1
            return reload()

        service.reload = counted
        assert until(lambda: looks >= 3)
    assert "CURRENT" in said[0]
    assert len(said) == 1  # told once, and not at every look
    service.close()


def test_a_changed_folder_is_indexed_anew(settings: Settings) -> None:
    service = Service.open(settings)
    said: list[str] = []
    with (
        following_index(service, said.append, seconds=0.05),
        watching_corpus(settings, said.append, seconds=0.05),
    ):
        (settings.corpus / "a.txt").write_text("The lamp was lit in Shusha after all.\n", "utf-8")
        assert until(lambda: "Shusha" in service.document("a.txt").text), said
    assert any("1 documents" in line for line in said)
    service.close()


def test_what_was_indexed_is_live_without_waiting_for_the_follower(settings: Settings) -> None:
    service = Service.open(settings)
    said: list[str] = []
    with watching_corpus(settings, said.append, seconds=0.05, indexed=service.reload):
        (settings.corpus / "a.txt").write_text("The lamp was lit in Shusha after all.\n", "utf-8")
        assert until(lambda: "Shusha" in service.document("a.txt").text), said
    service.close()


def test_a_folder_that_cannot_be_indexed_is_told_and_the_old_index_serves(
    settings: Settings,
) -> None:
    service = Service.open(settings)
    said: list[str] = []
    with watching_corpus(settings, said.append, seconds=0.05):
        (settings.corpus / "bad.txt").write_bytes(b"caf\xe9 au lait")
        assert until(lambda: any("bad.txt" in line for line in said)), said
    assert service.document("a.txt").text.startswith("The first lamp")
    service.close()


def test_a_folder_is_indexed_once_it_stands_still(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is found at each look: the folder goes on changing until the fifth one.
    found = iter([frozenset({("a.txt", size, 0)}) for size in range(5)])
    last = frozenset({("a.txt", 5, 0)})
    looks: list[object] = []
    indexed_after: list[int] = []

    def signature(_: Settings) -> object:
        looks.append(next(found, last))
        return looks[-1]

    def index(_: Settings) -> str:
        indexed_after.append(len(looks))
        return "indexed"

    monkeypatch.setattr(watching, "_signature", signature)
    monkeypatch.setattr(watching, "_index", index)
    with watching_corpus(settings, lambda _: None, seconds=0.005):
        assert until(lambda: len(looks) >= 12)
    assert indexed_after == [7]  # the sixth look found something new, the seventh the same
