from __future__ import annotations

import os
from pathlib import Path

import pytest

from qa_service.errors import EvaluationError
from qa_service.evaluation.writing import write_atomically


def test_a_file_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "made" / "a.txt"
    write_atomically(path, "one\r\ntwo")
    assert path.read_bytes() == b"one\r\ntwo"
    path.chmod(0o640)
    write_atomically(path, "three")
    assert path.read_text() == "three"
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    write_atomically(tmp_path / "link.txt", "new")
    assert (tmp_path / "real.txt").read_text() == "new"
    assert (tmp_path / "link.txt").is_symlink()


def test_a_failed_write_leaves_the_old_file_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EvaluationError, match="No space left on device"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_folder_in_the_way_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="cannot be written"):
        write_atomically(tmp_path, "text")
