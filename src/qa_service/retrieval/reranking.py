"""The optional last stage: a reranker reads the first passages together with the question.

Off unless ``settings.reranker`` names one, and then this module is not even imported. It blends:
the score of a passage that was read is ``(1 - weight) * fused + weight * normalised``, where
``normalised`` is the sigmoid of the reranker's logit, min-max scaled over the passages read, as
every other feature is. A passage that was not read keeps ``(1 - weight) * fused``: its fused score
was not above theirs, so it cannot overtake them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from qa_service.chunking.sentences import split_sentences
from qa_service.embedding.reranker import Reranker
from qa_service.errors import WindowExceeded
from qa_service.index.building.context import embedding_text, titled
from qa_service.index.protocol import Rows, Scores, SearchIndex
from qa_service.records import Feature, Passage, Span
from qa_service.retrieval.windows import PIECE_CHARACTERS, fitting_windows

FEATURE = "reranker"

_QUESTION_SHARE = 1 / 2  # of the window: a longer question is read in parts
_TITLED_SHARE = 3 / 4  # question and title together; a longer title is left out of windows


@dataclass(frozen=True, slots=True)
class Reranked:
    """``scores`` ``(n,)`` of all rows, and the places of those ranked in ``order``, best first.

    ``places`` are those the reranker read; ``logits`` and ``normalised`` belong to them.
    """

    scores: Scores
    order: Rows
    places: Rows
    logits: Scores
    normalised: Scores
    weight: float

    def explained(self, fused: Mapping[str, Feature], place: int) -> dict[str, Feature]:
        """Return the terms of the score of the row at ``place``: the fused ones scaled, and the
        reranker's where it read the passage."""
        share = 1 - self.weight
        terms = {name: replace(term, weight=term.weight * share) for name, term in fused.items()}
        for at in np.flatnonzero(self.places == place):
            terms[FEATURE] = Feature(
                float(self.logits[at]), float(self.normalised[at]), self.weight
            )
        return terms


def rerank(
    index: SearchIndex,
    reranker: Reranker,
    question: str,
    rows: Rows,
    fused: Scores,
    *,
    candidates: int,
    weight: float,
    order: Rows | None = None,
) -> Reranked:
    """Return the rows scored anew, the ``candidates`` of highest fused score read by the reranker.

    Only the places in ``order``, best fused score first, are read and ordered, or all. Ties break
    by fused score, then by row.
    """
    ranked = np.lexsort((rows, -fused)) if order is None else order
    places = ranked[:candidates]
    passages = index.passages([int(row) for row in rows[places]])
    logits = passage_logits(reranker, question, passages)
    normalised = _scaled(logits)
    scores = (np.float32(1 - weight) * fused).astype(np.float32)
    scores[places] += np.float32(weight) * normalised
    anew = ranked[np.lexsort((rows[ranked], -fused[ranked], -scores[ranked]))]
    return Reranked(scores, anew, places, logits, normalised, weight)


def passage_logits(reranker: Reranker, question: str, passages: Sequence[Passage]) -> Scores:
    """Return one logit a passage, ``(n,)`` float32, none of its text left unread.

    A passage is read below its title. One too long for the reranker's window together with the
    question is read in windows of whole sentences, and its best window counts (Dai and Callan,
    "Deeper Text Understanding for IR with Contextual Neural Language Modeling", 2019). A question
    longer than half of the window is read in parts too, and the mean over its parts counts.
    """
    try:
        return reranker.score(question, [embedding_text(passage) for passage in passages])
    except WindowExceeded:
        parts = _question_parts(reranker, question)
        of_parts = [_best_windows(reranker, part, passages) for part in parts]
        mean: Scores = np.mean(of_parts, axis=0, dtype=np.float32)
        return mean


def _question_parts(reranker: Reranker, question: str) -> list[str]:
    def fits(texts: Sequence[str]) -> list[bool]:
        counts = [reranker.count_tokens(text, [""])[0] for text in texts]
        return [count <= reranker.window * _QUESTION_SHARE for count in counts]

    sentences = split_sentences(question, 0, len(question), max_characters=PIECE_CHARACTERS)
    return fitting_windows(question, sentences, fits)


def _best_windows(reranker: Reranker, question: str, passages: Sequence[Passage]) -> Scores:
    texts: list[str] = []
    starts: list[int] = []
    for passage in passages:
        starts.append(len(texts))
        texts += _windows(reranker, question, passage)
    best: Scores = np.maximum.reduceat(reranker.score(question, texts), starts)
    return best


def _windows(reranker: Reranker, question: str, passage: Passage) -> list[str]:
    """Return the passage below its title in as many parts as the window takes."""
    [with_title] = reranker.count_tokens(question, [titled(passage.title, "")])
    title = passage.title if with_title <= reranker.window * _TITLED_SHARE else ""

    def fits(texts: Sequence[str]) -> list[bool]:
        counts = reranker.count_tokens(question, [titled(title, text) for text in texts])
        return [count <= reranker.window for count in counts]

    sentences = [
        Span(one.start - passage.start, one.end - passage.start) for one in passage.sentences
    ]
    return [titled(title, text) for text in fitting_windows(passage.text, sentences, fits)]


def _scaled(logits: Scores) -> Scores:
    """Return the sigmoids scaled to 0..1 over all; all 0 where they do not differ."""
    sigmoid = 1 / (1 + np.exp(-np.clip(logits.astype(np.float64), -80, 80)))
    low, high = sigmoid.min(), sigmoid.max()
    scaled: Scores = ((sigmoid - low) / (high - low if high > low else 1)).astype(np.float32)
    return scaled
