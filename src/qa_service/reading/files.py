"""One file of a corpus, and its bytes read without ever following a link."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from qa_service.errors import DocumentTooLarge, DocumentUnreadable, DocumentUnsafe

# Opens a folder only to step through it; elsewhere than Linux, reading it is the nearest thing.
_STEP = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Non-blocking, so that a pipe put in the file's place cannot hang the reader.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """A regular file found in the corpus.

    ``id`` is its path inside the corpus with forward slashes; ``path`` is absolute and free of
    links; ``size`` is in bytes, as found; ``limit`` is the most bytes it may have grown to when
    it is read (unset: ``size``).
    """

    id: str
    path: Path
    size: int
    limit: int | None = None


def read_bytes(file: CorpusFile) -> bytes:
    """Return the file's content.

    The path is walked folder by folder without following links, so that what was checked is what
    is read, even when someone rearranges the corpus in between. Raises DocumentUnsafe when a link
    or anything but a regular file stands there now, DocumentTooLarge beyond the limit, and
    DocumentUnreadable when the system refuses.
    """
    limit = file.size if file.limit is None else file.limit
    try:
        descriptor = _open(file.path)
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise DocumentUnsafe(
                    f"{file.id}: not a regular file", "replace it by a copy of its content"
                )
            data = stream.read(limit + 1)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            raise DocumentUnsafe(
                f"{file.id}: reached through a link", "replace the link by what it points to"
            ) from None
        raise unreadable(file.id, error) from None
    if len(data) > limit:
        raise too_large(file.id, f"more than {limit:,}", limit)
    return data


def _open(path: Path) -> int:
    folder = os.open(path.anchor, _STEP)
    try:
        for name in path.parts[1:-1]:
            deeper = os.open(name, _STEP, dir_fd=folder)
            os.close(folder)
            folder = deeper
        return os.open(path.name, _READ, dir_fd=folder)
    finally:
        os.close(folder)


def unreadable(document_id: str, error: OSError) -> DocumentUnreadable:
    """Return the document's error for what the operating system refused."""
    return DocumentUnreadable(
        f"{printable(document_id)}: {error.strerror or error}",
        "make it readable for this user, or remove it from the corpus",
    )


def too_large(document_id: str, size: str, limit: int) -> DocumentTooLarge:
    """Return the document's error for a size beyond the limit."""
    return DocumentTooLarge(
        f"{printable(document_id)}: {size} bytes exceed the limit of {limit:,}",
        "raise QA_MAX_DOCUMENT_BYTES or split it",
    )


def printable(name: str) -> str:
    """Return the name on one line, with escapes for what no terminal or log should see."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in name)
