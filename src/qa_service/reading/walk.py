"""The corpus as a sorted list of files, and an honest list of what is not among them."""

from __future__ import annotations

import errno
import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qa_service.errors import (
    CorpusError,
    CorpusNotFound,
    DocumentError,
    DocumentUnsafe,
    UnsupportedFormat,
)
from qa_service.reading.files import CorpusFile, printable, too_large, unreadable
from qa_service.reading.formats import is_supported, supported_suffixes

__all__ = ["CorpusFile", "Skipped", "Walk", "walk"]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file left out without harm, and why."""

    id: str
    code: str
    message: str
    hint: str

    @classmethod
    def because(cls, document_id: str, reason: DocumentError) -> Skipped:
        """Return the entry for an error that is a reason here rather than a failure."""
        return cls(document_id, reason.code, reason.message, reason.hint)


@dataclass(frozen=True, slots=True)
class Walk:
    """What a corpus holds, each list sorted by id.

    ``files`` can be read. ``skipped`` are no documents (another format, a device, a link to a
    folder that is listed anyway). ``failed`` cannot be used as they are (too large, unreadable,
    leading out of the corpus): leaving one out may lose something.
    """

    files: list[CorpusFile]
    skipped: list[Skipped]
    failed: list[DocumentError]


def walk(corpus: Path, *, max_bytes: int, max_documents: int) -> Walk:
    """Return every file under ``corpus``, sorted by id, and what was left out, with reasons.

    Only names that begin with a dot are passed over in silence. Nothing outside the corpus is
    listed and nothing but folders is opened: links that lead out, devices, pipes and sockets are
    reported. A link to a file inside the corpus is that file under the link's name.

    Raises CorpusNotFound when ``corpus`` is no folder that can be listed, and CorpusError beyond
    ``max_documents``.
    """
    root = _root(corpus)
    files: list[CorpusFile] = []
    skipped: list[Skipped] = []
    failed: list[tuple[str, DocumentError]] = []
    for found in _entries(root):
        if isinstance(found, CorpusFile) and found.size > max_bytes:
            failed.append((found.id, too_large(found.id, f"{found.size:,}", max_bytes)))
        elif isinstance(found, CorpusFile):
            files.append(CorpusFile(found.id, found.path, found.size, limit=max_bytes))
        elif isinstance(found, Skipped):
            skipped.append(found)
        else:
            failed.append(found)
        if len(files) > max_documents:
            raise CorpusError(
                f"{corpus}: more than {max_documents:,} documents",
                "raise QA_MAX_DOCUMENTS or split the corpus",
            )
    return Walk(
        sorted(files, key=lambda file: file.id),
        sorted(skipped, key=lambda entry: entry.id),
        [error for _, error in sorted(failed, key=lambda entry: entry[0])],
    )


_Found = CorpusFile | Skipped | tuple[str, DocumentError]


def _root(corpus: Path) -> Path:
    try:
        root = Path(os.path.realpath(corpus, strict=True))
        with os.scandir(root):
            return root
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise CorpusNotFound(
            f"{printable(str(corpus))}: {reason}",
            "name the folder that holds the documents (--corpus or QA_CORPUS)",
        ) from None


def _entries(root: Path) -> Iterator[_Found]:
    # A stack, not recursion: a folder may be nested deeper than Python calls may be.
    folders = [root]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            document_id = _id(root, folder)
            yield document_id, unreadable(document_id, error)
            continue
        for entry in entries:
            if entry.name.startswith("."):
                continue
            document_id = _id(root, Path(entry.path))
            try:
                found = _examine(root, entry, document_id)
            except DocumentError as error:
                yield document_id, error
            except OSError as error:
                yield document_id, unreadable(document_id, error)
            else:
                if isinstance(found, Path):
                    folders.append(found)
                else:
                    yield found


def _examine(root: Path, entry: os.DirEntry[str], document_id: str) -> Path | CorpusFile | Skipped:
    """Return a folder to enter, a file, or why it is skipped; raises what makes it a failure."""
    path = Path(entry.path)
    is_link = entry.is_symlink()
    if is_link:
        path = _target(path, document_id)
        if not path.is_relative_to(root):
            raise DocumentUnsafe(
                f"{printable(document_id)}: a link that leaves the corpus",
                "copy what it points to into the corpus, or remove the link",
            )
    status = path.lstat()
    if stat.S_ISDIR(status.st_mode):
        if is_link:
            return Skipped(
                printable(document_id),
                DocumentUnsafe.code,
                f"{printable(document_id)}: a link to a folder of the corpus",
                "nothing: the files of that folder are read in their own place",
            )
        _check_name(entry.name, document_id)
        return path
    if not is_supported(entry.name):
        reason = UnsupportedFormat(
            f"{printable(document_id)}: no supported format",
            f"supported: {', '.join(supported_suffixes())}",
        )
        return Skipped.because(printable(document_id), reason)
    if not stat.S_ISREG(status.st_mode):
        raise DocumentUnsafe(
            f"{printable(document_id)}: not a regular file", "remove it from the corpus"
        )
    _check_name(entry.name, document_id)
    return CorpusFile(document_id, path, status.st_size)


def _target(link: Path, document_id: str) -> Path:
    try:
        return Path(os.path.realpath(link, strict=True))
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise DocumentUnsafe(
            f"{printable(document_id)}: a link that leads to itself", "remove the link"
        ) from None


def _check_name(name: str, document_id: str) -> None:
    """Refuse a name that could not be an id: ids stand in JSON, in URLs and on single lines."""
    for character in name:
        category = unicodedata.category(character)
        if category == "Cs":
            what = "is not UTF-8"
        elif category in ("Cc", "Zl", "Zp"):
            what = "holds a line break or another control character"
        else:
            continue
        raise DocumentUnsafe(f"{printable(document_id)}: its name {what}", "rename it")


def _id(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()
