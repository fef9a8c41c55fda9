"""The few ways in which an index touches the disk when it is written, each failing clearly.

Every function here raises IndexWriteFailed (what, where, the operating system's words, what next)
instead of a bare OSError, and nothing else in the writing path calls the operating system. Tests
put a faulty ``os`` in this module's place to fail each step in turn.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from qa_service.errors import IndexWriteFailed

_CHUNK = 1 << 20
_AGAIN = "run `qa-service index` again"


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What the manifest says about one file: the SHA-256 of its bytes, and how many."""

    sha256: str
    size: int


@contextmanager
def writing(path: Path, action: str) -> Iterator[None]:
    """Turn an OSError inside the block into IndexWriteFailed about ``path``."""
    try:
        yield
    except OSError as error:
        raise write_failed(path, action, error) from error


def write_failed(path: Path, action: str, error: OSError) -> IndexWriteFailed:
    """Return the error for a failed ``action`` on ``path``, with the hint its cause deserves."""
    reason = error.strerror or str(error) or type(error).__name__
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        hint = f"make room on that disk or choose another folder with --index, then {_AGAIN}"
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        hint = f"make the folder writable or choose another with --index, then {_AGAIN}"
    else:
        hint = f"check the disk that holds the folder, then {_AGAIN}"
    return IndexWriteFailed(f"{path}: cannot {action}: {reason}", hint)


class NewFile:
    """A file that did not exist before, hashed while it is written.

    Use it as a context manager: leaving the block syncs and closes the file, leaving it by an
    exception only closes it. ``record`` is known after a clean exit.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._hash = hashlib.sha256()
        self._size = 0
        self._pending = bytearray()
        self._record: FileRecord | None = None
        with writing(path, "create the file"):
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
            self._descriptor = os.open(path, flags, 0o644)

    def write(self, data: bytes | memoryview) -> int:
        """Take all of ``data`` and return its length in bytes; small pieces go out together."""
        view = memoryview(data).cast("B")
        if len(self._pending) + len(view) < _CHUNK:
            self._pending += view
        else:
            self._flush()
            self._write_out(view)
        return len(view)

    def _flush(self) -> None:
        self._write_out(memoryview(bytes(self._pending)))
        self._pending.clear()

    def _write_out(self, view: memoryview) -> None:
        self._hash.update(view)
        self._size += len(view)
        with writing(self.path, "write"):
            while view:
                view = view[os.write(self._descriptor, view) :]

    @property
    def record(self) -> FileRecord:
        if self._record is None:
            raise ValueError(f"{self.path}: the record is known only after the file is closed")
        return self._record

    def __enter__(self) -> NewFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._flush()
                with writing(self.path, "flush to the disk"):
                    os.fsync(self._descriptor)
                self._record = FileRecord(self._hash.hexdigest(), self._size)
        finally:
            with writing(self.path, "close the file"):
                os.close(self._descriptor)


def write_new(path: Path, data: bytes | memoryview) -> FileRecord:
    """Create ``path`` with these bytes, synced; return its record."""
    with NewFile(path) as file:
        file.write(data)
    return file.record


def sync_existing(path: Path) -> FileRecord:
    """Sync a file that a library wrote, and return its record from the bytes read back."""
    digest = hashlib.sha256()
    size = 0
    with writing(path, "flush to the disk"):
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            os.fsync(descriptor)
            while chunk := os.read(descriptor, _CHUNK):
                digest.update(chunk)
                size += len(chunk)
        finally:
            os.close(descriptor)
    return FileRecord(digest.hexdigest(), size)


def sync_folder(path: Path) -> None:
    """Make the folder's entries durable: a rename alone does not survive a power loss."""
    with writing(path, "flush the folder to the disk"):
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def rename(source: Path, target: Path) -> None:
    """Put ``source`` in the place of ``target`` in one step."""
    with writing(target, "put the new file in place"):
        os.replace(source, target)  # noqa: PTH105 - through this module's os, where tests fail it


def make_folder(path: Path, *, exist_ok: bool = False) -> None:
    """Create a folder; with ``exist_ok`` its parents too, and an existing one is fine."""
    with writing(path, "create the folder"):
        if exist_ok:
            os.makedirs(path, exist_ok=True)  # noqa: PTH103 - as above
        else:
            os.mkdir(path)  # noqa: PTH102 - as above


def is_there(path: Path) -> bool:
    """Return whether something stands at ``path``, be it what it may."""
    with writing(path, "look at the folder"):
        try:
            path.lstat()
        except (FileNotFoundError, NotADirectoryError):
            return False
    return True


def remove_quietly(path: Path) -> bool:
    """Remove a file, a link or a whole folder; return whether it is gone.

    Never raises: it tidies up, and what stays behind is unnamed by any manifest and is tried
    again by the next writer.
    """
    try:
        if stat.S_ISDIR(path.lstat().st_mode):
            shutil.rmtree(path)
        else:
            path.unlink()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True
