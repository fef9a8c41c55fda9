"""An answer as a chat completion, in the names of OpenAI's ``/v1/chat/completions``.

The last message of the user is the question, what was said before it the conversation. The
answer's text carries numbers, ``[1]``, behind what is cited; ``citations`` holds their URLs in
order, ``annotations`` the cited stretches of the text, ``search_results`` the passages.
"""

from __future__ import annotations

import time
import uuid
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from qa_service.answering.events import AnswerEvent, Cited, Delta, Finished, Replaced
from qa_service.errors import InvalidQuestion, InvalidRequest
from qa_service.integrations.links import citation_url, evidence_url
from qa_service.records import Answer, Citation, Retrieval, Span, Turn

MODEL = "qa-service"
MAX_MESSAGES = 200
_MAX_TURNS = 20  # of the conversation are read; earlier ones no follow-up points back to
_ABSTENTION = "The documents do not answer this question."


class ContentPart(BaseModel):
    """A part of a message; only text is read."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    type: str
    text: str = ""


class Message(BaseModel):
    """One message; those of the system, of developers and of tools are not read."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    role: str
    content: str | list[ContentPart] | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class StreamOptions(BaseModel):
    """What a stream holds beside the text."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    include_usage: bool = False


class ResponseFormat(BaseModel):
    """The form of the answer, which is always text."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    type: Literal["text"] = "text"


class ChatRequest(BaseModel):
    """A chat request. What changes how a model writes (``temperature``) is accepted and unused."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    messages: list[Message] = Field(
        min_length=1, max_length=MAX_MESSAGES, description="The conversation, the question last."
    )
    stream: bool | None = Field(False, description="Send the answer in chunks: true or false.")
    stream_options: StreamOptions | None = Field(None, description='{"include_usage": true}')
    n: Literal[1] | None = Field(1, description="How many answers; there is one.")
    response_format: ResponseFormat | None = Field(
        None, description='{"type": "text"}: answers are always text.'
    )
    top_k: int = Field(5, ge=1, le=50, description="Passages to answer from, 1 to 50.")
    filters: dict[str, Any] | None = Field(
        None, description="Answer only from documents whose metadata fit; null: all of them."
    )


def asked(request: ChatRequest) -> tuple[str, list[Turn]]:
    """Return the question and the turns before it; raises InvalidQuestion, InvalidRequest."""
    last = request.messages[-1]
    if last.role != "user":
        raise InvalidRequest(
            f"messages.{len(request.messages) - 1}.role: is {last.role[:40]!r}",
            "end with the question: a message whose role is user",
        )
    if not last.text.strip():
        raise InvalidQuestion("messages: the last one has no text", "ask a question in it")
    turns = [
        Turn(message.role, message.text)
        for message in request.messages[:-1]
        if message.role in ("user", "assistant") and message.text.strip()
    ]
    return last.text, turns[-_MAX_TURNS:]


class Composer:
    """Writes an answer with numbers behind what is cited, while its events come.

    What has been written cannot be changed on this wire. Where an answer is replaced, the note that
    says why and the new text follow the old one, and only the new one is annotated. Citations that
    come after later text has are listed at the end.
    """

    def __init__(self, retrieval: Retrieval, files: str) -> None:
        self.text = ""
        self.retrieval = retrieval
        self._files = files
        self._inserted: list[tuple[int, int]] = []  # place in the answer's text, in ours after it
        self._began = 0
        self._answer = 0  # characters of the answer's own text so far
        self._citations: list[Citation] = []
        self._late: list[str] = []
        self._notes: list[str] = []
        self._ungrounded: tuple[Span, ...] = ()

    def piece(self, event: AnswerEvent) -> str:
        """Return what this event adds to the text, "" for nothing."""
        before = len(self.text)
        match event:
            case Delta(text):
                self.text += text
                self._answer += len(text)
            case Cited(citation):
                self._cite(citation)
            case Replaced(note):
                self._restart(note)
            case Finished(None):
                reason = self.retrieval.reason
                self.text += f"{_ABSTENTION} {reason}" if reason else _ABSTENTION
            case Finished(Answer() as answer):
                self._finish(answer)
        return self.text[before:]

    def sources(self) -> dict[str, Any]:
        """Return ``citations`` and ``search_results``, which stand beside the choices."""
        evidence = self.retrieval.evidence
        return {
            "citations": [citation_url(self._files, one, evidence) for one in self._citations],
            "search_results": [
                {
                    "title": one.passage.title,
                    "url": evidence_url(self._files, one),
                    "snippet": one.passage.text,
                    "document_id": one.passage.document_id,
                    "start": one.passage.start,
                    "end": one.passage.end,
                    "score": float(one.score),
                }
                for one in evidence
            ],
        }

    def annotations(self) -> list[dict[str, Any]]:
        """Return the cited stretches of the text."""
        return [
            {
                "type": "url_citation",
                "url_citation": {
                    "start_index": self._place(one.answer_start),
                    "end_index": self._place(one.answer_end, ending=True),
                    "title": one.title,
                    "url": citation_url(self._files, one, self.retrieval.evidence),
                    "document_id": one.document_id,
                    "cited_text": one.cited_text,
                    "source_start": one.source_start,
                    "source_end": one.source_end,
                },
            }
            for one in self._citations
        ]

    def ungrounded(self) -> list[dict[str, int]]:
        """Return the stretches of the text that no source backs."""
        return [
            {
                "start_index": self._place(span.start),
                "end_index": self._place(span.end, ending=True),
            }
            for span in self._ungrounded
        ]

    def _cite(self, citation: Citation) -> None:
        self._citations.append(citation)
        number = len(self._citations)
        if citation.answer_end != self._answer:
            self._late.append(f"[{number}] {citation.title}")
            return  # the text has gone on since, and takes no number any more
        beside = bool(self._inserted) and self._inserted[-1][0] == self._answer
        marker = f"[{number}]" if beside else f" [{number}]"
        self.text += marker
        self._inserted.append((self._answer, len(marker)))

    def _restart(self, note: str) -> None:
        if self.text:  # else nothing was shown, and the note comes with the whole answer
            self.text += f"\n\n{note}\n\n"
            self._notes.append(note)
        self._began = len(self.text)
        self._answer = 0
        self._inserted.clear()
        self._citations.clear()
        self._late.clear()

    def _finish(self, answer: Answer) -> None:
        self._ungrounded = answer.ungrounded
        if self._late:
            self.text += f"\n\nSources: {'; '.join(self._late)}"
        if answer.ungrounded:
            parts = (f"“{answer.text[span.start : span.end]}”" for span in answer.ungrounded)
            self.text += f"\n\nNot backed by the documents: {' '.join(parts)}"
        if answer.note and answer.note not in self._notes:
            self.text += f"\n\n{answer.note}"

    def _place(self, at: int, *, ending: bool = False) -> int:
        before = sum(n for place, n in self._inserted if place < at or (place == at and not ending))
        return self._began + at + before


class Completion:
    """The frame of one reply: its id and time, around what a composer has written so far."""

    def __init__(self, composer: Composer, *, version: str) -> None:
        self._composer = composer
        self._head = {
            "id": f"chatcmpl-{uuid.uuid4().hex}",
            "created": int(time.time()),
            "model": MODEL,
            "system_fingerprint": version,
        }

    def whole(self, usage: dict[str, int] | None) -> dict[str, Any]:
        """Return the whole reply."""
        message = {
            "role": "assistant",
            "content": self._composer.text,
            "refusal": None,
            "annotations": self._composer.annotations(),
            "ungrounded": self._composer.ungrounded(),
        }
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {
            **self._head,
            "object": "chat.completion",
            "choices": [choice],
            "usage": usage,
            **self._composer.sources(),
        }

    def first(self) -> dict[str, Any]:
        """Return the chunk that opens a stream."""
        return self._chunk({"role": "assistant", "content": ""})

    def piece(self, text: str) -> dict[str, Any]:
        """Return a chunk of text."""
        return self._chunk({"content": text})

    def last(self) -> dict[str, Any]:
        """Return the chunk that ends the answer and names its sources."""
        delta = {
            "annotations": self._composer.annotations(),
            "ungrounded": self._composer.ungrounded(),
        }
        return {**self._chunk(delta, "stop"), **self._composer.sources()}

    def usage(self, usage: dict[str, int] | None) -> dict[str, Any]:
        """Return the chunk after the last, which ``include_usage`` asks for."""
        return {
            **self._head,
            "object": "chat.completion.chunk",
            "choices": [],
            "usage": usage,
        }

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return {**self._head, "object": "chat.completion.chunk", "choices": [choice]}


def usage_of(prompt: int, completion: int) -> dict[str, int]:
    """Return the count of tokens as it stands in a reply."""
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }


def models() -> dict[str, Any]:
    """Return the reply to ``/v1/models``: this service is one model."""
    return {"object": "list", "data": [model()]}


def model() -> dict[str, Any]:
    """Return the one model, as it is listed."""
    return {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}
