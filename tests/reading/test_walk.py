from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from qa_service.errors import (
    CorpusError,
    CorpusNotFound,
    DocumentTooLarge,
    DocumentUnreadable,
    DocumentUnsafe,
)
from qa_service.reading.walk import Walk, walk


def walked(corpus: Path, *, max_bytes: int = 1000, max_documents: int = 100) -> Walk:
    return walk(corpus, max_bytes=max_bytes, max_documents=max_documents)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    return folder


def test_files_are_listed_by_posix_path_in_order(corpus: Path) -> None:
    (corpus / "b").mkdir()
    for name in ("b/z.txt", "b/a.MD", "a.txt", "c.txt"):
        (corpus / name).write_text("text")
    found = walked(corpus)
    assert [file.id for file in found.files] == ["a.txt", "b/a.MD", "b/z.txt", "c.txt"]
    assert [file.size for file in found.files] == [4, 4, 4, 4]
    assert found.files[1].path == corpus.resolve() / "b" / "a.MD"
    assert (found.skipped, found.failed) == ([], [])


def test_another_format_is_skipped_with_the_supported_ones_named(corpus: Path) -> None:
    (corpus / "photo.jpg").write_bytes(b"\xff")
    (corpus / "Makefile").write_text("all:")
    found = walked(corpus)
    assert [(entry.id, entry.code) for entry in found.skipped] == [
        ("Makefile", "unsupported_format"),
        ("photo.jpg", "unsupported_format"),
    ]
    assert ".md" in found.skipped[0].hint
    assert ".txt" in found.skipped[0].hint
    assert not found.failed


def test_dot_files_and_dot_folders_are_passed_over_in_silence(corpus: Path) -> None:
    (corpus / ".git").mkdir()
    (corpus / ".git" / "x.txt").write_text("x")
    (corpus / ".hidden.txt").write_text("x")
    assert walked(corpus) == Walk([], [], [])


def test_a_file_beyond_the_limit_is_a_failure_that_names_both_sizes(corpus: Path) -> None:
    (corpus / "exact.txt").write_bytes(b"x" * 1000)
    (corpus / "large.txt").write_bytes(b"x" * 1001)
    found = walked(corpus)
    assert [file.id for file in found.files] == ["exact.txt"]
    (error,) = found.failed
    assert isinstance(error, DocumentTooLarge)
    assert "large.txt: 1,001 bytes exceed the limit of 1,000" in error.message
    assert "QA_MAX_DOCUMENT_BYTES" in error.hint


def test_links_out_of_the_corpus_are_failures_and_never_listed(
    corpus: Path, tmp_path: Path
) -> None:
    (tmp_path / "corpus-secret").mkdir()  # shares the corpus's name as a prefix
    (tmp_path / "corpus-secret" / "s.txt").write_text("secret")
    (corpus / "file.txt").symlink_to(tmp_path / "corpus-secret" / "s.txt")
    (corpus / "folder").symlink_to(tmp_path / "corpus-secret")
    (corpus / "up.txt").symlink_to("../corpus-secret/s.txt")
    found = walked(corpus)
    assert found.files == []
    assert [type(error) for error in found.failed] == [DocumentUnsafe] * 3
    assert all("leaves the corpus" in error.message for error in found.failed)


def test_a_link_to_a_file_inside_is_that_file_under_the_links_name(corpus: Path) -> None:
    (corpus / ".versions").mkdir()
    (corpus / ".versions" / "v1").write_text("text")
    (corpus / "live.txt").symlink_to(".versions/v1")
    (file,) = walked(corpus).files
    assert file.id == "live.txt"
    assert file.path == corpus.resolve() / ".versions" / "v1"


def test_a_link_to_a_folder_inside_is_not_entered_again(corpus: Path) -> None:
    (corpus / "a").mkdir()
    (corpus / "a" / "x.txt").write_text("x")
    (corpus / "a" / "again").symlink_to(corpus)
    found = walked(corpus)
    assert [file.id for file in found.files] == ["a/x.txt"]
    assert [(entry.id, entry.code) for entry in found.skipped] == [("a/again", "document_unsafe")]


def test_link_loops_and_broken_links_are_failures(corpus: Path) -> None:
    (corpus / "a.txt").symlink_to("b.txt")
    (corpus / "b.txt").symlink_to("a.txt")
    (corpus / "c.txt").symlink_to("nowhere.txt")
    found = walked(corpus)
    assert [type(error) for error in found.failed] == [
        DocumentUnsafe,
        DocumentUnsafe,
        DocumentUnreadable,
    ]


def test_pipes_and_sockets_are_reported_and_never_opened(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(corpus / "pipe.txt")
    os.mkfifo(corpus / "pipe")
    monkeypatch.chdir(corpus)  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.txt")
        found = walked(corpus)
    assert found.files == []
    assert [error.message for error in found.failed] == [
        "pipe.txt: not a regular file",
        "socket.txt: not a regular file",
    ]
    assert [entry.id for entry in found.skipped] == ["pipe"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (b"new\nline.txt", "line break"),
        (b"bell\x07.txt", "control character"),
        ("para\u2029.txt".encode(), "line break"),
        (b"latin-\xe9.txt", "is not UTF-8"),
    ],
)
def test_a_name_that_cannot_be_an_id_is_a_named_failure(
    corpus: Path, name: bytes, reason: str
) -> None:
    Path(os.fsdecode(os.path.join(os.fsencode(corpus), name))).write_text("x")  # noqa: PTH118
    found = walked(corpus)
    (error,) = found.failed
    assert isinstance(error, DocumentUnsafe)
    assert reason in error.message
    assert error.message.isprintable()
    assert error.message.encode()
    assert found.files == []


def test_a_folder_with_such_a_name_is_one_failure(corpus: Path) -> None:
    (corpus / "a\nb").mkdir()
    (corpus / "a\nb" / "x.txt").write_text("x")
    found = walked(corpus)
    assert found.files == []
    assert [error.message for error in found.failed] == [
        "a\\nb: its name holds a line break or another control character"
    ]


def test_a_folder_that_the_system_refuses_is_a_failure(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (corpus / "locked").mkdir()
    (corpus / "open.txt").write_text("x")
    scandir = os.scandir

    def refusing(path: Path) -> object:
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    found = walked(corpus)
    assert [file.id for file in found.files] == ["open.txt"]
    (error,) = found.failed
    assert isinstance(error, DocumentUnreadable)
    assert error.message == "locked: Permission denied"


def test_a_corpus_that_is_missing_or_a_file_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "missing", tmp_path / "file", tmp_path / "nul\0"):
        with pytest.raises(CorpusNotFound):
            walked(path)


def test_more_documents_than_allowed_are_refused(corpus: Path) -> None:
    for i in range(3):
        (corpus / f"{i}.txt").write_text("x")
    assert len(walked(corpus, max_documents=3).files) == 3
    with pytest.raises(CorpusError, match="more than 2 documents"):
        walked(corpus, max_documents=2)


def test_a_corpus_reached_through_a_link_is_walked(corpus: Path, tmp_path: Path) -> None:
    (corpus / "a.txt").write_text("x")
    (tmp_path / "alias").symlink_to(corpus)
    assert [file.id for file in walked(tmp_path / "alias").files] == ["a.txt"]


def test_folders_nested_deeper_than_python_calls_are_walked(corpus: Path) -> None:
    depth = 1200
    before = Path.cwd()
    os.chdir(corpus)
    try:
        for _ in range(depth):
            Path("d").mkdir()
            os.chdir("d")
        Path("deep.txt").write_text("x")
        (file,) = walked(corpus).files
        assert file.id.count("/") == depth
    finally:
        # Cleared from the bottom up: what removes temporary folders does recurse.
        Path("deep.txt").unlink(missing_ok=True)
        while Path.cwd() != corpus.resolve():
            os.chdir("..")
            Path("d").rmdir()
        os.chdir(before)
