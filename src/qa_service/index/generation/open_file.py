"""One file of an index, open for reading: a regular file, never reached through a link."""

from __future__ import annotations

import hashlib
import mmap
import os
import stat
import weakref
from pathlib import Path

from qa_service.errors import IndexCorrupt, IndexMissing
from qa_service.index.generation.manifest import REBUILD

_CHUNK = 1 << 20
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


class OpenFile:
    """Bytes by position, whole, or as a memory map; usable after the file lost its name.

    Safe to share between threads. Closed by ``close`` or, at the latest, with its last reference.
    """

    def __init__(self, path: Path) -> None:
        """Open a file; raises IndexCorrupt, but FileNotFoundError for a missing one: the caller
        knows what that means."""
        self.path = path
        try:
            self._descriptor = os.open(path, _FLAGS)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise unreadable(path, error) from error
        self._close = weakref.finalize(self, os.close, self._descriptor)
        try:
            found = os.fstat(self._descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise IndexCorrupt(f"{path}: is no regular file", REBUILD)
        except BaseException:
            self.close()
            raise
        self.size = found.st_size

    def __enter__(self) -> OpenFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, offset: int, size: int) -> bytes:
        """Return ``size`` bytes from ``offset`` on; raises IndexCorrupt when they are not there."""
        data = bytearray(size)
        self.read_into(offset, memoryview(data))
        return bytes(data)

    def read_into(self, offset: int, view: memoryview) -> None:
        """Fill ``view`` with the bytes from ``offset`` on; raises IndexCorrupt."""
        if not self._close.alive:
            raise IndexMissing(f"{self.path}: this index has been closed", "open it again")
        try:
            while view:
                count = os.preadv(self._descriptor, [view], offset)
                if not count:
                    raise IndexCorrupt(f"{self.path}: ends early, at byte {offset}", REBUILD)
                view, offset = view[count:], offset + count
        except OSError as error:
            raise unreadable(self.path, error) from error

    def sha256(self) -> str:
        """Return the SHA-256 of the bytes in the file, in hexadecimal digits."""
        digest = hashlib.sha256()
        buffer = memoryview(bytearray(min(_CHUNK, max(self.size, 1))))
        for offset in range(0, self.size, _CHUNK):
            part = buffer[: min(_CHUNK, self.size - offset)]
            self.read_into(offset, part)
            digest.update(part)
        return digest.hexdigest()

    def map(self, advice: int = mmap.MADV_NORMAL) -> mmap.mmap:
        """Return the bytes as a read-only memory map that outlives this object.

        A file that is cut short under a map kills the process that reads there; generations are
        written once and removed by name only, so that nothing of this program does that.
        """
        mapped = mmap.mmap(self._descriptor, self.size, access=mmap.ACCESS_READ)
        mapped.madvise(advice)
        return mapped

    def close(self) -> None:
        """Close the file; safe to repeat."""
        self._close()


def unreadable(path: Path, error: OSError) -> IndexCorrupt:
    """Return the error for a file or folder that the operating system does not let read."""
    return IndexCorrupt(
        f"{path}: cannot be read: {error.strerror or error}",
        f"check the permissions and the disk, or {REBUILD}",
    )
