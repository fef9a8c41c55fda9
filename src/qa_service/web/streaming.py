"""An answer as server-sent events (the HTML standard's ``text/event-stream``).

event: retrieval   the body of ``/v1/retrieve``
event: delta       {"text": "..."}: the next piece of the answer
event: replace     {"text": "", "note": "..."}: the text so far is void
event: citation    one citation
event: done        {"answer": {...}} or {"answer": null}
event: error       the one error shape; nothing follows
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator

from starlette.responses import StreamingResponse

from qa_service.answering.events import AnswerEvent, Cited, Delta, Finished, Replaced, Retrieved
from qa_service.errors import QaServiceError
from qa_service.web.errors import InternalError, error_content
from qa_service.web.gate import Gate
from qa_service.web.render import answer_plain, citation_plain, retrieval_json, to_json

logger = logging.getLogger("qa_service.web")

SILENCE_SECONDS = 10.0
KEEP_ALIVE = b": keep-alive\n\n"
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # or a reverse proxy collects the events before it passes them on
}


def event_stream(body: AsyncIterator[bytes]) -> StreamingResponse:
    """Return a reply that sends each chunk of ``body`` at once."""
    return StreamingResponse(body, media_type="text/event-stream", headers=_HEADERS)


async def server_sent(
    gate: Gate,
    first: Retrieved,
    rest: Iterator[AnswerEvent],
    *,
    explain: bool,
    asked: str | None = None,
) -> AsyncIterator[bytes]:
    """Yield the events of one answer as they come, each whole.

    A comment is sent where none comes for ten seconds, so that nobody in between gives up. An
    error on the way is the last event: the reply's status is out by then. When the client goes,
    the work stops at the next event.
    """
    yield _message("retrieval", retrieval_json(first.retrieval, explain=explain, asked=asked))
    async for event in drawn(gate, rest):
        yield KEEP_ALIVE if event is None else _encoded(event)


async def drawn(
    gate: Gate, events: Iterator[AnswerEvent]
) -> AsyncIterator[AnswerEvent | QaServiceError | None]:
    """Yield events drawn on the gate's threads, and None for each ten seconds without one.

    What goes wrong on the way is yielded as the last one.
    """
    pending: asyncio.Future[AnswerEvent | None] | None = None
    try:
        while True:
            pending = pending or asyncio.ensure_future(gate.draw(events))
            done, _ = await asyncio.wait({pending}, timeout=SILENCE_SECONDS)
            if not done:
                yield None
                continue
            event, pending = pending.result(), None
            if event is None:
                return
            yield event
    except QaServiceError as error:
        yield error
    except Exception:  # a defect: the status is out, so that only an event can tell the client
        logger.exception("an answer broke off")
        yield InternalError("the answer broke off", "the service's log has the details")
    finally:
        if pending is not None and not pending.done():
            await asyncio.wait({pending})  # a generator that is running cannot be closed
        close = getattr(events, "close", None)
        if close is not None:
            close()


def _encoded(event: AnswerEvent | QaServiceError) -> bytes:
    match event:
        case Retrieved():
            raise ValueError("the passages come once, and first")
        case Delta(text):
            return _message("delta", to_json({"text": text}))
        case Replaced(note):
            return _message("replace", to_json({"text": "", "note": note}))
        case Cited(citation):
            return _message("citation", to_json(citation_plain(citation)))
        case Finished(answer):
            return _message("done", to_json({"answer": answer_plain(answer)}))
        case QaServiceError():
            return _message("error", error_content(event))


def _message(name: str, data: bytes) -> bytes:
    # JSON holds no line break, so one data line is enough.
    return b"event: " + name.encode() + b"\ndata: " + data + b"\n\n"
