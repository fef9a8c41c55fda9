"""Files parsed in a process that may die of them: limited in time, memory and what it may do.

Only bytes go in and only checked data comes out: a parser that a hostile file has taken over can
neither run code here nor return a document that breaks a promise.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from qa_service.errors import (
    CorpusError,
    DocumentError,
    ParserCrashed,
    ReadingOutOfMemory,
    ReadingTimedOut,
)
from qa_service.reading.confined.child import Child
from qa_service.reading.confined.confinement import MEGABYTE
from qa_service.reading.confined.frames import FrameError
from qa_service.reading.confined.transfer import NoDocument, unpack
from qa_service.reading.files import CorpusFile, printable
from qa_service.records import Document

# A fresh process now and then: parsers leak, and memory comes apart.
_MOST_FILES = 1_000
_MOST_BYTES = 200_000_000
_SHORTEST_SECONDS = 1.0
_NEAR_LIMIT = 0.75
_LONGEST_WORDS = 1_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take: seconds of real time, and megabytes of memory."""

    seconds: int = 10
    megabytes: int = 512


class IsolatedParser:
    """Parses one file after another in a child process; one thread at a time may use it.

    The process starts at the first file. It is replaced when it dies, when a file takes too long
    or too much memory, and after so many files. A file that fails in a process that had read
    others is tried once more in a fresh one: what becomes of a file does not depend on its
    neighbours. ``command`` is the program to run, which is given MEGABYTES and SECONDS.
    """

    def __init__(self, limits: Limits, command: Sequence[str] = ()) -> None:
        self._limits = limits
        self._command = (
            *(command or (sys.executable, "-P", "-m", "qa_service.reading.confined.worker")),
            *(str(limits.megabytes), str(limits.seconds)),
        )
        self._child: Child | None = None
        self._stopped = False

    def parse(self, file: CorpusFile, data: bytes) -> Document:
        """Return the document whose bytes are ``data``.

        Raises ReadingTimedOut, ReadingOutOfMemory, ParserCrashed and what the format's reader
        raises, all of them DocumentError; and CorpusError when no process can be started, or
        after ``stop``.
        """
        start = time.monotonic()
        child = self._child_for(len(data))
        try:
            return self._parse_in(child, file, data, self._limits.seconds)
        except (ReadingOutOfMemory, ParserCrashed) as error:
            if child.files == 1 and self._child is not None:
                raise  # it lives and says what happened, and no other file had part in it
            first = error
        # Once more, to see it alone, and what its memory does before it dies.
        self.close()
        left = max(self._limits.seconds - (time.monotonic() - start), _SHORTEST_SECONDS)
        try:
            return self._parse_in(self._child_for(len(data)), file, data, left, closely=True)
        except ReadingTimedOut:
            raise first from None

    def stop(self) -> None:
        """Have the file that is being parsed fail at once, and every later one; any thread may."""
        self._stopped = True
        if (child := self._child) is not None:
            child.kill()

    def close(self) -> None:
        """End the process; another file would start another."""
        if self._child is not None:
            self._child.end()
            self._child = None

    def _child_for(self, size: int) -> Child:
        child = self._child
        if child is not None and (child.files >= _MOST_FILES or child.bytes + size > _MOST_BYTES):
            self.close()
        if self._stopped:
            raise CorpusError("reading was stopped", "run `qa-service index` again")
        if self._child is None:
            self._child = Child(self._command)
        return self._child

    def _parse_in(
        self, child: Child, file: CorpusFile, data: bytes, seconds: float, *, closely: bool = False
    ) -> Document:
        longest = self._limits.megabytes * MEGABYTE
        try:
            reply, text = child.ask(
                file.id, data, seconds=seconds, longest_answer=longest, closely=closely
            )
        except (FrameError, OSError):
            self._child = None
            self._report_death(child, file)
        except BaseException:  # an interrupt must not leave the child at work
            self.close()
            raise
        if child.expired:  # the answer came with the deadline, but the process is gone
            self.close()
        if "out_of_memory" in reply:
            raise self._out_of_memory(file)
        if "error" in reply:
            raise _refusal(reply["error"], file)
        try:
            if "failed" in reply:
                raise NoDocument(str(reply["failed"]))
            return unpack(reply.get("document"), text, file, data)
        except NoDocument as error:
            raise _crashed(file, _words(str(error))) from None

    def _report_death(self, child: Child, file: CorpusFile) -> NoReturn:
        status = child.end()
        if child.expired or status == -signal.SIGXCPU:
            raise ReadingTimedOut(
                f"{printable(file.id)}: reading took longer than {self._limits.seconds} s",
                "raise QA_READ_SECONDS, split it, or remove it from the corpus",
            )
        # Native code dies in its own way when it gets no memory; it had come near the limit then.
        if child.peak > _NEAR_LIMIT * self._limits.megabytes * MEGABYTE:
            raise self._out_of_memory(file)
        how = f"signal {signal.Signals(-status).name}" if status < 0 else f"status {status}"
        raise _crashed(file, how)

    def _out_of_memory(self, file: CorpusFile) -> ReadingOutOfMemory:
        return ReadingOutOfMemory(
            f"{printable(file.id)}: reading needed more than {self._limits.megabytes} MB",
            "raise QA_READ_MEGABYTES, split it, or remove it from the corpus",
        )


def _crashed(file: CorpusFile, how: str) -> ParserCrashed:
    return ParserCrashed(
        f"{printable(file.id)}: the parser crashed ({how})",
        "save it anew or as another format, or remove it from the corpus",
    )


def _refusal(reason: Any, file: CorpusFile) -> DocumentError:
    """Return the error that the format's reader raised, from what the process says about it."""
    try:
        code, message, hint = (_words(str(reason[name])) for name in ("code", "message", "hint"))
    except (KeyError, TypeError):
        return _crashed(file, "it gave no reason")
    for kind in _kinds(DocumentError):
        if kind.code == code:
            return kind(message, hint)
    return DocumentError(message, hint)


def _kinds(kind: type[DocumentError]) -> Iterator[type[DocumentError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _kinds(child)


def _words(text: str) -> str:
    return printable(" ".join(text.split()))[:_LONGEST_WORDS]
