from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from descriptors import held_below
from qa_service.errors import IndexWriteFailed
from qa_service.index.generation import disk


def test_a_new_file_is_recorded_as_it_stands_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with disk.NewFile(path) as file:
        file.write(b"abc")
        file.write(memoryview(b"defg"))
    assert path.read_bytes() == b"abcdefg"
    assert file.record == disk.FileRecord(hashlib.sha256(b"abcdefg").hexdigest(), 7)
    assert disk.sync_existing(path) == file.record


def test_an_existing_file_or_link_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(b"precious")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for name in ("there", "link"):
        with pytest.raises(IndexWriteFailed, match="File exists"):
            disk.write_new(tmp_path / name, b"new")
    assert (tmp_path / "there").read_bytes() == b"precious"
    assert not (tmp_path / "elsewhere").exists()


def test_an_abandoned_file_has_no_record_and_leaks_no_descriptor(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), disk.NewFile(tmp_path / "file") as file:
        raise RuntimeError("stop")
    with pytest.raises(ValueError):
        _ = file.record
    assert held_below(tmp_path) == []


@pytest.mark.parametrize(
    ("number", "hint"),
    [
        (errno.ENOSPC, "make room"),
        (errno.EACCES, "make the folder writable"),
        (errno.EROFS, "choose another"),
        (errno.EIO, "check the disk"),
    ],
)
def test_the_hint_fits_the_cause(number: int, hint: str) -> None:
    error = disk.write_failed(Path("x"), "write", OSError(number, os.strerror(number)))
    assert os.strerror(number) in error.message
    assert "x: cannot write" in error.message
    assert hint in error.hint


def test_folders_are_made_with_parents_only_when_asked(tmp_path: Path) -> None:
    disk.make_folder(tmp_path / "a" / "b", exist_ok=True)
    disk.make_folder(tmp_path / "a" / "b", exist_ok=True)
    with pytest.raises(IndexWriteFailed):
        disk.make_folder(tmp_path / "a" / "b")
    (tmp_path / "file").touch()
    with pytest.raises(IndexWriteFailed):
        disk.make_folder(tmp_path / "file", exist_ok=True)


def test_removing_follows_no_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").touch()
    (tmp_path / "link").symlink_to(outside)
    assert disk.remove_quietly(tmp_path / "link")
    assert (outside / "precious").exists()
    assert disk.remove_quietly(tmp_path / "never was")
    assert disk.remove_quietly(outside)
    assert not outside.exists()
