"""Which files this process holds open."""

from __future__ import annotations

import gc
from contextlib import suppress
from pathlib import Path

import pytest


def held_below(folder: Path) -> list[str]:
    """Return where the descriptors lead that are open below a folder, or at it; sorted.

    Descriptors of other files do not count: other threads open and close theirs meanwhile. Skips
    the test where the system does not list them.
    """
    listed = Path("/proc/self/fd")
    if not listed.is_dir():
        pytest.skip("this system does not list a process's descriptors")
    gc.collect()  # what earlier tests dropped must not vanish between two looks
    root, found = folder.resolve(), []
    for entry in listed.iterdir():
        with suppress(OSError):  # closed meanwhile, the one of this listing among them
            target = str(entry.readlink())
            if Path(target.removesuffix(" (deleted)")).is_relative_to(root):
                found.append(target)
    return sorted(found)
