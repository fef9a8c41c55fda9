"""One writer at a time: a lock that the kernel drops when its holder dies."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from qa_service.errors import IndexLocked
from qa_service.index.generation.disk import writing

LOCK_FILE = ".lock"
_LONGEST_NOTE = 300


@contextmanager
def write_lock(index_dir: Path) -> Iterator[None]:
    """Hold the folder's write lock for the length of the block.

    Raises IndexLocked, naming who holds it, and IndexWriteFailed where no lock can be taken. The
    file stays behind: to unlink a lock file is to let two processes hold two files of one name.
    """
    path = index_dir / LOCK_FILE
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    with writing(path, "open the lock file"):
        descriptor = os.open(path, flags, 0o644)
    try:
        try:
            with writing(path, "lock the index"):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except Exception as error:
            if isinstance(error.__cause__, BlockingIOError):
                raise IndexLocked(
                    f"{index_dir}: another process is writing this index ({_holder(descriptor)})",
                    "wait until it is done, or choose another folder with --index",
                ) from None
            raise
        note = f"pid {os.getpid()} on {socket.gethostname()} since {datetime.now(UTC):%FT%TZ}\n"
        with writing(path, "note who holds the lock"):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, note.encode()[:_LONGEST_NOTE], 0)
        yield
    finally:
        with suppress(OSError):  # the lock is gone with the descriptor, whatever close reports
            os.close(descriptor)


def _holder(descriptor: int) -> str:
    try:
        note = os.pread(descriptor, _LONGEST_NOTE, 0).decode("utf-8", "replace").strip()
    except OSError:
        note = ""
    return "".join(c for c in note if c.isprintable()) or "it left no name"
