"""``Client`` and ``AsyncClient``: the methods and types of ``Service``, over HTTP.

What is returned is what the service returns in process, but for what does not travel: a passage's
``sentences`` and ``language``, a document's headings, places and marks. Errors are the same
classes; a service that cannot be reached raises ServiceUnreachable.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from qa_service.answering.events import AnswerEvent
from qa_service.errors import ServiceUnreachable
from qa_service.integrations.wire import (
    EventReader,
    answer_of,
    document_infos_of,
    document_of,
    document_path,
    error_of,
    question_body,
    retrieval_of,
)
from qa_service.records import Answer, Document, DocumentInfo, Retrieval, Turn

try:
    import httpx
except ImportError as error:
    raise ImportError("httpx is not installed; pip install 'qa-service[client]'") from error

DEFAULT_URL = "http://127.0.0.1:8000"
SECONDS = 60.0


class Client:
    """A service at a URL. Safe to share between threads; close it, or use it in a ``with``."""

    def __init__(self, url: str = DEFAULT_URL, *, seconds: float = SECONDS) -> None:
        self.url = url.rstrip("/")
        self._http = httpx.Client(base_url=self.url, timeout=seconds)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; safe to repeat."""
        self._http.close()

    @property
    def index_version(self) -> str:
        return str(self._call("GET", "/ready")["index_version"])

    def retrieve(
        self,
        question: str,
        *,
        top_k: int = 5,
        max_tokens: int | None = None,
        filters: Mapping[str, Any] | None = None,
        explain: bool = False,
    ) -> Retrieval:
        """Return what ``Service.retrieve`` returns."""
        body = question_body(
            question, top_k=top_k, max_tokens=max_tokens, filters=filters, explain=explain
        )
        return retrieval_of(self._call("POST", "/v1/retrieve", json=body))

    def ask(
        self,
        question: str,
        *,
        top_k: int = 5,
        max_tokens: int | None = None,
        filters: Mapping[str, Any] | None = None,
        explain: bool = False,
        conversation: Sequence[Turn] = (),
    ) -> tuple[Retrieval, Answer | None]:
        """Return what ``Service.ask`` returns."""
        body = question_body(
            question,
            top_k=top_k,
            max_tokens=max_tokens,
            filters=filters,
            explain=explain,
            conversation=conversation,
        )
        reply = self._call("POST", "/v1/ask", json=body)
        return retrieval_of(reply), answer_of(reply["answer"])

    def stream(
        self,
        question: str,
        *,
        top_k: int = 5,
        max_tokens: int | None = None,
        filters: Mapping[str, Any] | None = None,
        explain: bool = False,
        conversation: Sequence[Turn] = (),
    ) -> Iterator[AnswerEvent]:
        """Yield what ``Service.stream`` yields, as it arrives."""
        body = question_body(
            question,
            top_k=top_k,
            max_tokens=max_tokens,
            filters=filters,
            explain=explain,
            conversation=conversation,
            stream=True,
        )
        reader = EventReader()
        with _reaching(self.url), self._http.stream("POST", "/v1/ask", json=body) as reply:
            if reply.is_error:
                raise error_of(reply.status_code, reply.read())
            for received in reply.iter_bytes():
                yield from reader.read(received)

    def documents(self) -> Sequence[DocumentInfo]:
        """Return every document, ordered by id."""
        found: list[DocumentInfo] = []
        after: str | None = ""
        while after is not None:
            reply = self._call("GET", "/v1/documents", params={"after": after})
            found += document_infos_of(reply)
            after = reply["next"]
        return found

    def document(self, document_id: str) -> Document:
        """Return one document with its text; raises DocumentNotFound."""
        return document_of(self._call("GET", document_path(document_id)))

    def _call(self, method: str, path: str, **options: Any) -> Any:
        with _reaching(self.url):
            reply = self._http.request(method, path, **options)
        if reply.is_error:
            raise error_of(reply.status_code, reply.content)
        return reply.json()


class AsyncClient:
    """The same, awaited. Belongs to one event loop; close it, or use it in an ``async with``."""

    def __init__(self, url: str = DEFAULT_URL, *, seconds: float = SECONDS) -> None:
        self.url = url.rstrip("/")
        self._http = httpx.AsyncClient(base_url=self.url, timeout=seconds)

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections; safe to repeat."""
        await self._http.aclose()

    async def retrieve(
        self,
        question: str,
        *,
        top_k: int = 5,
        max_tokens: int | None = None,
        filters: Mapping[str, Any] | None = None,
        explain: bool = False,
    ) -> Retrieval:
        """Return what ``Service.retrieve`` returns."""
        body = question_body(
            question, top_k=top_k, max_tokens=max_tokens, filters=filters, explain=explain
        )
        return retrieval_of(await self._call("POST", "/v1/retrieve", json=body))

    async def ask(
        self,
        question: str,
        *,
        top_k: int = 5,
        max_tokens: int | None = None,
        filters: Mapping[str, Any] | None = None,
        explain: bool = False,
        conversation: Sequence[Turn] = (),
    ) -> tuple[Retrieval, Answer | None]:
        """Return what ``Service.ask`` returns."""
        body = question_body(
            question,
            top_k=top_k,
            max_tokens=max_tokens,
            filters=filters,
            explain=explain,
            conversation=conversation,
        )
        reply = await self._call("POST", "/v1/ask", json=body)
        return retrieval_of(reply), answer_of(reply["answer"])

    async def stream(
        self,
        question: str,
        *,
        top_k: int = 5,
        max_tokens: int | None = None,
        filters: Mapping[str, Any] | None = None,
        explain: bool = False,
        conversation: Sequence[Turn] = (),
    ) -> AsyncIterator[AnswerEvent]:
        """Yield what ``Service.stream`` yields, as it arrives."""
        body = question_body(
            question,
            top_k=top_k,
            max_tokens=max_tokens,
            filters=filters,
            explain=explain,
            conversation=conversation,
            stream=True,
        )
        reader = EventReader()
        with _reaching(self.url):
            async with self._http.stream("POST", "/v1/ask", json=body) as reply:
                if reply.is_error:
                    raise error_of(reply.status_code, await reply.aread())
                async for received in reply.aiter_bytes():
                    for event in reader.read(received):
                        yield event

    async def documents(self) -> Sequence[DocumentInfo]:
        """Return every document, ordered by id."""
        found: list[DocumentInfo] = []
        after: str | None = ""
        while after is not None:
            reply = await self._call("GET", "/v1/documents", params={"after": after})
            found += document_infos_of(reply)
            after = reply["next"]
        return found

    async def document(self, document_id: str) -> Document:
        """Return one document with its text; raises DocumentNotFound."""
        return document_of(await self._call("GET", document_path(document_id)))

    async def _call(self, method: str, path: str, **options: Any) -> Any:
        with _reaching(self.url):
            reply = await self._http.request(method, path, **options)
        if reply.is_error:
            raise error_of(reply.status_code, reply.content)
        return reply.json()


@contextmanager
def _reaching(url: str) -> Iterator[None]:
    try:
        yield
    except httpx.TimeoutException as error:
        raise ServiceUnreachable(f"{url}: no reply in time", "give `seconds` a larger value") from (
            error
        )
    except httpx.TransportError as error:
        raise ServiceUnreachable(
            f"{url}: cannot be reached ({error})", "start it with `qa-service serve`"
        ) from error
