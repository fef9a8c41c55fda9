"""What speaks for and against an answer: a few numbers about the closest passages.

Two questions are kept apart. Are the documents about this at all (``TOPIC_SIGNALS``)? And if so,
do they hold the very fact, or does something in the question contradict the closest sentence
(``ANSWER_SIGNALS``)? "Closest sentence" is the one of highest score (cosine and coverage, as for
highlights) in the first passages; "around it" adds its neighbours in the same passage.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qa_service.index.lexical.analysis import analyze
from qa_service.index.protocol import QuestionTerm, Rows
from qa_service.retrieval.answer_kind import holds_kind
from qa_service.retrieval.features import FEATURES, FeatureTable
from qa_service.retrieval.opposites import holds_opposite, is_negated
from qa_service.retrieval.question import Question

TOPIC_SIGNALS = (
    "passage_similarity",  # cosine of the best passage
    "sentence_similarity",  # highest cosine of a sentence in the first passages
    "sentence_match",  # score of the closest sentence: cosine and coverage
    "log_passages",  # ln of the passages searched: among many, some come near by chance
    "match_among_many",  # sentence_match * log_passages: shared words tell more among many
)
ANSWER_SIGNALS = (
    "close_similarity",  # sentence_similarity, from 0.5 up: below, it tells only the topic
    "rarest_missing",  # idf of the rarest word missing in the closest sentence, 1 if unheard of
    "negation_missing",  # 1 when the question denies something and the sentence does not
    "opposite_word",  # 1 when around it stands the opposite of a missing word
    "number_missing",  # share of the question's numbers that the closest sentence lacks, by idf
    "name_missing",  # share of its names lacking around the closest sentence, by idf
    "kind_missing",  # 1 when no first passage's closest sentence holds the kind asked for
    "kind_not_near",  # 1 when the kind asked for does not stand around the closest sentence
)

FIRST_PASSAGES = 3
_CLOSE = 0.5
_SEEN_PASSAGES = (6, 3000)  # what the calibration saw; beyond it is read as its ends

_SIMILARITY = FEATURES.index("passage_similarity")


def read_signals(
    asked: Question,
    terms: Sequence[QuestionTerm],
    table: FeatureTable,
    scores: NDArray[np.float32],
    ranked_places: Rows,
    first_texts: Sequence[Sequence[str]],
    searched: int,
    first_languages: Sequence[str] = ("",) * FIRST_PASSAGES,
) -> dict[str, float]:
    """Return every signal, for candidates in ranked order (places in the table's rows).

    ``terms`` are those the table was made with, ``scores`` the table's sentence scores,
    ``first_texts`` the sentences of the first ``FIRST_PASSAGES`` ranked passages, and
    ``searched`` counts the passages that the question's filters admit. ``first_languages`` are
    the first passages' own, by which their words are analysed.
    """
    stretches = [_stretch(table, int(p), scores) for p in ranked_places[:FIRST_PASSAGES]]
    similarity = max(float(table.sentence_cosine[s.first : s.end].max()) for s in stretches)
    few, most = _SEEN_PASSAGES
    many = math.log(min(max(searched, few), most))

    chosen = max(range(len(stretches)), key=lambda rank: stretches[rank].score)  # ties: first
    closest, texts = stretches[chosen], first_texts[chosen]
    low, high = max(closest.place - 1, closest.first), min(closest.place + 2, closest.end)
    text = texts[closest.place - closest.first]
    text_around = " ".join(texts[low - closest.first : high - closest.first])
    held_around = _terms_in(text_around, first_languages[chosen])
    missing = ~table.sentence_holds[closest.place]
    missing_around = np.logical_not(table.sentence_holds[low:high].any(axis=0))
    rarest = float((table.term_idf * missing).max(initial=0)) / table.rarest_idf
    kind = asked.asks_for
    return {
        "passage_similarity": float(table.values[ranked_places[0], _SIMILARITY]),
        "sentence_similarity": similarity,
        "sentence_match": closest.score,
        "log_passages": many,
        "match_among_many": closest.score * many,
        "close_similarity": max(similarity, _CLOSE),
        "rarest_missing": rarest,
        "negation_missing": float(is_negated(asked.text) and not is_negated(text)),
        "opposite_word": float(_opposite(terms, missing_around, held_around)),
        "number_missing": _share_missing(terms, asked.numbers, table.term_idf, missing),
        "name_missing": _share_missing(terms, asked.names, table.term_idf, missing_around),
        "kind_missing": float(
            not any(
                holds_kind(kind, near[one.place - one.first], asked.text)
                for near, one in zip(first_texts, stretches, strict=True)
            )
        ),
        "kind_not_near": float(not holds_kind(kind, text_around, asked.text)),
    }


@lru_cache(maxsize=2000)
def _terms_in(text: str, language: str) -> frozenset[str]:
    """Return a text's analysed terms: 0.1 ms, and many questions come nearest the same ones."""
    return frozenset(analyze(text, language))


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The sentences of one passage: ``first`` to ``end`` - 1 in the table, the closest at
    ``place`` with ``score``."""

    first: int
    end: int
    place: int
    score: float


def _stretch(table: FeatureTable, passage: int, scores: NDArray[np.float32]) -> _Stretch:
    first, end = (int(at) for at in table.sentence_owner.searchsorted([passage, passage + 1]))
    place = first + int(scores[first:end].argmax())
    return _Stretch(first, end, place, float(scores[place]))


def _opposite(
    terms: Sequence[QuestionTerm], missing: NDArray[np.bool_], held: Collection[str]
) -> bool:
    return any(
        holds_opposite(variant, held)
        for term, lacking in zip(terms, missing, strict=True)
        if lacking
        for variant in term.variants
    )


def _share_missing(
    terms: Sequence[QuestionTerm],
    wanted: Collection[str],
    idf: NDArray[np.float32],
    missing: NDArray[np.bool_],
) -> float:
    if not wanted:
        return 0.0
    concerned = np.array(
        [not set(term.variants).isdisjoint(wanted) for term in terms], dtype=np.bool_
    )
    total = float(idf[concerned].sum())
    return float(idf[concerned & missing].sum()) / total if total else 0.0
