"""Files that cannot be indexed: named, never lost silently, and the old index keeps answering."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from command_line import Outcome, assert_refused, run_inside

QUESTION = "Where does the mill stand?"
MILL = "The mill stands by the river.\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "mill.txt").write_text(MILL)
    return folder


@pytest.fixture
def index(tmp_path: Path, corpus: Path) -> Path:
    """An index built before the corpus went bad."""
    assert run_inside("index", "--corpus", corpus, "--index", tmp_path / "index").code == 0
    return tmp_path / "index"


def content_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def refused_and_untouched(corpus: Path, index: Path, *words: str) -> None:
    before = content_of(index)
    assert_refused(run_inside("index", "--corpus", corpus, "--index", index), *words)
    assert content_of(index) == before
    reply = run_inside("ask", QUESTION, "--index", index, "--json").json
    assert reply["passages"][0]["text"] == MILL.strip()


def indexed(corpus: Path, index: Path, *options: str) -> Outcome:
    outcome = run_inside("index", "--corpus", corpus, "--index", index, *options)
    assert outcome.code == 0
    assert "Traceback" not in outcome.err
    return outcome


def test_a_missing_corpus_is_refused(tmp_path: Path, index: Path) -> None:
    refused_and_untouched(tmp_path / "nowhere", index, "nowhere", "--corpus")


def test_a_file_is_no_corpus(corpus: Path, index: Path) -> None:
    refused_and_untouched(corpus / "mill.txt", index, "mill.txt", "Not a directory")


def test_an_empty_corpus_is_refused(tmp_path: Path, index: Path) -> None:
    (tmp_path / "empty").mkdir()
    refused_and_untouched(tmp_path / "empty", index, "holds no document with text to index")


def test_a_corpus_of_blank_files_is_refused_naming_them(tmp_path: Path, index: Path) -> None:
    blank = tmp_path / "blank"
    blank.mkdir()
    (blank / "a.txt").write_text(" \n\n\t")
    (blank / "b.txt").write_bytes(b"")
    refused_and_untouched(blank, index, "2 left out", "a.txt", "b.txt")


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b"fine so far \xff\xfe and on", "byte 0xFF at offset 12"),
        (b"caf\xe9", "byte 0xE9 at offset 3"),
        (b"cut \xf0\x9f\x98", "byte 0xF0 at offset 4"),
        (b"surrogate \xed\xa0\x80", "byte 0xED at offset 10"),
        (b"\x00\x01\x02\x03", "NUL"),
    ],
)
def test_an_undecodable_file_is_named_with_its_byte(
    corpus: Path, index: Path, data: bytes, where: str
) -> None:
    (corpus / "bad.txt").write_bytes(data)
    refused_and_untouched(corpus, index, "bad.txt", where, "QA_SKIP_UNREADABLE")


def test_several_bad_files_are_counted(corpus: Path, index: Path) -> None:
    for name in "abc":
        (corpus / f"{name}.txt").write_bytes(b"\xff")
    refused_and_untouched(corpus, index, "a.txt", "2 more documents")


def test_the_rest_is_indexed_on_request_and_what_was_left_out_is_reported(
    corpus: Path, index: Path
) -> None:
    (corpus / "bad.txt").write_bytes(b"\xff")
    (corpus / "more.txt").write_text("The dam was built in 1931.\n")
    outcome = indexed(corpus, index, "--skip-unreadable")
    assert "not indexed: bad.txt: byte 0xFF" in outcome.err
    assert "2 documents" in outcome.out
    assert "1 failed" in outcome.out
    report = indexed(corpus, index, "--skip-unreadable", "--json").json
    assert [entry["code"] for entry in report["failed"]] == ["document_undecodable"]


def test_an_unsupported_type_is_reported_and_skipped(corpus: Path, index: Path) -> None:
    (corpus / "picture.png").write_bytes(b"\x89PNG\r\n")
    (corpus / "no suffix").write_text("nothing")
    (corpus / "blank.txt").write_text("\n")
    outcome = indexed(corpus, index)
    for name in ("picture.png", "no suffix", "blank.txt"):
        assert f"skipped: {name}" in outcome.err
    assert "3 skipped" in outcome.out
    report = indexed(corpus, index, "--json").json
    assert {entry["id"] for entry in report["skipped"]} == {"picture.png", "no suffix", "blank.txt"}
    assert report["documents"] == 1
    assert report["truncated"] == 0


def test_a_file_larger_than_allowed_is_named_with_the_setting(corpus: Path, index: Path) -> None:
    (corpus / "large.txt").write_text("x" * 101)
    before = content_of(index)
    outcome = run_inside("index", "--corpus", corpus, "--index", index, QA_MAX_DOCUMENT_BYTES=100)
    assert_refused(outcome, "large.txt", "101", "100", "QA_MAX_DOCUMENT_BYTES")
    assert content_of(index) == before


def test_a_link_out_of_the_corpus_is_refused_and_its_target_not_read(
    corpus: Path, index: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret.txt").write_text("The password is swordfish.\n")
    (corpus / "innocent.txt").symlink_to(tmp_path / "secret.txt")
    refused_and_untouched(corpus, index, "innocent.txt", "leaves the corpus")
    indexed(corpus, index, "--skip-unreadable")
    assert b"swordfish" not in b"".join(content_of(index).values())


def test_a_pipe_in_the_corpus_does_not_block(corpus: Path, index: Path) -> None:
    os.mkfifo(corpus / "pipe.txt")
    refused_and_untouched(corpus, index, "pipe.txt", "not a regular file")


def test_a_name_that_no_line_can_hold_is_refused_on_one_line(corpus: Path, index: Path) -> None:
    (corpus / "two\nlines.txt").write_text("text")
    refused_and_untouched(corpus, index, "lines.txt", "rename it")


def test_broken_front_matter_is_named_with_its_line(corpus: Path, index: Path) -> None:
    (corpus / "broken.md").write_text("---\ntitle: [unclosed\n---\nText.\n")
    refused_and_untouched(corpus, index, "broken.md", "line")


def test_a_folder_that_cannot_hold_an_index_is_refused(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    outcome = run_inside("index", "--corpus", corpus, "--index", tmp_path / "taken")
    assert_refused(outcome, "taken")
    assert (tmp_path / "taken").read_text() == "a file"


@pytest.mark.parametrize(
    "text",
    [
        "x" * 20_000,
        "word " * 5_000,
        "a.b." * 3_000,
        "蒸気機関" * 3_000,
        "e" + "\u0301" * 5_000,
        "👩‍👩‍👧" * 1_000,
        "| a | b |\n" * 2_000,
        "[" * 5_000 + "]" * 5_000,
        "\u202e\u200f\u2066 right to left سلام " * 300,
        "<|endoftext|>" * 500,
    ],
    ids=["run", "words", "dots", "cjk", "marks", "emoji", "table", "brackets", "bidi", "special"],
)
def test_odd_texts_are_indexed_whole_and_none_is_truncated(
    corpus: Path, tmp_path: Path, text: str
) -> None:
    (corpus / "odd.txt").write_text(text, encoding="utf-8")
    report = indexed(corpus, tmp_path / "index", "--json").json
    assert report["truncated"] == 0
    assert run_inside("verify", "--index", tmp_path / "index").code == 0
    found = run_inside("ask", f"Q {text[:300]}", "--index", tmp_path / "index", "--json").json
    for passage in found["passages"]:
        source = text if passage["document_id"] == "odd.txt" else MILL
        assert source[passage["start"] : passage["end"]] == passage["text"]


def test_files_that_change_while_they_are_read_are_whole_or_named(
    corpus: Path, tmp_path: Path
) -> None:
    """Another process grows, empties, replaces and removes files, and puts links in their place."""
    done = threading.Event()
    (tmp_path / "secret.txt").write_text("The password is swordfish.\n")

    def disturb() -> None:
        number = 0
        while not done.is_set():
            number += 1
            path = corpus / f"restless {number % 7}.txt"
            path.unlink(missing_ok=True)
            if number % 3 == 0:
                path.symlink_to(tmp_path / "secret.txt")
            elif number % 3 == 1:
                path.write_text("The wheel turns. " * (number % 50))

    disturber = threading.Thread(target=disturb)
    disturber.start()
    try:
        for _ in range(8):
            report = indexed(corpus, tmp_path / "index", "--skip-unreadable", "--json").json
            for entry in report["failed"]:
                assert entry["code"] in ("document_unreadable", "document_unsafe"), entry
                assert entry["hint"]
    finally:
        done.set()
        disturber.join()
    assert b"swordfish" not in b"".join(content_of(tmp_path / "index").values())
    assert run_inside("verify", "--index", tmp_path / "index").code == 0
