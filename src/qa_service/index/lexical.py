"""Words to passages and sentences: one vocabulary, three sets of BM25 postings.

The third is of pairs: two neighbouring terms of a passage, written with a space between them,
which no single term can hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from qa_service.index.analysis import analyze
from qa_service.index.arrays import decode_array, encode_array
from qa_service.index.postings import Postings, build_postings, inverse_document_frequency
from qa_service.index.protocol import Hits, Mask, QuestionTerm
from qa_service.index.ranking import best_rows
from qa_service.index.vocabulary import Vocabulary

TERMS_FILE = "terms.txt"
_PARTS = (("starts", np.int64), ("rows", np.int32), ("weights", np.float32))
UNITS = ("passages", "sentences", "pairs")
LEXICAL_FILES = (
    TERMS_FILE,
    *(f"{unit}.{part}.npy" for unit in UNITS for part, _ in _PARTS),
)


@dataclass(frozen=True, slots=True)
class LexicalIndex:
    """BM25 of a generation's passages, of its sentences, and of its passages by pairs of terms."""

    vocabulary: Vocabulary
    passages: Postings
    sentences: Postings
    pairs: Postings

    def question_terms(self, question: str) -> list[QuestionTerm]:
        """Return the question's distinct terms in order, with their idf among the passages."""
        return self._known(analyze(question), self.passages)

    def question_pairs(self, question: str) -> list[QuestionTerm]:
        """Return the question's distinct pairs of neighbouring terms, with their idf."""
        return self._known(pairs_of(analyze(question)), self.pairs)

    def ids(self, terms: Sequence[QuestionTerm]) -> list[int]:
        """Return the terms' ids, -1 for a term the collection lacks."""
        return [self.vocabulary.id_of(term.term) for term in terms]

    def best_passages(
        self, terms: Sequence[QuestionTerm], k: int, allowed: Mask | None = None
    ) -> Hits:
        """Return the ``k`` passages of highest score above zero, best first, ties by row."""
        scores = self.passages.scores(self.ids(terms))
        if allowed is not None:
            scores[~allowed] = 0
        return best_rows(scores, k)

    def _known(self, terms: Sequence[str], postings: Postings) -> list[QuestionTerm]:
        known: list[QuestionTerm] = []
        for term in dict.fromkeys(terms):
            place = self.vocabulary.id_of(term)
            frequency = 0 if place < 0 else postings.frequency(place)
            idf = inverse_document_frequency(postings.units, frequency) if frequency else 0.0
            known.append(QuestionTerm(term, float(idf), frequency > 0))
        return known


def pairs_of(terms: Sequence[str]) -> list[str]:
    """Return each two neighbouring terms as one, with a space between them."""
    return [f"{one} {following}" for one, following in pairwise(terms)]


def build_lexical(passages: Sequence[str], sentences: Sequence[str]) -> LexicalIndex:
    """Return the lexical index of these passage texts and sentence texts, each in row order."""
    numbers: dict[str, int] = {}  # in order of first sight; renumbered below
    analyzed = [analyze(text) for text in passages]
    by_passage = [_numbered(terms, numbers) for terms in analyzed]
    by_sentence = [_numbered(analyze(text), numbers) for text in sentences]
    by_pair = [_numbered(pairs_of(terms), numbers) for terms in analyzed]
    vocabulary = Vocabulary.of(numbers)
    final = np.array([vocabulary.id_of(term) for term in numbers], dtype=np.int32)
    count = len(vocabulary)
    return LexicalIndex(
        vocabulary,
        build_postings([final[unit] for unit in by_passage], count),
        build_postings([final[unit] for unit in by_sentence], count),
        build_postings([final[unit] for unit in by_pair], count),
    )


def lexical_files(index: LexicalIndex) -> Mapping[str, bytes]:
    """Return the content of the files that hold the index, by name."""
    files = {TERMS_FILE: index.vocabulary.block}
    for unit in UNITS:
        for part, _ in _PARTS:
            files[f"{unit}.{part}.npy"] = encode_array(getattr(getattr(index, unit), part))
    return files


def load_lexical(files: Mapping[str, bytes], passages: int, sentences: int) -> LexicalIndex:
    """Return the index held by these files, of so many passages and sentences.

    Raises ValueError when they do not fit together.
    """
    vocabulary = Vocabulary(files[TERMS_FILE])
    return LexicalIndex(
        vocabulary,
        _load_postings("passages", files, passages, len(vocabulary)),
        _load_postings("sentences", files, sentences, len(vocabulary)),
        _load_postings("pairs", files, passages, len(vocabulary)),
    )


def _load_postings(unit: str, files: Mapping[str, bytes], units: int, terms: int) -> Postings:
    starts, rows, weights = (
        decode_array(files[f"{unit}.{part}.npy"], dtype, 1) for part, dtype in _PARTS
    )
    if len(starts) != terms + 1 or starts[0] != 0 or starts[-1] != len(rows):
        raise ValueError(f"{unit}: the postings do not fit a vocabulary of {terms} terms")
    if len(rows) != len(weights) or np.any(np.diff(starts) < 0):
        raise ValueError(f"{unit}: postings of {len(rows)} rows and {len(weights)} weights")
    if len(rows) and (rows.min() < 0 or rows.max() >= units):
        raise ValueError(f"{unit}: the postings name a row outside 0 to {units - 1}")
    return Postings(units, starts, rows, weights)


def _numbered(terms: Sequence[str], numbers: dict[str, int]) -> NDArray[np.int32]:
    return np.fromiter(
        (numbers.setdefault(term, len(numbers)) for term in terms), np.int32, len(terms)
    )
