from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from descriptors import held_below
from qa_service.embedding.hashing import HashingEmbedder
from qa_service.errors import IndexCorrupt, IndexMismatch, IndexMissing
from qa_service.index import reader
from qa_service.index.build import build_index
from qa_service.index.local_index import OpenIndex
from qa_service.index.reader import check_embedder, open_index
from qa_service.settings import Settings


def test_fifty_opens_and_closes_leak_no_descriptor(built: Path) -> None:
    for _ in range(50):
        with open_index(built) as index:
            assert index.documents()
    assert held_below(built) == []


def test_fifty_refused_opens_leak_no_descriptor(built: Path) -> None:
    path = built / "gen-000001" / "documents.sqlite"
    path.write_bytes(path.read_bytes()[:-1] + b"\xff")
    for _ in range(50):
        with pytest.raises(IndexCorrupt):
            open_index(built)
    assert held_below(built) == []


def test_an_opened_generation_answers_after_it_was_pruned(
    index: OpenIndex, settings: Settings
) -> None:
    for _ in range(2):
        build_index(settings, HashingEmbedder())
    assert not index.folder.exists()
    assert "Newcomen" in index.document("engines/steam.txt").text
    assert index.passages([0])


def test_a_generation_pruned_while_it_is_opened_gives_way_to_the_newer(
    built: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = reader.open_generation
    builds = iter([2])

    def overtaken(index_dir: Path, version: str) -> object:
        for _ in range(next(builds, 0)):
            build_index(settings, HashingEmbedder())
        return original(index_dir, version)

    monkeypatch.setattr(reader, "open_generation", overtaken)
    with open_index(built) as index:
        assert index.version == "gen-000003"


def test_an_embedder_of_another_kind_is_refused_naming_both(index: OpenIndex) -> None:
    identity = HashingEmbedder().identity
    check_embedder(index.manifest, identity)
    for change in ({"variant": "int8"}, {"weights_sha256": "b" * 64}, {"dimension": 32}):
        with pytest.raises(IndexMismatch, match=next(iter(change))) as caught:
            check_embedder(index.manifest, dataclasses.replace(identity, **change))
        assert str(next(iter(change.values()))) in caught.value.message


def test_words_analysed_by_other_rules_are_a_mismatch(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "ANALYZER_VERSION", 999)
    with pytest.raises(IndexMismatch, match="999"):
        open_index(built)


def test_no_index_says_how_to_build_one(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="no index here"):
        open_index(tmp_path / "nothing")
