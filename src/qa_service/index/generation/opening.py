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
import mmap
import os
import stat
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from qa_service.errors import IndexCorrupt, IndexMissing
from qa_service.index.arrays import Content
from qa_service.index.generation.disk import FileRecord
from qa_service.index.generation.manifest import (
    LARGEST_MANIFEST,
    MANIFEST_FILE,
    REBUILD,
    Manifest,
    is_version,
    parse,
)
from qa_service.index.generation.open_file import OpenFile, unreadable

CURRENT_FILE = "CURRENT"
_MAPPED = 32 << 20  # bytes from which a file is mapped rather than read into memory
_HASHED_ALONE = 64 << 20  # bytes of a generation below which a second thread is not worth it
_MOST_THREADS = 4


@dataclass(frozen=True, slots=True)
class Loaded:
    """Verified files of a generation: the bytes of some, in memory or mapped, others open."""

    contents: dict[str, Content]
    files: dict[str, OpenFile]

    def close(self) -> None:
        """Close the open files; safe to repeat."""
        for file in self.files.values():
            file.close()

    def rest(self) -> None:
        """Let go of the memory that mapped pages take up; they come back when they are read."""
        for content in self.contents.values():
            if isinstance(content, mmap.mmap):
                content.madvise(mmap.MADV_DONTNEED)


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation whose manifest holds; its files are read through these methods alone."""

    folder: Path
    manifest: Manifest

    def read(self, name: str) -> bytes:
        """Return the bytes of a file, after they matched the manifest; raises IndexCorrupt."""
        with self._open(name) as file:
            return self._read(file, self._record(name))

    def load(self, contents: Iterable[str], open_files: Iterable[str]) -> Loaded:
        """Return files after their bytes matched the manifest: the contents of some, others open
        for reading.

        Large contents are mapped. They are hashed by reading the file, not the map: what was
        checked then takes up no memory of this process. Large generations are hashed by several
        threads, the largest file first. Raises IndexCorrupt.
        """
        contents, kept = frozenset(contents), tuple(open_files)
        names = sorted((*contents, *kept), key=lambda name: (-self._record(name).size, name))
        total = sum(self._record(name).size for name in names)
        threads = min(os.cpu_count() or 1, _MOST_THREADS) if total > _HASHED_ALONE else 1
        with ExitStack() as undo:
            # All are opened before any is read: a name may be gone a moment later.
            files = {name: undo.enter_context(self._open(name)) for name in names}

            def verify(name: str) -> Content | None:
                return self._verify(files[name], self._record(name), name in contents)

            found = dict(zip(names, _each(verify, names, threads), strict=True))
            undo.pop_all()
        for name in contents:
            files.pop(name).close()
        return Loaded({name: c for name, c in found.items() if c is not None}, files)

    def _verify(self, file: OpenFile, record: FileRecord, wanted: bool) -> Content | None:
        if wanted and record.size < _MAPPED:
            return self._read(file, record)
        if file.sha256() != record.sha256:
            raise _differs(file.path)
        return file.map() if wanted else None

    def _open(self, name: str) -> OpenFile:
        """Return a file of the size that the manifest says; raises IndexCorrupt."""
        path, record = self.folder / name, self._record(name)
        try:
            file = OpenFile(path)
        except FileNotFoundError as error:
            raise IndexCorrupt(f"{path}: is missing", REBUILD) from error
        if file.size != record.size:
            file.close()
            raise IndexCorrupt(
                f"{path}: {file.size} bytes, and the manifest says {record.size}", REBUILD
            )
        return file

    def _read(self, file: OpenFile, record: FileRecord) -> bytes:
        data = file.read(0, record.size)
        if hashlib.sha256(data).hexdigest() != record.sha256:
            raise _differs(file.path)
        return data

    def _record(self, name: str) -> FileRecord:
        record = self.manifest.files.get(name)
        if record is None:
            raise IndexCorrupt(f"{self.folder}: the manifest lists no {name}", REBUILD)
        return record


def current_version(index_dir: Path) -> str:
    """Return the name of the live generation; raises IndexMissing and IndexCorrupt."""
    path = index_dir / CURRENT_FILE
    try:
        data = _read_short(path, 100)
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
        manifest = parse(_read_short(path, LARGEST_MANIFEST), path)
    except FileNotFoundError as error:
        raise IndexCorrupt(
            f"{index_dir / CURRENT_FILE}: names {version}, but {path} is missing", REBUILD
        ) from error
    except OSError as error:
        raise unreadable(folder, error) from error
    if manifest.version != version:
        raise IndexCorrupt(f"{path}: describes {manifest.version}, not {version}", REBUILD)
    return Generation(folder, manifest)


def _read_short(path: Path, limit: int) -> bytes:
    """Return a file of at most so many bytes; raises IndexCorrupt and FileNotFoundError."""
    with OpenFile(path) as file:
        if file.size > limit:
            raise IndexCorrupt(f"{path}: longer than the {limit} bytes it may have", REBUILD)
        return file.read(0, file.size)


def _each(
    verify: Callable[[str], Content | None], names: Sequence[str], threads: int
) -> list[Content | None]:
    if threads == 1:
        return [verify(name) for name in names]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(verify, names))


def _differs(path: Path) -> IndexCorrupt:
    return IndexCorrupt(f"{path}: its SHA-256 is not the one in the manifest", REBUILD)
