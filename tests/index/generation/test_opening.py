from __future__ import annotations

import mmap
import os
from pathlib import Path

import pytest

from qa_service.errors import IndexCorrupt, IndexMissing
from qa_service.index.generation import opening as module
from qa_service.index.generation.manifest import MANIFEST_FILE
from qa_service.index.generation.opening import current_version, open_generation


def test_a_folder_without_an_index_says_what_to_run(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(IndexMissing, match="no index here") as caught:
            current_version(folder)
        assert "qa-service index --corpus" in caught.value.hint


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"gen-000001",
        b"gen-000001\n\n",
        b"gen-000001\r\n",
        b" gen-000001\n",
        b"../gen-000001\n",
        b"/tmp/gen-000001\n",
        b"gen-1\n",
        b"\xff\xfe\n",
        b"gen-000001\n" * 1000,
    ],
)
def test_current_holds_a_name_and_a_newline_or_is_corrupt(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "CURRENT").write_bytes(content)
    with pytest.raises(IndexCorrupt, match="CURRENT"):
        current_version(tmp_path)


def test_a_link_a_folder_or_a_pipe_in_the_place_of_current_is_refused(tmp_path: Path) -> None:
    (tmp_path / "true").write_text("gen-000001\n")
    path = tmp_path / "CURRENT"
    path.symlink_to(tmp_path / "true")
    with pytest.raises(IndexCorrupt):
        current_version(tmp_path)
    path.unlink()
    path.mkdir()
    with pytest.raises(IndexCorrupt, match="no regular file"):
        current_version(tmp_path)
    path.rmdir()
    os.mkfifo(path)
    with pytest.raises(IndexCorrupt, match="no regular file"):
        current_version(tmp_path)


def test_a_named_generation_that_is_missing_is_corruption(built: Path) -> None:
    with pytest.raises(IndexCorrupt, match=r"names gen-000009, but .* is missing"):
        open_generation(built, "gen-000009")


def test_a_generation_that_is_a_link_is_refused(built: Path, tmp_path: Path) -> None:
    (built / "gen-000001").rename(tmp_path / "moved")
    (built / "gen-000001").symlink_to(tmp_path / "moved")
    with pytest.raises(IndexCorrupt, match="not a folder"):
        open_generation(built, "gen-000001")


def test_a_renamed_generation_is_refused(built: Path) -> None:
    (built / "gen-000001").rename(built / "gen-000002")
    with pytest.raises(IndexCorrupt, match="describes gen-000001"):
        open_generation(built, "gen-000002")


def test_files_are_read_only_as_the_manifest_records_them(built: Path) -> None:
    generation = open_generation(built, "gen-000001")
    path = generation.folder / "terms.txt"
    data = path.read_bytes()
    assert generation.read("terms.txt") == data

    def open_verified(name: str) -> None:
        generation.load((), (name,)).close()

    open_verified("terms.txt")
    for damaged in (data[:-1], data + b"x", data.swapcase()):
        path.write_bytes(damaged)
        for access in (generation.read, open_verified):
            with pytest.raises(IndexCorrupt, match=r"terms\.txt"):
                access("terms.txt")
    path.unlink()
    for access in (generation.read, open_verified):
        with pytest.raises(IndexCorrupt, match="is missing"):
            access("terms.txt")
    with pytest.raises(IndexCorrupt, match="lists no"):
        generation.read("../../secret")


def test_an_endless_manifest_is_not_read_to_its_end(built: Path) -> None:
    path = built / "gen-000001" / MANIFEST_FILE
    with path.open("ab") as file:
        file.truncate(1 << 40)
    with pytest.raises(IndexCorrupt, match="longer than"):
        open_generation(built, "gen-000001")


def test_a_file_that_the_system_refuses_says_why(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)
        with pytest.raises(IndexCorrupt, match="Permission denied") as caught:
            current_version(built)
    assert "permissions" in caught.value.hint


@pytest.fixture(params=["one thread, in memory", "threads, mapped"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Small files are read by one thread; here they are also taken for large ones."""
    if "mapped" in request.param:
        monkeypatch.setattr(module, "_MAPPED", 1)
        monkeypatch.setattr(module, "_HASHED_ALONE", 0)
    return str(request.param)


def test_loaded_contents_are_the_files_bytes_and_last(built: Path, way: str) -> None:
    generation = open_generation(built, "gen-000001")
    names = sorted(generation.manifest.files)
    expected = {name: (generation.folder / name).read_bytes() for name in names}
    loaded = generation.load(names[1:], names[:1])
    for name in names:
        (generation.folder / name).unlink()
    loaded.rest()
    assert {name: content[:] for name, content in loaded.contents.items()} == {
        name: expected[name] for name in names[1:]
    }
    kept = loaded.files[names[0]]
    assert kept.read(0, kept.size) == expected[names[0]]
    mapped = [isinstance(content, mmap.mmap) for content in loaded.contents.values()]
    assert all(mapped) if "mapped" in way else not any(mapped)
    loaded.close()
    with pytest.raises(IndexMissing):
        kept.read(0, 1)


def test_one_damaged_file_refuses_the_whole_load_and_leaks_nothing(built: Path, way: str) -> None:
    generation = open_generation(built, "gen-000001")
    names = sorted(generation.manifest.files)
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - no path of a file is needed
    for name in names:
        path = generation.folder / name
        sound = path.read_bytes()
        for damaged in (sound[:-1] + bytes([sound[-1] ^ 1]), sound[:-1], sound + b"x"):
            path.write_bytes(damaged)
            with pytest.raises(IndexCorrupt, match=name):
                generation.load(names[1:], names[:1])
        path.write_bytes(sound)
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208 - as above
