from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from descriptors import held_below
from qa_service.errors import IndexCorrupt, IndexMissing
from qa_service.index.generation.open_file import OpenFile

DATA = bytes(range(256)) * 9_000  # over two megabytes: read in several pieces


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(DATA)
    return path


def test_any_stretch_is_read_by_its_place(path: Path) -> None:
    with OpenFile(path) as file:
        assert file.size == len(DATA)
        assert file.read(0, len(DATA)) == DATA
        assert file.read(1000, 300) == DATA[1000:1300]
        assert file.read(5, 0) == b""
        view = bytearray(100)
        file.read_into(2_000_000, memoryview(view))
        assert view == DATA[2_000_000:2_000_100]


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1, len(DATA)])
def test_the_checksum_is_of_every_byte(tmp_path: Path, size: int) -> None:
    path = tmp_path / "other"
    path.write_bytes(DATA[:size])
    with OpenFile(path) as file:
        assert file.sha256() == hashlib.sha256(DATA[:size]).hexdigest()


def test_a_map_outlives_the_file_object_and_the_name(path: Path) -> None:
    with OpenFile(path) as file:
        mapped = file.map()
    path.unlink()
    assert mapped[:] == DATA
    with pytest.raises(TypeError):
        mapped[0] = 1


def test_a_file_cut_short_later_is_an_error_that_names_it(path: Path) -> None:
    with OpenFile(path) as file:
        os.truncate(path, 1000)
        assert file.read(0, 1000) == DATA[:1000]
        for read in (lambda: file.read(900, 200), file.sha256):
            with pytest.raises(IndexCorrupt, match="ends early, at byte 1000") as caught:
                read()
            assert str(path) in caught.value.message


def test_a_removed_file_stays_readable(path: Path) -> None:
    with OpenFile(path) as file:
        path.unlink()
        assert file.read(0, 10) == DATA[:10]


def test_only_regular_files_are_opened(tmp_path: Path, path: Path) -> None:
    strangers = [tmp_path / "folder", tmp_path / "link", tmp_path / "pipe"]
    strangers[0].mkdir()
    strangers[1].symlink_to(path)
    os.mkfifo(strangers[2])
    for stranger in strangers:
        with pytest.raises(IndexCorrupt, match=stranger.name):
            OpenFile(stranger)
    with pytest.raises(FileNotFoundError):
        OpenFile(tmp_path / "missing")


def test_a_closed_file_says_so_and_may_be_closed_again(path: Path) -> None:
    file = OpenFile(path)
    file.close()
    file.close()
    with pytest.raises(IndexMissing, match="closed"):
        file.read(0, 1)


def test_a_forgotten_file_is_closed(path: Path) -> None:
    files = [OpenFile(path) for _ in range(10)]
    assert held_below(path) == [str(path)] * 10
    del files
    assert held_below(path) == []
