"""Words to passages and sentences: one vocabulary, three sets of BM25 postings.

The third is of pairs: two neighbouring terms of a passage, with a vocabulary of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from qa_service.index.arrays import Content, decode_array, encode_array
from qa_service.index.lexical.analysis import analyze
from qa_service.index.lexical.languages import FALLBACK, rules_codes
from qa_service.index.lexical.postings import Postings, build_postings, inverse_document_frequency
from qa_service.index.lexical.question_words import question_words
from qa_service.index.lexical.vocabulary import PairVocabulary, Vocabulary
from qa_service.index.protocol import Hits, Mask, QuestionTerm, Rows, Scores
from qa_service.index.ranking import best_rows

TERMS_FILE = "terms.txt"
PAIRS_FILE = "pairs.keys.npy"
LANGUAGES_FILE = "languages.txt"
_PARTS = (("starts", np.int64), ("rows", np.int32), ("weights", np.float32))
UNITS = ("passages", "sentences", "pairs")
LEXICAL_FILES = (
    TERMS_FILE,
    PAIRS_FILE,
    LANGUAGES_FILE,
    *(f"{unit}.{part}.npy" for unit in UNITS for part, _ in _PARTS),
)


@dataclass(frozen=True, slots=True)
class LexicalIndex:
    """BM25 of a generation's passages, of its sentences, and of its passages by pairs of terms.

    ``languages`` are those by whose rules its texts were analysed: at least one, sorted.
    """

    vocabulary: Vocabulary
    pair_vocabulary: PairVocabulary
    passages: Postings
    sentences: Postings
    pairs: Postings
    languages: tuple[str, ...] = (FALLBACK,)

    def question_terms(self, question: str) -> list[QuestionTerm]:
        """Return the question's distinct terms in order, with their idf among the passages."""
        alike: dict[str, dict[str, None]] = {}  # by the first variant, in order of first sight
        for variants in question_words(question, self.languages).words:
            alike.setdefault(variants[0], {}).update(dict.fromkeys(variants))
        id_of = self.vocabulary.id_of
        return [_term(list(variants), id_of, self.passages) for variants in alike.values()]

    def question_pairs(self, question: str) -> list[QuestionTerm]:
        """Return the question's distinct pairs of neighbouring terms, with their idf."""
        pairs = question_words(question, self.languages).pairs
        id_of = self.pair_vocabulary.id_of
        return [_term([pair], id_of, self.pairs) for pair in dict.fromkeys(pairs)]

    def ids(self, terms: Sequence[QuestionTerm]) -> list[int]:
        """Return the distinct ids of the terms and their variants, -1 for what is not known."""
        id_of = self.vocabulary.id_of
        return list(dict.fromkeys(id_of(each) for term in terms for each in term.variants))

    def pair_ids(self, pairs: Sequence[QuestionTerm]) -> list[int]:
        """Return the distinct ids of pairs of terms, -1 for what is not known."""
        return list(dict.fromkeys(self.pair_vocabulary.id_of(pair.term) for pair in pairs))

    def sentence_matches(
        self, terms: Sequence[QuestionTerm], rows: Rows
    ) -> tuple[Scores, NDArray[np.bool_]]:
        """Return each sentence's score, and ``(len(rows), len(terms))``: which sentence holds which
        term, in any variant."""
        ids = self.ids(terms)
        scores, held = self.sentences.matches_at(ids, rows)
        column_of, id_of = {term: column for column, term in enumerate(ids)}, self.vocabulary.id_of
        columns = [[column_of[id_of(each)] for each in term.variants] for term in terms]
        if all(len(variants) == 1 for variants in columns):
            return scores, held[:, [column for [column] in columns]]
        return scores, np.stack([held[:, variants].any(axis=1) for variants in columns], axis=1)

    def best_passages(
        self, terms: Sequence[QuestionTerm], k: int, allowed: Mask | None = None
    ) -> Hits:
        """Return the ``k`` passages of highest score above zero, best first, ties by row."""
        scores = self.passages.scores(self.ids(terms))
        if allowed is not None:
            scores[~allowed] = 0
        return best_rows(scores, k)


def build_lexical(
    passages: Sequence[str],
    sentences: Sequence[str],
    *,
    passage_languages: Sequence[str] = (),
    sentence_languages: Sequence[str] = (),
) -> LexicalIndex:
    """Return the lexical index of these passage texts and sentence texts, each in row order.

    The languages (ISO 639-1) are one a text, "" where it is not known; none at all: not known.
    """
    numbers: dict[str, int] = {}  # in order of first sight; renumbered below
    by_passage = [_numbered(terms, numbers) for terms in _analyzed(passages, passage_languages)]
    by_sentence = [_numbered(terms, numbers) for terms in _analyzed(sentences, sentence_languages)]
    vocabulary = Vocabulary.of(numbers)
    places = {term: place for place, term in enumerate(sorted(numbers))}  # as UTF-8 sorts, too
    final = np.fromiter((places[term] for term in numbers), np.int32, len(numbers))
    count = len(vocabulary)
    by_passage = [final[unit] for unit in by_passage]
    pairs, by_pair = pair_places(by_passage, count)
    return LexicalIndex(
        vocabulary,
        PairVocabulary(vocabulary, pairs),
        build_postings(by_passage, count),
        build_postings([final[unit] for unit in by_sentence], count),
        build_postings(by_pair, len(pairs)),
        rules_codes(passage_languages or [""]),
    )


def pair_places(
    units: Sequence[NDArray[np.int32]], terms: int
) -> tuple[NDArray[np.int64], list[NDArray[np.int32]]]:
    """Return the distinct keys of neighbouring terms, ascending, and each unit's places there."""
    keys = [unit[:-1].astype(np.int64) * terms + unit[1:] for unit in units]
    distinct, places = np.unique(
        np.concatenate([np.zeros(0, np.int64), *keys]), return_inverse=True
    )
    ends = np.cumsum([len(unit) for unit in keys])
    return distinct, np.split(places.astype(np.int32), ends[:-1])


def _analyzed(texts: Sequence[str], languages: Sequence[str]) -> list[list[str]]:
    if languages and len(languages) != len(texts):
        raise ValueError(f"{len(languages)} languages for {len(texts)} texts")
    return [analyze(text, of) for text, of in zip(texts, languages or repeat(""), strict=False)]


def lexical_files(index: LexicalIndex) -> Mapping[str, bytes]:
    """Return the content of the files that hold the index, by name."""
    languages = "".join(f"{code}\n" for code in index.languages)
    files = {
        TERMS_FILE: index.vocabulary.block,
        PAIRS_FILE: encode_array(index.pair_vocabulary.keys),
        LANGUAGES_FILE: languages.encode(),
    }
    for unit in UNITS:
        for part, _ in _PARTS:
            files[f"{unit}.{part}.npy"] = encode_array(getattr(getattr(index, unit), part))
    return files


def load_lexical(files: Mapping[str, Content], passages: int, sentences: int) -> LexicalIndex:
    """Return the index held by these files, of so many passages and sentences.

    Raises ValueError when they do not fit together.
    """
    vocabulary = Vocabulary(files[TERMS_FILE])
    pairs = PairVocabulary(vocabulary, decode_array(files[PAIRS_FILE], np.int64, 1))
    return LexicalIndex(
        vocabulary,
        pairs,
        _load_postings("passages", files, passages, len(vocabulary)),
        _load_postings("sentences", files, sentences, len(vocabulary)),
        _load_postings("pairs", files, passages, len(pairs)),
        _load_languages(bytes(files[LANGUAGES_FILE])),
    )


def _load_languages(data: bytes) -> tuple[str, ...]:
    codes = tuple(data.decode("ascii", "replace").split())
    sound = codes and codes == rules_codes(codes)
    if not sound or data != "".join(f"{code}\n" for code in codes).encode():
        raise ValueError(f"no rules of languages: {data[:80]!r}")
    return codes


def _load_postings(unit: str, files: Mapping[str, Content], units: int, terms: int) -> Postings:
    starts, rows, weights = (
        decode_array(files[f"{unit}.{part}.npy"], dtype, 1) for part, dtype in _PARTS
    )
    if len(starts) != terms + 1 or starts[0] != 0 or starts[-1] != len(rows):
        raise ValueError(f"{unit}: the postings do not fit a vocabulary of {terms} terms")
    if len(rows) != len(weights) or np.any(starts[1:] < starts[:-1]):
        raise ValueError(f"{unit}: postings of {len(rows)} rows and {len(weights)} weights")
    if len(rows) and (rows.min() < 0 or rows.max() >= units):
        raise ValueError(f"{unit}: the postings name a row outside 0 to {units - 1}")
    return Postings(units, starts, rows, weights)


def _term(variants: Sequence[str], id_of: Callable[[str], int], postings: Postings) -> QuestionTerm:
    """Return the known ones of these variants as one term, or the first as an unknown one."""
    known: list[str] = []
    frequency = 0  # of all variants: a document holds those of its own language alone
    for variant in variants:
        place = id_of(variant)
        found = 0 if place < 0 else postings.frequency(place)
        if found:
            known.append(variant)
            frequency += found
    if not known:
        return QuestionTerm(variants[0], 0.0, False)
    idf = inverse_document_frequency(postings.units, min(frequency, postings.units))
    return QuestionTerm(known[0], float(idf), True, tuple(known[1:]))


def _numbered(terms: Sequence[str], numbers: dict[str, int]) -> NDArray[np.int32]:
    return np.fromiter(
        (numbers.setdefault(term, len(numbers)) for term in terms), np.int32, len(terms)
    )
