"""The child process of isolated reading: started ready, asked with a deadline, ended for sure."""

from __future__ import annotations

import math
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from qa_service.errors import CorpusError
from qa_service.reading.confined.frames import FrameError, read_frame, write_frame

_START_SECONDS = 60.0
_LOOK_SECONDS = 0.1  # how late a deadline may be noticed
_CLOSE_LOOK_SECONDS = 0.001
# What Python and its libraries need to start; nothing of a user's or of a service's secrets.
_KEPT = ("PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
# One thread is enough for one file, and each more would reserve memory of its own.
_SET = {"PYTHONUTF8": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class Child:
    """A process that has said it is ready; ``files`` and ``bytes`` count what it was given.

    ``expired`` tells that it was killed because an answer took too long; ``peak`` is the most
    private memory it was seen to hold, in bytes. Making one raises CorpusError when it does not
    get ready.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self.files = 0
        self.bytes = 0
        self.expired = False
        self.peak = 0
        self._look_seconds = _LOOK_SECONDS
        self._lock = threading.Lock()
        self._expires = math.inf
        self._ended = threading.Event()
        with tempfile.TemporaryFile() as complaints:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env={**{name: os.environ[name] for name in _KEPT if name in os.environ}, **_SET},
            )
            self._requests = cast(BinaryIO, self._process.stdin)
            self._replies = cast(BinaryIO, self._process.stdout)
            self._watching = threading.Thread(
                target=self._watch, name="qa-reading-watch", daemon=True
            )
            self._watching.start()
            try:
                with self._deadline(_START_SECONDS):
                    read_frame(self._replies, 0)
            except FrameError:
                status = self.end()
                raise CorpusError(
                    "the process that reads documents did not start: "
                    f"status {status} ({_last_words(complaints)})",
                    "free memory if it is short; else install qa-service again",
                ) from None
            except BaseException:
                self.end()
                raise

    def ask(
        self,
        document_id: str,
        data: bytes,
        *,
        seconds: float,
        longest_answer: int,
        closely: bool = False,
    ) -> tuple[dict[str, Any], bytes]:
        """Return the answer about one file; raises FrameError or OSError when the child is gone.

        ``closely`` looks at its memory every millisecond, as ``peak`` then tells.
        """
        self._look_seconds = _CLOSE_LOOK_SECONDS if closely else _LOOK_SECONDS
        self.files += 1
        self.bytes += len(data)
        with self._deadline(seconds):
            write_frame(self._requests, {"id": document_id}, data)
            return read_frame(self._replies, longest_answer)

    def kill(self) -> None:
        """Kill the process; whoever waits for its answer gets none. Any thread may do this."""
        with self._lock:
            self._process.kill()

    def end(self) -> int:
        """Kill the process if it still runs; return its status, negative for a signal."""
        self._ended.set()
        with self._lock:
            self._process.kill()
        self._watching.join()  # it is not to look at whoever gets the process's number next
        with suppress(OSError):  # what it had not yet read goes nowhere
            self._requests.close()
        self._replies.close()
        return self._process.wait()

    @contextmanager
    def _deadline(self, seconds: float) -> Iterator[None]:
        """Kill the process when the block is not left in time: reading from it then ends."""
        with self._lock:
            self._expires = time.monotonic() + seconds
        try:
            yield
        finally:
            with self._lock:
                self._expires = math.inf

    def _watch(self) -> None:
        # One thread for all deadlines: starting one for each file would cost as much as a file.
        while not self._ended.wait(self._look_seconds):
            with self._lock:
                if time.monotonic() > self._expires:
                    self.expired = True
                    self._process.kill()
                    return
            self.peak = max(self.peak, _data_bytes(self._process.pid))


def _data_bytes(pid: int) -> int:
    """Return what counts against a process's limit on data; 0 where it cannot be known."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[5])
    except (OSError, IndexError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _last_words(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    lines = complaints.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1].strip() if lines else "it said nothing"
