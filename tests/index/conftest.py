"""A small corpus and an index of it, built with the hashing embedder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_service.embedding.hashing import HashingEmbedder
from qa_service.index.build import build_index
from qa_service.index.local_index import OpenIndex
from qa_service.index.reader import open_index
from qa_service.settings import Settings

ARTICLES = {
    "engines/steam.txt": (
        "Steam engines\n\n"
        "A steam engine turns the pressure of steam into motion. Thomas Newcomen built one for "
        "a mine in 1712. James Watt added a separate condenser, which saved much coal.\n\n"
        "Compound engines let the steam expand in several cylinders, one after another.\n"
    ),
    "rivers.md": (
        "# Rivers\n\nThe Danube rises in the Black Forest and ends in the Black Sea.\n\n"
        "## Lengths\n\nThe Volga is 3,531 kilometres long. The Rhine is much shorter.\n"
    ),
    "глава.txt": "Наука\n\nУчёный изучал домашних птиц. 新しい蒸気機関が走る。 Café 😀 naïve.\n",
}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    for name, text in ARTICLES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def settings(corpus: Path, tmp_path: Path) -> Settings:
    return Settings.create(
        corpus=corpus, index=tmp_path / "index", model="hashing", passage_tokens=32
    )


@pytest.fixture
def embedder() -> HashingEmbedder:
    return HashingEmbedder()


@pytest.fixture
def built(settings: Settings, embedder: HashingEmbedder) -> Path:
    """The index folder, one generation in it."""
    build_index(settings, embedder)
    return settings.index


@pytest.fixture
def index(built: Path) -> Iterator[OpenIndex]:
    """The index in ``built``, open."""
    with open_index(built) as opened:
        yield opened
