"""A service without a model: real records over a few documents, found by shared words."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from qa_service.answering.conversation import standalone_question
from qa_service.answering.events import AnswerEvent, Retrieved, answer_events
from qa_service.errors import DocumentNotFound, InvalidQuestion
from qa_service.records import (
    Answer,
    Citation,
    Document,
    DocumentInfo,
    Evidence,
    Feature,
    Highlight,
    Passage,
    Retrieval,
    Sentence,
    Turn,
    passage_id,
)
from qa_service.settings import Settings

# Astral characters before and inside the sentences: an offset in UTF-16 units would be wrong.
HARBOUR = """The harbour of Lindholm 🏗️🌊

Lindholm’s harbour was rebuilt after the flood of 1953. The new sea wall 𝕃-7 is 4.2 km long and \
was paid for by the province. Engineers from three countries worked on it for six years.

🚢 The first ship to enter the new basin was the Marta. She carried timber from Riga and left \
with herring. A brass plate on pier four 🐟 still bears her name and the date, 9 May 1959.

Freight doubled within a decade. The railway was extended to the quay in 1964, and the old \
fish market became a museum. Visitors find it behind the customs house, open from April to October.
"""
GARDEN = """# The botanical garden

The garden keeps eleven thousand species under glass and in the open. Its oldest palm was \
planted in 1832 and is watered by hand.

The glass houses close at five in winter. Guided walks start at the north gate on Sundays.
"""
DOCUMENTS = {"ports/lindholm harbour.txt": HARBOUR, "garden.md": GARDEN}

_SENTENCE = re.compile(r"[^\s.!?][^.!?]*(?:\.(?=\S)[^.!?]*)*[.!?]?")
_STOP = {"the", "of", "was", "what", "is", "a", "in", "who", "did", "and", "to", "how", "it"}


class FakeService:
    """The service's methods, answering from ``DOCUMENTS``; ``before`` runs first in each call,
    ``between`` before each event of a stream after the first."""

    def __init__(
        self,
        settings: Settings | None = None,
        documents: Mapping[str, str] = DOCUMENTS,
        before: Callable[[], None] = lambda: None,
        between: Callable[[], object] = lambda: None,
    ) -> None:
        self.settings = settings or Settings(model="hashing")
        self.before = before
        self.between = between
        self.closed = False
        self.calls: list[dict[str, Any]] = []
        self._documents = {
            name: Document(
                name,
                text.lstrip("# ").split("\n")[0],
                text,
                hashlib.sha256(text.encode()).hexdigest(),
                {"kind": "note", "year": 1964},
            )
            for name, text in sorted(documents.items())
        }
        self._passages = [
            (passage, [_words(sentence.text) for sentence in passage.sentences])
            for document in self._documents.values()
            for passage in _passages(document)
        ]

    @property
    def index_version(self) -> str:
        return "gen-000001"

    def retrieve(
        self,
        question: str,
        *,
        top_k: int = 5,
        max_tokens: int | None = None,
        filters: Mapping[str, Any] | None = None,
        explain: bool = False,
    ) -> Retrieval:
        started = time.perf_counter()
        self.calls.append(
            {
                "question": question,
                "top_k": top_k,
                "max_tokens": max_tokens,
                "filters": filters,
                "explain": explain,
            }
        )
        self.before()
        if not question.strip():
            raise InvalidQuestion("question: is blank", "ask something")
        longest = self.settings.max_question_characters
        if len(question) > longest:
            raise InvalidQuestion(f"question: more than {longest} characters", "ask shorter")
        wanted = _words(question)
        found = []
        for passage, words in self._passages:
            scores = [len(each & wanted) / max(len(wanted), 1) for each in words]
            found.append((max(scores, default=0.0), passage, scores))
        found.sort(key=lambda one: (-one[0], one[1].id))
        confidence = found[0][0] if found else 0.0
        answerable = confidence >= 0.5
        return Retrieval(
            question=question,
            answerable=answerable,
            confidence=confidence,
            threshold=0.5,
            reason=None if answerable else "no passage covers enough of the question",
            evidence=tuple(_evidence(*one, explain) for one in found[:top_k]),
            index_version=self.index_version,
            took_ms=(time.perf_counter() - started) * 1e3,
            signals={"coverage": confidence} if explain else None,
        )

    def ask(
        self, question: str, *, conversation: Sequence[Turn] = (), **options: Any
    ) -> tuple[Retrieval, Answer | None]:
        question = standalone_question(question, conversation)
        retrieval = self.retrieve(question, **options)
        if not retrieval.answerable:
            return retrieval, None
        text, citations = "", []
        for evidence in retrieval.evidence[:2]:
            if evidence.score < 0.5:
                continue
            best = evidence.highlights[0]
            text += " " if text else ""
            citations.append(
                Citation(
                    evidence.passage.document_id,
                    evidence.passage.title,
                    best.text,
                    best.start,
                    best.end,
                    len(text),
                    len(text) + len(best.text),
                )
            )
            text += best.text
        return retrieval, Answer(text, "extractive", tuple(citations))

    def stream(self, question: str, **options: Any) -> Iterator[AnswerEvent]:
        retrieval, answer = self.ask(question, **options)
        yield Retrieved(retrieval)
        for event in answer_events(answer):
            self.between()
            yield event

    def documents(self) -> Sequence[DocumentInfo]:
        self.before()
        return [
            DocumentInfo(d.id, d.title, d.sha256, len(d.text), 3, d.metadata)
            for d in self._documents.values()
        ]

    def document(self, document_id: str) -> Document:
        self.before()
        if document_id not in self._documents:
            raise DocumentNotFound(
                f"{document_id}: no such document", "GET /v1/documents lists them"
            )
        return self._documents[document_id]

    def original(self, document_id: str) -> bytes:
        return self.document(document_id).text.encode()

    def reload(self) -> bool:
        return False

    def close(self) -> None:
        self.closed = True


def _passages(document: Document) -> Iterator[Passage]:
    """Yield the document's paragraphs."""
    for paragraph in re.finditer(r"[^\n]+", document.text):
        start, text = paragraph.start(), paragraph.group()
        yield Passage(
            passage_id(document.id, start, paragraph.end()),
            document.id,
            document.title,
            start,
            paragraph.end(),
            text,
            len(text) // 4,
            sentences=tuple(
                Sentence(start + m.start(), start + m.end(), m.group())
                for m in _SENTENCE.finditer(text)
            ),
        )


def _evidence(score: float, passage: Passage, scores: list[float], explain: bool) -> Evidence:
    best = sorted(zip(scores, passage.sentences, strict=True), key=lambda pair: -pair[0])[:2]
    return Evidence(
        passage,
        score,
        tuple(Highlight(s.start, s.end, s.text, value) for value, s in best if value),
        {"words": Feature(score, score, 1.0)} if explain else None,
    )


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower())) - _STOP
