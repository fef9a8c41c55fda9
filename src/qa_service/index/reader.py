"""Open the live generation and search it: the FAISS, BM25 and SQLite side of ``SearchIndex``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa_service.embedding.protocol import EmbedderIdentity
from qa_service.errors import IndexCorrupt, IndexMismatch, QaServiceError
from qa_service.index.analysis import ANALYZER_VERSION
from qa_service.index.budgets import BUDGET_FILES, Budgets, load_budgets
from qa_service.index.duplicates import DUPLICATE_FILES, Duplicates, load_duplicates
from qa_service.index.generation import Generation, Loaded, current_version, open_generation
from qa_service.index.layout import LAYOUT_FILES, Layout, load_layout
from qa_service.index.lexical import LEXICAL_FILES, LexicalIndex, load_lexical
from qa_service.index.manifest import REBUILD, Manifest, VectorSearch
from qa_service.index.protocol import Hits, Mask, QuestionTerm, Rows, Scores, Vector
from qa_service.index.store import STORE_FILE, Store
from qa_service.index.vector_flat import FlatVectors
from qa_service.index.vector_ivf import Effort, IvfVectors
from qa_service.index.vector_rows import StoredRows
from qa_service.index.vectors import (
    PASSAGE_LISTS_FILE,
    PASSAGE_VECTORS_FILE,
    SENTENCE_LISTS_FILE,
    SENTENCE_VECTORS_FILE,
    VECTOR_FILES,
    VectorIndex,
)
from qa_service.records import Document, DocumentInfo, Passage, passage_id

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

_KEPT_PASSAGES = 1000  # read lately, some 2 MB: one question asks for the same ones several times
_MOST_LISTED = 100  # places that one passage is said to stand in as well
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


class OpenIndex:
    """One verified generation, implementing ``SearchIndex``; safe to share between threads.

    The postings and the layout lie in memory, mapped where they are large, and few vectors, too.
    The texts, and many vectors, are read from open files, which stay readable when the generation
    is pruned.
    """

    def __init__(
        self,
        generation: Generation,
        store: Store,
        layout: Layout,
        budgets: Budgets,
        duplicates: Duplicates,
        lexical: LexicalIndex,
        passage_vectors: VectorIndex,
        sentence_vectors: VectorIndex,
    ) -> None:
        self.manifest = generation.manifest
        self.folder = generation.folder
        self.store = store
        self.layout = layout
        self.budgets = budgets
        self.duplicates = duplicates
        self.lexical = lexical
        self.passage_vectors = passage_vectors
        self.sentence_vectors = sentence_vectors
        self._kept: dict[int, Passage] = {}

    def __enter__(self) -> OpenIndex:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def version(self) -> str:
        return self.manifest.version

    @property
    def embedder_identity(self) -> EmbedderIdentity:
        return self.manifest.embedder

    @property
    def languages(self) -> tuple[str, ...]:
        return self.lexical.languages

    @property
    def passage_count(self) -> int:
        return len(self.layout.passages)

    @property
    def sentence_count(self) -> int:
        return len(self.layout.sentences)

    def documents(self) -> Sequence[DocumentInfo]:
        return self.store.documents()

    def document(self, document_id: str) -> Document:
        return self.store.document(document_id)

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        kept = self._kept
        missing = [row for row in rows if row not in kept]
        if missing:
            if len(kept) + len(missing) > _KEPT_PASSAGES:
                kept = self._kept = {}  # another thread goes on reading the old one
                missing = list(rows)
            kept.update(zip(missing, self.store.passages(missing, self.layout), strict=True))
        return [kept[row] for row in rows]

    def joinable(self, row: int) -> bool:
        return self.budgets.joinable(row)

    def joined(self, first: int, last: int) -> Passage:
        if first == last:
            return self.passages([first])[0]
        return self.store.joined(first, last, self.layout, self.budgets.of_run(first, last))

    @property
    def originals(self) -> Rows | None:
        return self.duplicates.originals

    def repeats(self, allowed: Mask | None = None) -> int:
        return self.duplicates.repeats(allowed)

    def also_in(self, first: int, last: int, allowed: Mask | None = None) -> tuple[str, ...]:
        runs = self.duplicates.runs_elsewhere(first, last, self.joinable)
        if not runs:
            return ()
        if allowed is not None:
            runs = [run for run in runs if allowed[run.start : run.stop].all()]
        rows = [row for run in runs[:_MOST_LISTED] for row in (run.start, run.stop - 1)]
        spans = self.layout.passages[rows, 1:3].reshape(-1, 2, 2).tolist()
        ids = self.store.document_ids(self.layout.passages[rows[::2], 0].tolist())
        return tuple(
            passage_id(document_id, start, end)
            for document_id, ((start, _), (_, end)) in zip(ids, spans, strict=True)
        )

    def first_sentence(self, row: int) -> int:
        return int(self.layout.sentence_starts[row])

    def sentence_tokens(self, first: int, count: int) -> Rows:
        return self.budgets.of_sentences(first, count)

    def passage_mask(self, document_ids: Sequence[str]) -> Mask:
        mask = np.zeros(self.passage_count, dtype=np.bool_)
        for number in self.store.numbers(document_ids):
            first, end = self.layout.passage_range(number)
            mask[first:end] = True
        return mask

    def sentence_rows(self, passage_rows: Rows) -> tuple[Rows, Rows]:
        return self.layout.sentence_rows(passage_rows)

    def passages_of_sentences(self, sentence_rows: Rows) -> Rows:
        return self.layout.passages_of_sentences(sentence_rows)

    def nearest_passages(self, vector: Vector, k: int, allowed: Mask | None = None) -> Hits:
        return self.passage_vectors.nearest(self._fitting(vector), k, allowed)

    def nearest_sentences(self, vector: Vector, k: int, allowed: Mask | None = None) -> Hits:
        if allowed is not None:
            allowed = np.repeat(allowed, np.diff(self.layout.sentence_starts))
        return self.sentence_vectors.nearest(self._fitting(vector), k, allowed)

    def passage_cosines(self, vector: Vector, rows: Rows) -> Scores:
        return self.passage_vectors.cosines(self._fitting(vector), rows)

    def sentence_cosines(self, vector: Vector, rows: Rows) -> Scores:
        return self.sentence_vectors.cosines(self._fitting(vector), rows)

    def question_terms(self, question: str) -> list[QuestionTerm]:
        return self.lexical.question_terms(question)

    def question_pairs(self, question: str) -> list[QuestionTerm]:
        return self.lexical.question_pairs(question)

    def best_lexical(
        self, terms: Sequence[QuestionTerm], k: int, allowed: Mask | None = None
    ) -> Hits:
        return self.lexical.best_passages(terms, k, allowed)

    def passage_lexical(self, terms: Sequence[QuestionTerm], rows: Rows) -> Scores:
        return self.lexical.passages.scores_at(self.lexical.ids(terms), rows)

    def pair_lexical(self, pairs: Sequence[QuestionTerm], rows: Rows) -> Scores:
        return self.lexical.pairs.scores_at(self.lexical.pair_ids(pairs), rows)

    def sentence_lexical(self, terms: Sequence[QuestionTerm], rows: Rows) -> Scores:
        return self.lexical.sentences.scores_at(self.lexical.ids(terms), rows)

    def sentence_coverage(self, terms: Sequence[QuestionTerm], rows: Rows) -> NDArray[np.bool_]:
        return self.lexical.coverage(terms, rows)

    def close(self) -> None:
        """Close the files of the texts and of many vectors; searching is over with it. Safe to
        repeat."""
        self.store.close()
        self.passage_vectors.close()
        self.sentence_vectors.close()
        self._kept = {}  # so that nothing is found any more

    def _fitting(self, vector: Vector) -> Vector:
        if vector.shape != (self.manifest.embedder.dimension,):
            raise IndexMismatch(
                f"a question vector of shape {vector.shape}, and {self.version} holds "
                f"{self.manifest.embedder.dimension} dimensions",
                "use the embedding model that built the index",
            )
        return vector


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
