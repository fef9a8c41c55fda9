from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from qa_service.errors import DocumentBlank, DocumentError, DocumentUndecodable, UnsupportedFormat
from qa_service.reading.files import CorpusFile, read_bytes
from qa_service.reading.formats import is_supported, parse, supported_suffixes
from qa_service.records import Document


def written(folder: Path, name: str, data: bytes) -> CorpusFile:
    path = folder.resolve() / name
    path.write_bytes(data)
    return CorpusFile(name, path, len(data))


def read(file: CorpusFile) -> Document:
    return parse(file, read_bytes(file))


def test_the_hash_is_of_the_bytes_and_the_text_is_the_decoded_file(tmp_path: Path) -> None:
    data = "\ufeffTitle\r\n\r\nBody text.\r\n".encode()
    document = read(written(tmp_path, "a.txt", data))
    assert document.id == "a.txt"
    assert document.text == "Title\n\nBody text.\n"
    assert document.sha256 == hashlib.sha256(data).hexdigest()


def test_suffixes_are_matched_in_any_letter_case(tmp_path: Path) -> None:
    assert {".md", ".txt"} <= set(supported_suffixes())
    assert is_supported("A.TXT")
    assert not is_supported("txt")
    document = read(written(tmp_path, "A.MD", b"# Head\n\ntext"))
    assert document.title == "Head"


def test_an_unknown_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFormat, match="no supported format"):
        parse(CorpusFile("a.exe", tmp_path / "missing", 1), b"text")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", b""),
        ("a.txt", b" \n\t\r\n"),
        ("a.txt", "\ufeff".encode()),
        ("a.txt", "Вернуться назад Распечатать\n".encode()),
        ("a.md", b"---\ntitle: x\n---\n\n"),
    ],
)
def test_a_file_with_nothing_to_retrieve_is_blank(tmp_path: Path, name: str, data: bytes) -> None:
    with pytest.raises(DocumentBlank) as caught:
        read(written(tmp_path, name, data))
    assert caught.value.code == "document_blank"
    assert isinstance(caught.value, DocumentError)


def test_undecodable_bytes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentUndecodable, match=r"a\.md"):
        read(written(tmp_path, "a.md", b"\xff\xfeabc"))
