"""What is taken over from the live generation, and why it sometimes is nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from qa_service.embedding.hashing import HashingEmbedder
from qa_service.index.build import build_index
from qa_service.index.building import reuse
from qa_service.index.building.reuse import differing_rules, looking_at_live
from qa_service.index.generation.opening import current_version, open_generation
from qa_service.settings import Settings

IDENTITY = HashingEmbedder().identity


def why_not(settings: Settings, embedder: HashingEmbedder | None = None) -> str:
    with looking_at_live(settings, (embedder or HashingEmbedder()).identity) as live:
        assert (live.earlier is None) == bool(live.from_scratch)
        return live.from_scratch


def test_a_sound_generation_by_the_same_rules_is_taken_over(
    built: Path, settings: Settings
) -> None:
    with looking_at_live(settings, IDENTITY) as live:
        assert (live.version, live.from_scratch) == ("gen-000001", "")
        assert live.earlier is not None
        assert sorted(live.documents) == ["engines/steam.txt", "rivers.md", "глава.txt"]
        sha256 = live.documents["rivers.md"]
        document = live.earlier.document("rivers.md", sha256)
        assert document is not None
        assert live.earlier.document("rivers.md", "0" * 64) is None
        assert live.earlier.document("other.md", sha256) is None
        passages = live.earlier.passages(document)
        assert passages is not None
        assert [passage.document_id for passage in passages] == ["rivers.md"] * len(passages)
        marked = dataclasses.replace(document, title="Another")
        assert live.earlier.passages(marked) is None


def test_without_an_index_there_is_nothing(settings: Settings) -> None:
    assert why_not(settings) == "there was no index"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"passage_tokens": 40}, "passage_tokens 32, now 40"),
        ({"sentence_characters": 100}, "sentence_characters 350, now 100"),
        ({"token_encoding": "o200k_base"}, "token_encoding cl100k_base, now o200k_base"),
    ],
)
def test_other_settings_are_named(
    built: Path, settings: Settings, change: dict[str, object], words: str
) -> None:
    assert words in why_not(settings.model_copy(update=change))


def test_another_model_is_named(built: Path, settings: Settings) -> None:
    assert "built with hashing (float32, " in why_not(settings, HashingEmbedder(32))


@pytest.mark.parametrize("name", ["reading", "splitting"])
def test_documents_read_or_split_by_another_version_are_not_taken_over(
    built: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(reuse, f"{name.upper()}_VERSION", 99)
    assert f"of {name}, now 99" in why_not(settings)


def test_other_rules_of_words_are_named(built: Path, settings: Settings) -> None:
    manifest = open_generation(built, current_version(built)).manifest
    other = dataclasses.replace(manifest, analyzer_version=0)
    assert "rules 0 of analysing words" in differing_rules(other, settings, IDENTITY)
    assert differing_rules(manifest, settings, IDENTITY) == ""


def damage_a_file(index: Path) -> None:
    path = index / "gen-000001" / "documents.sqlite"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def damage_current(index: Path) -> None:
    (index / "CURRENT").write_text("nonsense\n")


def write_another_format(index: Path) -> None:
    path = index / "gen-000001" / "manifest.json"
    text = path.read_text("utf-8").replace('"format_version": ', '"format_version": 9')
    path.write_text(text, "utf-8")


@pytest.mark.parametrize("spoil", [damage_a_file, damage_current, write_another_format])
def test_what_is_damaged_or_foreign_is_not_taken_over_and_the_report_says_so(
    built: Path, settings: Settings, spoil: Callable[[Path], None]
) -> None:
    spoil(built)
    report = build_index(settings, HashingEmbedder())
    assert report.from_scratch.startswith("the live generation cannot be used: ")
    assert report.reused == 0
    assert build_index(settings, HashingEmbedder()).from_scratch == ""
