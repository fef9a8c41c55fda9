"""Two small corpora, told apart by every text they hold, and settings to build either."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_service.settings import Settings


def settings_for(folder: Path, word: str) -> Settings:
    """Write a corpus in which every sentence holds ``word``; return the settings to index it."""
    corpus = folder / f"corpus-{word}"
    corpus.mkdir()
    for number in range(3):
        sentences = [f"The {word} book has page {number}-{i}." for i in range(4)]
        (corpus / f"{number}.txt").write_text("\n\n".join(sentences) + "\n", encoding="utf-8")
    return Settings.create(corpus=corpus, index=folder / "index", model="hashing")


@pytest.fixture
def old(tmp_path: Path) -> Settings:
    return settings_for(tmp_path, "old")


@pytest.fixture
def new(tmp_path: Path) -> Settings:
    return settings_for(tmp_path, "new")
