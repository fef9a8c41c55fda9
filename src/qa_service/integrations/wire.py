"""The service's own JSON back into records, events and errors, for both clients."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from qa_service import errors
from qa_service.answering.events import AnswerEvent, Cited, Delta, Finished, Replaced, Retrieved
from qa_service.records import (
    Answer,
    Citation,
    Document,
    DocumentInfo,
    Evidence,
    Feature,
    Highlight,
    Passage,
    Place,
    Retrieval,
    Span,
    Turn,
)


def question_body(
    question: str,
    *,
    top_k: int,
    max_tokens: int | None,
    filters: Mapping[str, Any] | None,
    explain: bool,
    conversation: Sequence[Turn] = (),
    stream: bool = False,
) -> dict[str, Any]:
    """Return the body of a ``/v1/retrieve`` or ``/v1/ask`` request."""
    body: dict[str, Any] = {
        "question": question,
        "top_k": top_k,
        "max_tokens": max_tokens,
        "filters": filters,
        "explain": explain,
    }
    if conversation:
        body["conversation"] = [
            {"role": turn.role, "content": turn.content} for turn in conversation
        ]
    if stream:
        body["stream"] = True
    return body


def document_path(document_id: str) -> str:
    """Return the path under which a document is served."""
    return f"/v1/documents/{quote(document_id)}"


def retrieval_of(reply: Mapping[str, Any]) -> Retrieval:
    """Return the retrieval of a ``/v1/retrieve`` or ``/v1/ask`` reply.

    Its passages lack what does not travel: ``sentences`` and ``language``.
    """
    return Retrieval(
        question=reply.get("searched_for") or reply["question"],
        answerable=reply["answerable"],
        confidence=reply["confidence"],
        threshold=reply["threshold"],
        reason=reply["reason"],
        evidence=tuple(_evidence(passage) for passage in reply["passages"]),
        index_version=reply["index_version"],
        took_ms=reply["took_ms"],
        signals=reply.get("signals"),
    )


def answer_of(reply: Mapping[str, Any] | None) -> Answer | None:
    """Return the answer of a ``/v1/ask`` reply, None for null."""
    if reply is None:
        return None
    return Answer(
        text=reply["text"],
        mode=reply["mode"],
        citations=tuple(Citation(**citation) for citation in reply["citations"]),
        ungrounded=tuple(Span(span["start"], span["end"]) for span in reply["ungrounded"]),
        note=reply["note"],
    )


def document_of(reply: Mapping[str, Any]) -> Document:
    """Return a document as it is served: with its text, without headings and places."""
    return Document(reply["id"], reply["title"], reply["text"], reply["sha256"], reply["metadata"])


def document_infos_of(reply: Mapping[str, Any]) -> list[DocumentInfo]:
    """Return one page of the list of documents; languages do not travel."""
    return [
        DocumentInfo(
            info["id"],
            info["title"],
            info["sha256"],
            info["characters"],
            info["passages"],
            info["metadata"],
        )
        for info in reply["documents"]
    ]


class EventReader:
    """Puts the bytes of an event stream together to answer events; raises the error in it.

    Only ``\\n`` ends a line: a document may hold every other character that can.
    """

    def __init__(self) -> None:
        self._rest = b""

    def read(self, received: bytes) -> Iterator[AnswerEvent]:
        """Yield the events that are complete with these bytes."""
        *whole, self._rest = (self._rest + received).split(b"\n\n")
        for block in whole:
            fields = dict(
                line.split(b": ", 1) for line in block.split(b"\n") if not line.startswith(b":")
            )
            if fields:
                event = _event(fields[b"event"].decode(), json.loads(fields[b"data"]))
                if event is not None:
                    yield event


def error_of(status: int, content: bytes) -> errors.QaServiceError:
    """Return the error that a reply of 400 or above stands for, as its own class.

    A code that is known only over HTTP (``request_too_large``) becomes an InvalidRequest below
    500 and a ServerError from there on; so does a reply that is not the service's own.
    """
    base = errors.InvalidRequest if status < 500 else errors.ServerError
    try:
        found = json.loads(content)["error"]
        code, message, hint = found["code"], found["message"], found["hint"]
    except (ValueError, KeyError, TypeError):
        return base(f"the reply of status {status} is not the service's", "check the address")
    return _CLASSES.get(code, base)(message, hint)


def _event(name: str, data: Any) -> AnswerEvent | None:
    match name:
        case "retrieval":
            return Retrieved(retrieval_of(data))
        case "delta":
            return Delta(data["text"])
        case "replace":
            return Replaced(data["note"])
        case "citation":
            return Cited(Citation(**data))
        case "done":
            return Finished(answer_of(data["answer"]))
        case "error":
            raise error_of(500, json.dumps(data).encode())
    return None  # an event of a newer service


def _evidence(passage: Mapping[str, Any]) -> Evidence:
    explanation = passage.get("explanation")
    return Evidence(
        Passage(
            id=passage["id"],
            document_id=passage["document_id"],
            title=passage["title"],
            start=passage["start"],
            end=passage["end"],
            text=passage["text"],
            tokens=passage["tokens"],
            section=tuple(passage["section"]),
            places=tuple(_place(place) for place in passage["places"]),
            also_in=tuple(passage["also_in"]),
        ),
        passage["score"],
        tuple(Highlight(**highlight) for highlight in passage["highlights"]),
        None if explanation is None else {k: Feature(**v) for k, v in explanation.items()},
    )


def _place(place: Mapping[str, Any]) -> Place:
    box = place["box"]
    return Place(
        place["start"],
        place["end"],
        place["page"],
        None if box is None else (box[0], box[1], box[2], box[3]),
        place["path"],
    )


def _family(kind: type[errors.QaServiceError]) -> Iterator[type[errors.QaServiceError]]:
    yield kind
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from _family(child)


_CLASSES = {kind.code: kind for kind in _family(errors.QaServiceError)}
