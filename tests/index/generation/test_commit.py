from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import pytest

from qa_service.embedding.protocol import EmbedderIdentity
from qa_service.errors import IndexLocked, IndexMissing, IndexWriteFailed
from qa_service.index.generation.commit import NewGeneration, new_generation
from qa_service.index.generation.disk import FileRecord
from qa_service.index.generation.manifest import Chunking, Counts, Manifest, VectorSearch
from qa_service.index.generation.opening import current_version, open_generation


def commit(generation: NewGeneration) -> Manifest:
    def describe(files: Mapping[str, FileRecord]) -> Manifest:
        identity = EmbedderIdentity("hashing", "a" * 64, 4, 16, "float32")
        chunking = Chunking(16, 8, 40, "cl100k_base")
        counts, flat = Counts(1, 1, 1, 1, 0), VectorSearch("flat", "few", 0, 0, 0, 1000)
        return Manifest(
            generation.version,
            "now",
            files,
            "f",
            identity,
            chunking,
            1,
            1,
            1,
            counts,
            flat,
            flat,
        )

    return generation.commit(describe)


def build(index: Path, content: bytes = b"content") -> str:
    with new_generation(index) as generation:
        generation.write("file", content)
        commit(generation)
    return generation.version


def generations(index: Path) -> list[str]:
    return sorted(path.name for path in index.glob("gen-*"))


def test_numbers_rise_and_the_previous_generation_is_kept(tmp_path: Path) -> None:
    index = tmp_path / "deep" / "index"
    assert [build(index) for _ in range(4)] == [f"gen-00000{i}" for i in range(1, 5)]
    assert current_version(index) == "gen-000004"
    assert generations(index) == ["gen-000003", "gen-000004"]
    names = sorted(path.name for path in index.iterdir())
    assert names == [".lock", "CURRENT", "gen-000003", "gen-000004"]


def test_a_streamed_and_an_adopted_file_are_in_the_manifest(tmp_path: Path) -> None:
    with new_generation(tmp_path) as generation:
        with generation.stream("streamed") as file:
            file.write(b"one")
        generation.path("adopted").write_bytes(b"two")
        generation.adopt("adopted")
        commit(generation)
    opened = open_generation(tmp_path, generation.version)
    assert (opened.read("streamed"), opened.read("adopted")) == (b"one", b"two")


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, MemoryError])
def test_without_a_commit_nothing_is_left(tmp_path: Path, error: type[BaseException]) -> None:
    build(tmp_path)

    def stop_halfway() -> None:
        with new_generation(tmp_path) as generation:
            generation.write("file", b"half")
            raise error

    with pytest.raises(error):
        stop_halfway()
    assert generations(tmp_path) == ["gen-000001"]
    assert current_version(tmp_path) == "gen-000001"


def test_a_first_build_that_fails_leaves_no_index(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), new_generation(tmp_path):
        raise RuntimeError
    with pytest.raises(IndexMissing):
        current_version(tmp_path)


def test_leftovers_of_a_crashed_writer_are_removed_and_their_number_is_not_used_again(
    tmp_path: Path,
) -> None:
    build(tmp_path)
    for name in ("gen-000002", "gen-000007"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json.tmp").touch()
    (tmp_path / "CURRENT.tmp").write_text("gen-0")
    assert build(tmp_path) == "gen-000008"
    assert generations(tmp_path) == ["gen-000001", "gen-000008"]
    assert not (tmp_path / "CURRENT.tmp").exists()


def test_foreign_files_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("what appears here")
    (tmp_path / "gen-notes").mkdir()
    (tmp_path / "gen-1").mkdir()
    for _ in range(3):
        build(tmp_path)
    assert (tmp_path / "README.md").exists()
    assert (tmp_path / "gen-notes").exists()
    assert (tmp_path / "gen-1").exists()


def test_a_damaged_current_is_repaired_by_the_next_build_and_costs_no_generation_before_it(
    tmp_path: Path,
) -> None:
    build(tmp_path)
    (tmp_path / "CURRENT").write_text("nonsense")
    with pytest.raises(RuntimeError), new_generation(tmp_path):
        raise RuntimeError
    assert generations(tmp_path) == ["gen-000001"]
    assert build(tmp_path) == "gen-000002"
    assert current_version(tmp_path) == "gen-000002"


def test_two_writers_at_once_are_refused(tmp_path: Path) -> None:
    with new_generation(tmp_path) as generation:
        with pytest.raises(IndexLocked), new_generation(tmp_path):
            pass
        generation.write("file", b"content")
        commit(generation)
    assert current_version(tmp_path) == generation.version


def test_a_file_in_the_place_of_the_folder_is_a_write_failure(tmp_path: Path) -> None:
    (tmp_path / "index").touch()
    with pytest.raises(IndexWriteFailed, match="index: cannot create"):
        build(tmp_path / "index")


def test_the_manifest_names_the_generation_it_lies_in(tmp_path: Path) -> None:
    build(tmp_path)
    manifest = open_generation(tmp_path, "gen-000001").manifest
    assert manifest.version == "gen-000001"
    assert dataclasses.asdict(manifest)["files"]["file"]["size"] == len(b"content")
