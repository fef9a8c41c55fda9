"""What retrieval needs from an index, whichever store is behind it.

Passages and sentences are addressed by *row*: passages are numbered in order of (document id,
start), sentences likewise, so "ties break by row" means by document and place. The sentences of
passage ``p`` are the rows ``sentence_starts[p] .. sentence_starts[p + 1] - 1``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qa_service.embedding.protocol import EmbedderIdentity
from qa_service.records import Document, DocumentInfo, Passage

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]
Vector = NDArray[np.float32]
Mask = NDArray[np.bool_]

LONGEST_JOIN = 3
"""At most so many neighbouring passages are ever served as one."""


@dataclass(frozen=True, slots=True)
class Hits:
    """Rows and scores of equal length, best first, ties by row."""

    rows: Rows
    scores: Scores


@dataclass(frozen=True, slots=True)
class QuestionTerm:
    """One distinct analysed term of a question; ``idf`` is 0 where the collection lacks it.

    ``others`` are what documents of other languages write for the same word, all of them in the
    collection; ``idf`` is then of all these terms together.
    """

    term: str
    idf: float
    known: bool
    others: tuple[str, ...] = ()

    @property
    def variants(self) -> tuple[str, ...]:
        """Return the term and the others."""
        return (self.term, *self.others)


class SearchIndex(Protocol):
    """One immutable generation, open for reading; safe to share between threads."""

    @property
    def version(self) -> str: ...

    @property
    def embedder_identity(self) -> EmbedderIdentity: ...

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages by whose rules the documents were analysed, at least one."""
        ...

    @property
    def passage_count(self) -> int: ...

    @property
    def sentence_count(self) -> int: ...

    def documents(self) -> Sequence[DocumentInfo]:
        """Return every document, ordered by id."""
        ...

    def document(self, document_id: str) -> Document:
        """Return one document with its text; raises DocumentNotFound."""
        ...

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """Return passages with their sentences, in the order asked."""
        ...

    def joinable(self, row: int) -> bool:
        """Return whether passage ``row + 1`` continues passage ``row``: same document, and only
        white space between them."""
        ...

    def joined(self, first: int, last: int) -> Passage:
        """Return passages ``first`` to ``last``, at most LONGEST_JOIN joinable ones, as one."""
        ...

    @property
    def originals(self) -> Rows | None:
        """Return for every passage row the first row of the same wording, itself where there is
        no other; None where no two passages have the same."""
        ...

    def repeats(self, allowed: Mask | None = None) -> int:
        """Return how many of the allowed passages repeat another one of them."""
        ...

    def also_in(self, first: int, last: int, allowed: Mask | None = None) -> tuple[str, ...]:
        """Return the ids of the other places, 100 at most, where the wording of passages ``first``
        to ``last`` stands as a whole: in order of document id and place."""
        ...

    def first_sentence(self, row: int) -> int:
        """Return the row of a passage's first sentence."""
        ...

    def sentence_tokens(self, first: int, count: int) -> Rows:
        """Return the tiktoken counts of ``count`` sentence rows from ``first`` on."""
        ...

    def passage_mask(self, document_ids: Sequence[str]) -> Mask:
        """Return a mask over passage rows, true where the document is one of those named."""
        ...

    def sentence_rows(self, passage_rows: Rows) -> tuple[Rows, Rows]:
        """Return the sentence rows of these passages, and for each the position of its passage
        in ``passage_rows``."""
        ...

    def passages_of_sentences(self, sentence_rows: Rows) -> Rows:
        """Return the passage row that holds each sentence row."""
        ...

    def nearest_passages(self, vector: Vector, k: int, allowed: Mask | None = None) -> Hits:
        """Return the ``k`` passages of highest cosine; fewer where fewer are allowed."""
        ...

    def nearest_sentences(self, vector: Vector, k: int, allowed: Mask | None = None) -> Hits:
        """Return the ``k`` sentences of highest cosine; ``allowed`` is over *passage* rows."""
        ...

    def passage_cosines(self, vector: Vector, rows: Rows) -> Scores:
        """Return the cosine of the vector with each passage row."""
        ...

    def sentence_cosines(self, vector: Vector, rows: Rows) -> Scores:
        """Return the cosine of the vector with each sentence row."""
        ...

    def question_terms(self, question: str) -> list[QuestionTerm]:
        """Return the question's distinct analysed terms (stop words gone, stems), in order."""
        ...

    def question_pairs(self, question: str) -> list[QuestionTerm]:
        """Return the question's distinct pairs of neighbouring analysed terms, in order."""
        ...

    def best_lexical(
        self, terms: Sequence[QuestionTerm], k: int, allowed: Mask | None = None
    ) -> Hits:
        """Return the ``k`` passages of highest BM25 score above zero."""
        ...

    def passage_lexical(self, terms: Sequence[QuestionTerm], rows: Rows) -> Scores:
        """Return the BM25 score of each passage row."""
        ...

    def pair_lexical(self, pairs: Sequence[QuestionTerm], rows: Rows) -> Scores:
        """Return the BM25 score of each passage row, with pairs of terms in place of terms."""
        ...

    def sentence_matches(
        self, terms: Sequence[QuestionTerm], rows: Rows
    ) -> tuple[Scores, NDArray[np.bool_]]:
        """Return the BM25 score of each sentence row, by sentence statistics, and
        ``(len(rows), len(terms))``: which sentence holds which term."""
        ...

    def close(self) -> None: ...
