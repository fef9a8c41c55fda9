"""Open the live generation: every file verified, loaded, and seen to fit the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import NamedTuple

from qa_service.embedding.protocol import EmbedderIdentity
from qa_service.errors import IndexCorrupt, IndexMismatch, QaServiceError
from qa_service.index.generation.manifest import REBUILD, Manifest, VectorSearch
from qa_service.index.generation.opening import Generation, Loaded, current_version, open_generation
from qa_service.index.lexical.analysis import ANALYZER_VERSION
from qa_service.index.lexical.bm25 import LEXICAL_FILES, load_lexical
from qa_service.index.local_index import OpenIndex
from qa_service.index.texts.budgets import BUDGET_FILES, load_budgets
from qa_service.index.texts.duplicates import DUPLICATE_FILES, load_duplicates
from qa_service.index.texts.layout import LAYOUT_FILES, load_layout
from qa_service.index.texts.store import STORE_FILE, Store
from qa_service.index.vectors.flat import FlatVectors
from qa_service.index.vectors.ivf import Effort, IvfVectors
from qa_service.index.vectors.protocol import (
    PASSAGE_LISTS_FILE,
    PASSAGE_VECTORS_FILE,
    SENTENCE_LISTS_FILE,
    SENTENCE_VECTORS_FILE,
    VECTOR_FILES,
    VectorIndex,
)
from qa_service.index.vectors.rows import StoredRows

GENERATION_FILES = frozenset(
    {
        STORE_FILE,
        *VECTOR_FILES,
        *LAYOUT_FILES,
        *BUDGET_FILES,
        *DUPLICATE_FILES,
        *LEXICAL_FILES,
    }
)
"""What every generation holds; an inverted file stands beside vectors searched by one."""


class _Vectors(NamedTuple):
    file: str
    lists_file: str
    search: Callable[[Manifest], VectorSearch]


_VECTORS = (
    _Vectors(PASSAGE_VECTORS_FILE, PASSAGE_LISTS_FILE, lambda m: m.passage_search),
    _Vectors(SENTENCE_VECTORS_FILE, SENTENCE_LISTS_FILE, lambda m: m.sentence_search),
)

_RACES = 10  # generations that may pass by while one is being opened


def open_index(index_dir: Path) -> OpenIndex:
    """Return the live generation, every file of it verified and loaded.

    Raises IndexMissing, IndexCorrupt, and IndexMismatch for one that another version of this
    program wrote. A writer may commit meanwhile: then the newer generation is opened.
    """
    version = current_version(index_dir)
    for _ in range(_RACES):
        try:
            return _load(open_generation(index_dir, version))
        except QaServiceError:
            newer = current_version(index_dir)
            if newer == version:
                raise
            version = newer  # the one that CURRENT named a moment ago has been pruned since
    raise IndexCorrupt(
        f"{index_dir}: replaced {_RACES} times while it was being opened",
        "wait until indexing is done, then try again",
    )


def open_version(index_dir: Path, version: str) -> OpenIndex:
    """Return this generation, live or not, every file of it verified and loaded.

    Raises IndexCorrupt, and IndexMismatch as ``open_index`` does.
    """
    return _load(open_generation(index_dir, version))


def check_embedder(manifest: Manifest, identity: EmbedderIdentity) -> None:
    """Raise IndexMismatch, naming both sides, unless this embedder made the index's vectors."""
    built, given = manifest.embedder, identity
    if built == given:
        return
    differing = ", ".join(
        f"{field.name} {getattr(built, field.name)} there, {getattr(given, field.name)} here"
        for field in fields(EmbedderIdentity)
        if getattr(built, field.name) != getattr(given, field.name)
    )
    raise IndexMismatch(
        f"{manifest.version} was built with {built.model} ({built.variant}), not with "
        f"{given.model} ({given.variant}): {differing}",
        "set QA_MODEL and QA_PRECISION as they were, or run `qa-service index` to build it anew",
    )


def generation_files(manifest: Manifest) -> frozenset[str]:
    """Return the names of the files that this generation must consist of."""
    return GENERATION_FILES | {
        each.lists_file for each in _VECTORS if each.search(manifest).kind == "ivf"
    }


def _load(generation: Generation) -> OpenIndex:
    manifest = generation.manifest
    if manifest.analyzer_version != ANALYZER_VERSION:
        raise IndexMismatch(
            f"{generation.folder}: words analysed by rules {manifest.analyzer_version}, and this "
            f"program uses rules {ANALYZER_VERSION}",
            REBUILD,
        )
    expected = generation_files(manifest)
    if manifest.files.keys() != expected:
        odd = ", ".join(sorted(manifest.files.keys() ^ expected))
        raise IndexCorrupt(f"{generation.folder}: files missing or unknown: {odd}", REBUILD)
    # The store, and vectors that are too many for memory, are read from the open file.
    kept = {STORE_FILE, *(each.file for each in _VECTORS if each.search(manifest).kind == "ivf")}
    loaded = generation.load(expected - kept, kept)
    try:
        return _assemble(generation, loaded)
    except BaseException as error:
        loaded.close()
        if isinstance(error, ValueError):
            raise IndexCorrupt(
                f"{generation.folder}: does not fit together: {error}", REBUILD
            ) from error
        raise


def _assemble(generation: Generation, loaded: Loaded) -> OpenIndex:
    """Return the index that these files make; raises ValueError when they do not fit together."""
    counts = generation.manifest.counts
    sizes = counts.passages, counts.sentences
    layout = load_layout(loaded.contents, *sizes)
    budgets = load_budgets(loaded.contents, *sizes)
    duplicates = load_duplicates(loaded.contents, counts.passages)
    lexical = load_lexical(loaded.contents, *sizes)
    loaded.rest()  # looking through the postings has brought all of them in
    vectors = [
        _load_vectors(generation.manifest, loaded, each, rows)
        for each, rows in zip(_VECTORS, sizes, strict=True)
    ]
    loaded.rest()
    loaded.files[STORE_FILE].close()
    store = Store(loaded.files[STORE_FILE].path)
    if (store.document_count, store.passage_count) != (counts.documents, counts.passages):
        store.close()
        raise IndexCorrupt(
            f"{generation.folder / STORE_FILE}: {store.document_count} documents and "
            f"{store.passage_count} passages, and the manifest says {counts.documents} and "
            f"{counts.passages}",
            REBUILD,
        )
    return OpenIndex(generation, store, layout, budgets, duplicates, lexical, *vectors)


def _load_vectors(manifest: Manifest, loaded: Loaded, each: _Vectors, rows: int) -> VectorIndex:
    dimension, search = manifest.embedder.dimension, each.search(manifest)
    if search.kind == "ivf":
        stored = StoredRows(loaded.files[each.file], rows, dimension)
        data = loaded.contents[each.lists_file]
        return IvfVectors.from_bytes(
            data, stored, (rows, dimension), Effort(search.probes, search.fetched)
        )
    vectors = FlatVectors.from_bytes(loaded.contents[each.file])
    if (len(vectors), vectors.dimension) != (rows, dimension):
        raise ValueError(
            f"{each.file}: {len(vectors)} x {vectors.dimension} values instead of "
            f"{rows} x {dimension}"
        )
    return vectors
