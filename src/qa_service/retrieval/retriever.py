"""``Retriever``: a question in, the passages that back an answer out."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from qa_service.embedding.opening import open_embedder
from qa_service.embedding.protocol import Embedder, LateEmbedder
from qa_service.errors import InvalidRequest
from qa_service.index.protocol import Mask, Rows, Scores, SearchIndex
from qa_service.index.reader import check_embedder, open_index
from qa_service.index.texts.duplicates import first_of_each
from qa_service.records import Evidence, Feature, Retrieval
from qa_service.retrieval.candidates import candidate_rows
from qa_service.retrieval.confidence import UNMATCHED, Calibration, default_calibration
from qa_service.retrieval.features import FeatureTable, feature_table
from qa_service.retrieval.filters import matching_documents
from qa_service.retrieval.fusion import FusionWeights, default_weights, explain, fuse
from qa_service.retrieval.highlights import SentenceScores, highlights
from qa_service.retrieval.question import Question, read_question
from qa_service.retrieval.question_vector import question_vector
from qa_service.retrieval.second_look import READ_PASSAGES, SecondLook, SecondLooker
from qa_service.retrieval.selection import Selected, select
from qa_service.retrieval.signals import FIRST_PASSAGES, read_signals
from qa_service.settings import Settings

if TYPE_CHECKING:
    from qa_service.embedding.reranker import Reranker
    from qa_service.retrieval.reranking import Reranked

MAX_TOP_K = 50
MAX_TOKENS = 100_000


class Retriever:
    """Answers questions from one open index; safe to share between threads.

    ``Retriever.open("index/")`` is the short way to one. Close it, or use it in a ``with``.
    """

    def __init__(
        self,
        index: SearchIndex,
        embedder: Embedder,
        settings: Settings,
        *,
        weights: FusionWeights | None = None,
        calibration: Calibration | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        self.index = index
        self.embedder = embedder
        self.settings = settings
        self.weights = weights or default_weights()
        self.calibration = calibration or default_calibration()
        self.reranker = reranker
        self._second = SecondLooker.of(embedder, index)

    @classmethod
    def open(
        cls,
        index_dir: str | Path,
        settings: Settings | None = None,
        *,
        embedder: Embedder | None = None,
        reranker: Reranker | None = None,
    ) -> Retriever:
        """Open the live generation of an index folder.

        Without ``settings`` the embedding model is the one the index was built with; with them
        it is theirs, and IndexMismatch is raised when the two differ. Raises IndexMissing,
        IndexCorrupt, and the ModelError of a model that is not on this machine.
        """
        index = open_index(Path(index_dir))
        try:
            if settings is None:
                built = index.manifest.embedder
                settings = Settings.create(model=built.model, **_variant(built.variant))
            if embedder is None:
                embedder = open_embedder(settings)
            check_embedder(index.manifest, embedder.identity)
            if reranker is None and settings.reranker is not None:
                # Imported here: without a reranker it must cost nothing.
                from qa_service.embedding.reranker_opening import open_reranker

                reranker = open_reranker(settings, settings.reranker)
        except BaseException:
            index.close()
            raise
        return cls(index, embedder, settings, reranker=reranker)

    def __enter__(self) -> Retriever:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the index; safe to repeat."""
        self.index.close()

    def prepare(self) -> None:
        """Load now what the first questions of each length would wait for, half a second in all.

        Nothing depends on it but those questions' time; safe to call while others are answered.
        """
        if isinstance(self.embedder, LateEmbedder):
            self.embedder.prepare()

    def retrieve(
        self,
        question: str,
        *,
        top_k: int = 5,
        max_tokens: int | None = None,
        filters: Mapping[str, Any] | None = None,
        explain: bool = False,
    ) -> Retrieval:
        """Return the best passages for a question, best first; ties break by document and place.

        ``top_k`` is 1 to 50. With ``max_tokens`` (tiktoken) the passages together never exceed
        it. ``filters`` restricts the documents (see ``retrieval/filters.py``). ``explain`` adds
        each feature of each passage. The same index and question give the same reply.

        What several documents say in the same words is given once, from the document that fits the
        question best; ``also_in`` of the passage names the others that the filters admit.

        Raises InvalidQuestion, InvalidFilter, InvalidRequest.
        """
        started = time.perf_counter()
        _check_limits(top_k, max_tokens)
        asked = read_question(
            question,
            max_characters=self.settings.max_question_characters,
            languages=self.index.languages,
        )
        documents = matching_documents(filters, self.index.documents)
        allowed = None if documents is None else self.index.passage_mask(documents)
        if allowed is not None and not allowed.any():
            return self._nothing(asked, "No document matches the filters.", started)
        vector = question_vector(self.embedder, asked.text)
        terms = self.index.question_terms(asked.text)
        rows = candidate_rows(self.index, vector, terms, self.settings.candidates, allowed)
        table = feature_table(self.index, asked.text, vector, terms, rows)
        scores = fuse(table, self.weights)
        order = np.lexsort((rows, -scores))
        originals = self.index.originals
        if originals is not None:
            order = order[first_of_each(rows[order], originals)]
        reranked = self._reranked(asked.text, rows, scores, order)
        if reranked is not None:
            scores, order = reranked.scores, reranked.order
        sentences = SentenceScores.of(table)
        ranked: list[int] = rows[order].tolist()
        selected = select(self.index, ranked, scores[order].tolist(), top_k, max_tokens, sentences)
        evidence = tuple(
            self._evidence(one, table, scores, sentences, reranked, allowed, explained=explain)
            for one in selected
        )
        first = self.index.passages(ranked[:FIRST_PASSAGES])
        found = read_signals(
            asked,
            terms,
            table,
            sentences.scores,
            order,
            [[sentence.text for sentence in passage.sentences] for passage in first],
            self._searched(allowed),
            [passage.language for passage in first],
        )
        look = self._second_look(asked, found, table, order)
        if look is not None:
            found[UNMATCHED] = look.unmatched_words
        confidence = self.calibration.confidence(found)
        threshold = self._threshold()
        answerable = confidence >= threshold and bool(evidence)
        return Retrieval(
            question=asked.text,
            answerable=answerable,
            confidence=confidence,
            threshold=threshold,
            reason=None if answerable else self._reason(asked, found, look, fits=bool(evidence)),
            evidence=evidence,
            index_version=self.index.version,
            took_ms=(time.perf_counter() - started) * 1e3,
            signals=found,
        )

    def _searched(self, allowed: Mask | None) -> int:
        """Return how many different passages the filters admit."""
        rows = self.index.passage_count if allowed is None else int(np.count_nonzero(allowed))
        return rows - self.index.repeats(allowed)

    def _reranked(self, question: str, rows: Rows, fused: Scores, order: Rows) -> Reranked | None:
        if self.reranker is None:
            return None
        from qa_service.retrieval.reranking import rerank

        return rerank(
            self.index,
            self.reranker,
            question,
            rows,
            fused,
            candidates=self.settings.rerank_candidates,
            weight=self.settings.rerank_weight,
            order=order,
        )

    def _second_look(
        self, asked: Question, found: Mapping[str, float], table: FeatureTable, order: Rows
    ) -> SecondLook | None:
        if self._second is None or not self.calibration.in_doubt(found):
            return None
        places = order[:READ_PASSAGES]
        rows = table.rows[places].tolist()
        missing = int(np.count_nonzero(~table.held_by(places)))
        return self._second.look(asked, rows, missing)

    def _reason(
        self,
        asked: Question,
        found: Mapping[str, float],
        look: SecondLook | None,
        *,
        fits: bool,
    ) -> str:
        if not fits:
            return "No passage, and no sentence of the closest ones, fits max_tokens."
        unmatched = () if look is None else look.words
        return self.calibration.reason(found, asked.asks_for, unmatched)

    def _threshold(self) -> float:
        given = self.settings.threshold
        return self.calibration.threshold if given is None else given

    def _nothing(self, asked: Question, why: str, started: float) -> Retrieval:
        return Retrieval(
            question=asked.text,
            answerable=False,
            confidence=0.0,
            threshold=self._threshold(),
            reason=why,
            evidence=(),
            index_version=self.index.version,
            took_ms=(time.perf_counter() - started) * 1e3,
        )

    def _evidence(
        self,
        one: Selected,
        table: FeatureTable,
        scores: np.ndarray,
        sentences: SentenceScores,
        reranked: Reranked | None,
        allowed: Mask | None,
        *,
        explained: bool,
    ) -> Evidence:
        place = int(np.searchsorted(table.rows, one.row))
        explanation: dict[str, Feature] | None = (
            explain(table, self.weights, place) if explained else None
        )
        if explanation is not None and reranked is not None:
            explanation = reranked.explained(explanation, place)
        passage = one.passage
        own = sentences.at(one.first_sentence, len(passage.sentences))
        if self.index.originals is not None:
            passage = replace(passage, also_in=self.index.also_in(one.first, one.last, allowed))
        return Evidence(passage, float(scores[place]), highlights(passage, own), explanation)


def _variant(variant: str) -> dict[str, str]:
    """Return the settings that give an embedder of this variant."""
    return {"precision": variant} if variant in ("int8", "float32") else {}


def _check_limits(top_k: int, max_tokens: int | None) -> None:
    limits = [("top_k", top_k, MAX_TOP_K)]
    if max_tokens is not None:
        limits.append(("max_tokens", max_tokens, MAX_TOKENS))
    for name, value, highest in limits:
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= highest:
            raise InvalidRequest(f"{name} is {value!r}", f"give a whole number from 1 to {highest}")
