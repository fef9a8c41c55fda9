"""A deterministic system under test: paragraphs as passages, scored by words shared."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from qa_service.errors import DocumentNotFound
from qa_service.records import (
    Document,
    DocumentInfo,
    Evidence,
    Highlight,
    Passage,
    Retrieval,
    passage_id,
)

_WORD = re.compile(r"\w{3,}")


def words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


class FakeSystem:
    """Ranks paragraphs by the share of the question's words they hold, ties by place.

    The best share is the confidence. One word counts as one token.
    """

    def __init__(self, texts: Mapping[str, str], threshold: float = 0.5) -> None:
        self.texts = dict(sorted(texts.items()))
        self.threshold = threshold
        self.index_version = "gen-000001"
        self.asked: list[str] = []
        self._passages = [
            (passage, words(passage.text))
            for document_id, text in self.texts.items()
            for passage in paragraphs(document_id, text)
        ]

    def retrieve(self, question: str, *, top_k: int, max_tokens: int | None = None) -> Retrieval:
        self.asked.append(question)
        wanted = words(question) or {question}
        scored = [(len(wanted & held) / len(wanted), p) for p, held in self._passages]
        scored.sort(key=lambda pair: (-pair[0], pair[1].document_id, pair[1].start))
        confidence = scored[0][0] if scored else 0.0
        return Retrieval(
            question=question,
            answerable=confidence >= self.threshold,
            confidence=confidence,
            threshold=self.threshold,
            reason=None if confidence >= self.threshold else "too few words in common",
            evidence=tuple(
                Evidence(p, score, (Highlight(p.start, p.end, p.text, score),))
                for score, p in scored[:top_k]
            ),
            index_version=self.index_version,
            took_ms=0.1,
        )

    def documents(self) -> Sequence[DocumentInfo]:
        return [
            DocumentInfo(i, i, hashlib.sha256(t.encode()).hexdigest(), len(t), 1, {})
            for i, t in self.texts.items()
        ]

    def document(self, document_id: str) -> Document:
        if document_id not in self.texts:
            raise DocumentNotFound(f"{document_id}: no such document")
        text = self.texts[document_id]
        return Document(document_id, document_id, text, hashlib.sha256(text.encode()).hexdigest())


def paragraphs(document_id: str, text: str) -> list[Passage]:
    found = []
    for match in re.finditer(r"[^\n]+", text):
        start, end = match.span()
        found.append(
            Passage(
                passage_id(document_id, start, end),
                document_id,
                document_id,
                start,
                end,
                match[0],
                max(1, len(match[0].split())),
            )
        )
    return found
