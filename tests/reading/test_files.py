from __future__ import annotations

import os
from pathlib import Path

import pytest

from descriptors import held_below
from qa_service.errors import DocumentTooLarge, DocumentUnreadable, DocumentUnsafe
from qa_service.reading.files import CorpusFile, printable, read_bytes


def test_content_is_returned_whole(tmp_path: Path) -> None:
    path = tmp_path.resolve() / "a.txt"
    path.write_bytes(b"\x00\xffabc")
    assert read_bytes(CorpusFile("a.txt", path, 5)) == b"\x00\xffabc"


def test_a_file_that_grew_is_read_up_to_the_limit_and_refused_beyond(tmp_path: Path) -> None:
    path = tmp_path.resolve() / "a.txt"
    path.write_bytes(b"x" * 10)
    assert len(read_bytes(CorpusFile("a.txt", path, 5, limit=10))) == 10
    for file in (CorpusFile("a.txt", path, 5), CorpusFile("a.txt", path, 5, limit=9)):
        with pytest.raises(DocumentTooLarge):
            read_bytes(file)


def test_a_file_swapped_for_a_link_is_unsafe(tmp_path: Path) -> None:
    secret = tmp_path.resolve() / "secret"
    secret.write_text("secret")
    path = tmp_path.resolve() / "a.txt"
    path.symlink_to(secret)
    with pytest.raises(DocumentUnsafe, match="a link"):
        read_bytes(CorpusFile("a.txt", path, 100))


def test_a_folder_swapped_for_a_link_is_unsafe(tmp_path: Path) -> None:
    root = tmp_path.resolve()
    (root / "outside").mkdir()
    (root / "outside" / "a.txt").write_text("secret")
    (root / "corpus").symlink_to(root / "outside")
    with pytest.raises(DocumentUnsafe, match="a link"):
        read_bytes(CorpusFile("a.txt", root / "corpus" / "a.txt", 100))


def test_a_file_swapped_for_a_pipe_is_unsafe_and_does_not_hang(tmp_path: Path) -> None:
    path = tmp_path.resolve() / "a.txt"
    os.mkfifo(path)
    with pytest.raises(DocumentUnsafe, match="regular file"):
        read_bytes(CorpusFile("a.txt", path, 100))


def test_a_file_swapped_for_a_folder_is_a_document_error(tmp_path: Path) -> None:
    path = tmp_path.resolve() / "a.txt"
    path.mkdir()
    with pytest.raises((DocumentUnsafe, DocumentUnreadable)):
        read_bytes(CorpusFile("a.txt", path, 100))


def test_a_file_that_vanished_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(DocumentUnreadable, match=r"a\.txt: No such file"):
        read_bytes(CorpusFile("a.txt", tmp_path.resolve() / "a.txt", 100))


def test_neither_success_nor_failure_leaves_a_descriptor_open(tmp_path: Path) -> None:
    root = tmp_path.resolve()
    (root / "a.txt").write_text("x")
    (root / "b.txt").symlink_to("a.txt")
    os.mkfifo(root / "c.txt")
    for _ in range(20):
        for name in ("a.txt", "b.txt", "c.txt", "missing.txt", "no/such/folder.txt"):
            try:
                read_bytes(CorpusFile(name, root / name, 1))
            except (DocumentUnsafe, DocumentUnreadable):
                continue
    assert held_below(root) == []


def test_names_are_printed_on_one_line_with_escapes() -> None:
    assert printable("plain Ünïcode 中文.txt") == "plain Ünïcode 中文.txt"
    assert printable("a\nb\udcff\u202ec") == "a\\nb\\udcff\\u202ec"
