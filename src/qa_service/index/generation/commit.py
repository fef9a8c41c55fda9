"""Writing a generation: aside first, then made the live one by two renames.

The order of a commit: the files, each synced; their folder; the manifest under a temporary name,
synced, renamed; CURRENT likewise; the parent folder. Before CURRENT is renamed the old generation
is the live one, after it the new one: at no moment is there a third state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from qa_service.errors import IndexCorrupt, IndexMissing, IndexWriteFailed
from qa_service.index.generation import disk
from qa_service.index.generation.disk import FileRecord, NewFile
from qa_service.index.generation.lock import write_lock
from qa_service.index.generation.manifest import MANIFEST_FILE, Manifest, is_version, render
from qa_service.index.generation.opening import CURRENT_FILE, current_version

KEPT = 2
"""Generations kept by default: the live one, and the one before it to go back to."""

_TEMPORARY = ".tmp"


class NewGeneration:
    """A generation being written; nobody sees it before ``commit``."""

    def __init__(self, index_dir: Path, version: str) -> None:
        self.version = version
        self.folder = index_dir / version
        self.committed = False
        self._index_dir = index_dir
        self._files: dict[str, FileRecord] = {}
        disk.make_folder(self.folder)

    def path(self, name: str) -> Path:
        """Return where a file of this name belongs."""
        return self.folder / name

    def write(self, name: str, data: bytes) -> None:
        """Write one file."""
        self._files[name] = disk.write_new(self.path(name), data)

    @contextmanager
    def stream(self, name: str) -> Iterator[NewFile]:
        """Give a file to write piece by piece."""
        with NewFile(self.path(name)) as file:
            yield file
        self._files[name] = file.record

    def adopt(self, name: str) -> None:
        """Take in a file that a library has written at ``path(name)``."""
        self._files[name] = disk.sync_existing(self.path(name))

    def commit(self, describe: Callable[[Mapping[str, FileRecord]], Manifest]) -> Manifest:
        """Make this the live generation; ``describe`` turns the files into the manifest.

        Raises IndexWriteFailed. Then the old generation is still the live one, unless
        ``committed`` is true: the new one is in place, but may not survive a power loss.
        """
        manifest = describe(dict(self._files))
        disk.sync_folder(self.folder)
        _put(self.path(MANIFEST_FILE), render(manifest))
        disk.sync_folder(self.folder)
        disk.sync_folder(self._index_dir)  # the new folder's own entry, before anything names it
        _put(self._index_dir / CURRENT_FILE, f"{self.version}\n".encode())
        self.committed = True
        try:
            disk.sync_folder(self._index_dir)
        except IndexWriteFailed as error:
            raise IndexWriteFailed(
                f"{error.message} ({self.version} is in place, but a power loss may undo it)",
                error.hint,
            ) from error
        return manifest


@contextmanager
def locked(index_dir: Path) -> Iterator[None]:
    """Hold the write lock of the folder, which is created; raises IndexLocked, IndexWriteFailed."""
    disk.make_folder(index_dir, exist_ok=True)
    with write_lock(index_dir):
        yield


@contextmanager
def new_generation(index_dir: Path, *, keep: int = KEPT) -> Iterator[NewGeneration]:
    """Give a generation to write, holding the write lock; otherwise as ``next_generation``."""
    with locked(index_dir), next_generation(index_dir, keep=keep) as generation:
        yield generation


@contextmanager
def next_generation(index_dir: Path, *, keep: int = KEPT) -> Iterator[NewGeneration]:
    """Give a generation to write; the caller holds the write lock.

    What crashed writers left behind is removed first, and so are generations newer than the live
    one: they never went live, or were rolled back from. Their numbers are not used again. After a
    commit the ``keep`` newest generations stay, the new one among them; without a commit, whatever
    was written is removed. Raises IndexWriteFailed.
    """
    names = generation_names(index_dir)
    live = _live_for_writer(index_dir)
    _remove_leftovers(index_dir, names, live)
    new: NewGeneration | None = None
    version = _next_version([*names, live or ""])
    try:
        new = NewGeneration(index_dir, version)
        yield new
    finally:
        disk.remove_quietly(index_dir / (CURRENT_FILE + _TEMPORARY))
        if new is None or not new.committed:
            disk.remove_quietly(index_dir / version)
    if new.committed:
        _prune(index_dir, keep)


def make_live(index_dir: Path, version: str) -> None:
    """Make a generation that is there the live one in one step; the caller holds the write lock.

    Raises IndexWriteFailed; the other one is then still live, or this one is in place but may not
    survive a power loss.
    """
    disk.remove_quietly(index_dir / (CURRENT_FILE + _TEMPORARY))
    try:
        _put(index_dir / CURRENT_FILE, f"{version}\n".encode())
    finally:
        disk.remove_quietly(index_dir / (CURRENT_FILE + _TEMPORARY))
    disk.sync_folder(index_dir)


def _put(path: Path, data: bytes) -> None:
    temporary = path.with_name(path.name + _TEMPORARY)
    disk.write_new(temporary, data)
    disk.rename(temporary, path)


def generation_names(index_dir: Path) -> list[str]:
    """Return the names of all generations in the folder, oldest first; raises IndexWriteFailed."""
    with disk.writing(index_dir, "list the folder"):
        names = [entry.name for entry in index_dir.iterdir()]
    return sorted(filter(is_version, names), key=generation_number)


def generation_number(version: str) -> int:
    """Return the number in a generation's name; 0 for ""."""
    return int(version.removeprefix("gen-") or 0)


def _next_version(seen: list[str]) -> str:
    return f"gen-{max((generation_number(name) for name in seen), default=0) + 1:06d}"


def _live_for_writer(index_dir: Path) -> str | None:
    """Return the live generation's name; "" for none yet, None where CURRENT is damaged."""
    try:
        return current_version(index_dir)
    except IndexMissing:
        return ""
    except IndexCorrupt:
        return None


def _remove_leftovers(index_dir: Path, names: list[str], live: str | None) -> None:
    disk.remove_quietly(index_dir / (CURRENT_FILE + _TEMPORARY))
    if live is None:  # which generation was live is not known: remove none before the new one is
        return
    for name in names:
        if not live or generation_number(name) > generation_number(live):
            disk.remove_quietly(index_dir / name)


def _prune(index_dir: Path, keep: int) -> None:
    try:
        names = generation_names(index_dir)
    except IndexWriteFailed:  # the commit stands; the next writer tidies up
        return
    for name in names[:-keep]:
        # An earlier generation that a reader still holds open stays readable to it.
        disk.remove_quietly(index_dir / name)
