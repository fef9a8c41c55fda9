"""An index of its own for every test that damages one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from qa_service.settings import Settings


@pytest.fixture
def copied(library_settings: Settings, tmp_path: Path) -> Path:
    """A copy of the library's index, to be damaged."""
    return Path(shutil.copytree(library_settings.index, tmp_path / "index"))


@pytest.fixture
def live(copied: Path) -> Path:
    """The folder of the copied index's live generation."""
    return copied / (copied / "CURRENT").read_text("ascii").strip()
