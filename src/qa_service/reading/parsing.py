"""Bytes to documents, each format where it is safe: in this process or in one with limits."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import LifoQueue
from types import TracebackType

from qa_service.errors import DocumentError
from qa_service.reading.confined.isolation import IsolatedParser, Limits
from qa_service.reading.files import CorpusFile
from qa_service.reading.formats import needs_isolation, parse
from qa_service.reading.language import with_language
from qa_service.records import Document

Outcome = Document | DocumentError

# More processes would wait for this one, which checks what they send.
_MOST_PROCESSES = 4
# How far parsing runs ahead of whoever takes the documents.
_AHEAD_FILES = 32
_AHEAD_BYTES = 100_000_000


def processes_for(threads: int) -> int:
    """Return how many processes parse at once where ``threads`` may compute; 0: every core."""
    return min(threads or os.cpu_count() or 1, _MOST_PROCESSES)


@dataclass(frozen=True, slots=True)
class _Pending:
    """A file on its way: known already, being parsed elsewhere, or to be parsed here when due."""

    file: CorpusFile
    given: bytes | Outcome
    future: Future[Document] | None

    @property
    def size(self) -> int:
        return len(self.given) if isinstance(self.given, bytes) else 0

    def outcome(self) -> Outcome:
        if not isinstance(self.given, bytes):
            return self.given
        try:
            if self.future is not None:
                return with_language(self.future.result())
            return with_language(parse(self.file, self.given))
        except DocumentError as error:
            return error


class DocumentParser:
    """Parses the files of a corpus; a context manager, because it keeps processes running.

    ``processes`` of them at most run at once, and none before the first file that needs one.
    """

    def __init__(self, limits: Limits, processes: int, command: Sequence[str] = ()) -> None:
        self._parsers = [IsolatedParser(limits, command) for _ in range(processes)]
        self._idle: LifoQueue[IsolatedParser] = LifoQueue()  # the one that runs goes on running
        for parser in reversed(self._parsers):
            self._idle.put(parser)
        self._pool = ThreadPoolExecutor(processes, "qa-reading")

    def parse_all(
        self, files: Iterable[tuple[CorpusFile, bytes | Outcome]]
    ) -> Iterator[tuple[CorpusFile, Outcome]]:
        """Yield each file with its document, or with why there is none, in the order given.

        A file comes with its bytes, or with an outcome that is known already and passed on in its
        turn. ``files`` is asked for more while earlier ones are still being parsed. Raises
        CorpusError when no process can be started.
        """
        pending: deque[_Pending] = deque()
        size = 0
        for file, given in files:
            pending.append(_Pending(file, given, self._begun(file, given)))
            size += pending[-1].size
            while pending and (
                pending[0].future is None or len(pending) > _AHEAD_FILES or size > _AHEAD_BYTES
            ):
                first = pending.popleft()
                yield first.file, first.outcome()
                size -= first.size
        for rest in pending:
            yield rest.file, rest.outcome()

    def _begun(self, file: CorpusFile, given: bytes | Outcome) -> Future[Document] | None:
        if isinstance(given, bytes) and needs_isolation(file, given):
            return self._pool.submit(self._isolated, file, given)
        return None

    def _isolated(self, file: CorpusFile, data: bytes) -> Document:
        parser = self._idle.get()
        try:
            return parser.parse(file, data)
        finally:
            self._idle.put(parser)

    def __enter__(self) -> DocumentParser:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for parser in self._parsers:
            parser.stop()
        self._pool.shutdown(cancel_futures=True)
        for parser in self._parsers:
            parser.close()
