"""Generations on disk, as a reader sees them: opened only when every byte fits.

The folder of an index:

    CURRENT               the name of the live generation and a newline, nothing else
    gen-000007/           an immutable generation
        manifest.json     size and SHA-256 of every other file, and of itself
        ...
    .lock                 held by the one process that writes

``commit`` holds the writing side. Nothing is parsed before its checksum was verified; links are
never followed, so that no name in the folder leads out of it.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from qa_service.errors import IndexCorrupt, IndexMissing
from qa_service.index.disk import FileRecord
from qa_service.index.manifest import (
    LARGEST_MANIFEST,
    MANIFEST_FILE,
    REBUILD,
    Manifest,
    is_version,
    parse,
)

CURRENT_FILE = "CURRENT"
_CHUNK = 1 << 20
_OPEN_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation whose manifest holds; its files are read through ``read`` and ``verified``."""

    folder: Path
    manifest: Manifest

    def read(self, name: str) -> bytes:
        """Return the bytes of a file, after they matched the manifest; raises IndexCorrupt."""
        path, record = self.folder / name, self._record(name)
        try:
            data = _read_file(path, record.size, exact=True)
        except FileNotFoundError as error:
            raise _missing(path) from error
        if hashlib.sha256(data).hexdigest() != record.sha256:
            raise _differs(path)
        return data

    def verified(self, name: str) -> Path:
        """Return the path of a file, after its bytes matched the manifest, for a library to open.

        Raises IndexCorrupt.
        """
        path, record = self.folder / name, self._record(name)
        digest = hashlib.sha256()
        try:
            with _opened(path) as descriptor:
                _check_size(path, descriptor, record.size)
                while chunk := os.read(descriptor, _CHUNK):
                    digest.update(chunk)
        except FileNotFoundError as error:
            raise _missing(path) from error
        if digest.hexdigest() != record.sha256:
            raise _differs(path)
        return path

    def _record(self, name: str) -> FileRecord:
        record = self.manifest.files.get(name)
        if record is None:
            raise IndexCorrupt(f"{self.folder}: the manifest lists no {name}", REBUILD)
        return record


def current_version(index_dir: Path) -> str:
    """Return the name of the live generation; raises IndexMissing and IndexCorrupt."""
    path = index_dir / CURRENT_FILE
    try:
        data = _read_file(path, 100, exact=False)
    except FileNotFoundError as error:
        raise IndexMissing(
            f"{index_dir}: no index here",
            f"build one with `qa-service index --corpus DIR --index {index_dir}`",
        ) from error
    name = data.decode("ascii", "replace")
    if not name.endswith("\n") or not is_version(name[:-1]):
        raise IndexCorrupt(f"{path}: names no generation: {name!r}", REBUILD)
    return name[:-1]


def open_generation(index_dir: Path, version: str) -> Generation:
    """Return a generation after its manifest was verified; raises IndexCorrupt, IndexMismatch."""
    folder = index_dir / version
    path = folder / MANIFEST_FILE
    try:
        if not stat.S_ISDIR(folder.lstat().st_mode):
            raise IndexCorrupt(f"{folder}: is not a folder", REBUILD)
        manifest = parse(_read_file(path, LARGEST_MANIFEST, exact=False), path)
    except FileNotFoundError as error:
        raise IndexCorrupt(
            f"{index_dir / CURRENT_FILE}: names {version}, but {path} is missing", REBUILD
        ) from error
    except OSError as error:
        raise _unreadable(folder, error) from error
    if manifest.version != version:
        raise IndexCorrupt(f"{path}: describes {manifest.version}, not {version}", REBUILD)
    return Generation(folder, manifest)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """Give a descriptor of a regular file, never following a link.

    Raises IndexCorrupt, but FileNotFoundError for a missing file: the caller knows what that means.
    """
    try:
        descriptor = os.open(path, _OPEN_FLAGS)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _unreadable(path, error) from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise IndexCorrupt(f"{path}: is no regular file", REBUILD)
        yield descriptor
    except OSError as error:
        raise _unreadable(path, error) from error
    finally:
        os.close(descriptor)


def _read_file(path: Path, limit: int, *, exact: bool) -> bytes:
    with _opened(path) as descriptor:
        if exact:
            _check_size(path, descriptor, limit)
        parts = []
        left = limit + 1
        while left and (chunk := os.read(descriptor, min(left, 64 * _CHUNK))):
            parts.append(chunk)
            left -= len(chunk)
    if not left:
        raise IndexCorrupt(f"{path}: longer than the {limit} bytes it may have", REBUILD)
    return b"".join(parts)


def _check_size(path: Path, descriptor: int, size: int) -> None:
    found = os.fstat(descriptor).st_size
    if found != size:
        raise IndexCorrupt(f"{path}: {found} bytes, and the manifest says {size}", REBUILD)


def _missing(path: Path) -> IndexCorrupt:
    return IndexCorrupt(f"{path}: is missing", REBUILD)


def _differs(path: Path) -> IndexCorrupt:
    return IndexCorrupt(f"{path}: its SHA-256 is not the one in the manifest", REBUILD)


def _unreadable(path: Path, error: OSError) -> IndexCorrupt:
    return IndexCorrupt(
        f"{path}: cannot be read: {error.strerror or error}",
        f"check the permissions and the disk, or {REBUILD}",
    )
