"""A corpus of arbitrary texts, indexed with passages so small that there are several."""

from __future__ import annotations

from pathlib import Path

from hypothesis import assume

from conftest import write_corpus
from qa_service.embedding.hashing import HashingEmbedder
from qa_service.errors import CorpusEmpty
from qa_service.index.build import build_index
from qa_service.settings import Settings


def indexed(folder: Path, corpus: dict[str, str]) -> Settings:
    """Return the settings of the index built in ``folder``; a corpus without text is no example."""
    settings = Settings.create(
        corpus=write_corpus(folder / "corpus", corpus),
        index=folder / "index",
        model="hashing",
        passage_tokens=24,
        threshold=0,  # whatever is asked is answered
        skip_unreadable=True,  # arbitrary front matter need not be valid YAML
    )
    try:
        build_index(settings, HashingEmbedder())
    except CorpusEmpty:
        assume(False)
    return settings
