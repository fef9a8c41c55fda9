"""What a power loss may take: nothing is named before it is on the disk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from qa_service.embedding.hashing import HashingEmbedder
from qa_service.index.build import build_index
from qa_service.index.generation import disk
from qa_service.index.generation.manifest import MANIFEST_FILE
from qa_service.index.reader import GENERATION_FILES
from qa_service.settings import Settings


class WatchingOs:
    """Stands in for ``os`` and keeps ("fsync" or "rename", path) in the order they happen."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str]] = []
        self._paths: dict[int, str] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def open(self, path: Path, *arguments: int) -> int:
        descriptor = os.open(path, *arguments)
        self._paths[descriptor] = str(path)
        return descriptor

    def write(self, descriptor: int, data: memoryview) -> int:
        self.events.append(("write", self._paths[descriptor]))
        return os.write(descriptor, data)

    def fsync(self, descriptor: int) -> None:
        os.fsync(descriptor)
        self.events.append(("fsync", self._paths[descriptor]))

    def replace(self, source: Path, target: Path) -> None:
        os.replace(source, target)  # noqa: PTH105 - what is watched is this call
        self.events.append(("rename", str(target)))


def test_everything_is_synced_before_it_is_named(
    old: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    watching = WatchingOs()
    with monkeypatch.context() as patch:
        patch.setattr(disk, "os", watching)
        version = build_index(old, HashingEmbedder()).version
    events = watching.events
    folder, current = old.index / version, old.index / "CURRENT"

    def last(kind: str, path: Path, before: int) -> int:
        """Where the last such event before a point stands; fails when there is none."""
        return max(i for i, event in enumerate(events[:before]) if event == (kind, str(path)))

    manifest = events.index(("rename", str(folder / MANIFEST_FILE)))
    commit = events.index(("rename", str(current)))
    listed = last("fsync", folder, manifest)
    for name in GENERATION_FILES:
        synced = last("fsync", folder / name, listed)
        assert ("write", str(folder / name)) not in events[synced:]
    named = [(folder / f"{MANIFEST_FILE}.tmp", manifest), (current.with_suffix(".tmp"), commit)]
    for temporary, rename in named:
        assert last("write", temporary, rename) < last("fsync", temporary, rename)
    assert manifest < last("fsync", folder, commit)
    assert manifest < last("fsync", old.index, commit)
    assert events[-1] == ("fsync", str(old.index))
    assert events[commit + 1 :] == [events[-1]]
