"""An open generation, searched: the FAISS, BM25 and SQLite side of ``SearchIndex``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa_service.embedding.protocol import EmbedderIdentity
from qa_service.errors import IndexMismatch
from qa_service.index.generation.opening import Generation
from qa_service.index.lexical.bm25 import LexicalIndex
from qa_service.index.protocol import Hits, Mask, QuestionTerm, Rows, Scores, Vector
from qa_service.index.texts.budgets import Budgets
from qa_service.index.texts.duplicates import Duplicates
from qa_service.index.texts.layout import Layout
from qa_service.index.texts.store import Store
from qa_service.index.vectors.protocol import VectorIndex
from qa_service.records import Document, DocumentInfo, Passage, passage_id

_KEPT_PASSAGES = 1000  # read lately, some 2 MB: one question asks for the same ones several times
_MOST_LISTED = 100  # places that one passage is said to stand in as well


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
        parts = self.passages(range(first, last + 1))
        return self.store.joined(first, parts, self.budgets.of_run(first, last))

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

    def sentence_matches(
        self, terms: Sequence[QuestionTerm], rows: Rows
    ) -> tuple[Scores, NDArray[np.bool_]]:
        return self.lexical.sentence_matches(terms, rows)

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
