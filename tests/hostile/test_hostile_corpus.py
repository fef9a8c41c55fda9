"""Some four hundred files made to do harm: each is a document or a named reason, none a failure."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from command_line import run_inside, run_python
from hostile.make_corpus import GOOD, OUTSIDE, Made, large_folder, make_corpus, open_again
from qa_service.errors import DocumentError, QaServiceError
from qa_service.index.reader import open_index
from qa_service.reading.confined.isolation import Limits
from qa_service.reading.files import printable, read_bytes
from qa_service.reading.parsing import DocumentParser
from qa_service.reading.walk import walk
from qa_service.records import Document

pytestmark = pytest.mark.slow

SECONDS, MEGABYTES = 10, 512

# The command line, which at its end writes the state of its process to the file named first. What
# the system counts for a child that has ended includes its parent's memory at the start.
WATCHED = """
import sys
from pathlib import Path
from qa_service.cli import main
status = sys.argv.pop(1)
try:
    main()
finally:
    Path(status).write_bytes(Path("/proc/self/status").read_bytes())
"""


@dataclass(frozen=True, slots=True)
class Indexed:
    """The corpus, what was made of it, and how the command that indexed it went.

    ``peak`` is the most memory the command itself has had, in bytes.
    """

    made: Made
    corpus: Path
    index: Path
    report: dict[str, Any]
    seconds: float
    peak: int


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Indexed]:
    root = tmp_path_factory.mktemp("hostile")
    corpus, index = root / "corpus", root / "index"
    made = make_corpus(corpus)
    start, status = time.monotonic(), root / "status"
    outcome = run_python(
        *(WATCHED, status, "index", "--corpus", corpus, "--index", index),
        *("--skip-unreadable", "--json"),
        QA_MODEL="hashing",
        QA_READ_SECONDS=SECONDS,
        QA_READ_MEGABYTES=MEGABYTES,
    )
    seconds = time.monotonic() - start
    assert outcome.code == 0, outcome.err
    assert "Traceback" not in outcome.err
    [kilobytes] = re.findall(r"VmHWM:\s+(\d+) kB", status.read_text())
    yield Indexed(made, corpus, index, outcome.json, seconds, int(kilobytes) * 1_024)
    open_again(corpus)


def codes() -> set[str]:
    """Every code that may stand for a file that was left out."""

    def below(kind: type[QaServiceError]) -> Iterator[str]:
        yield kind.code
        for child in kind.__subclasses__():
            yield from below(child)

    return set(below(DocumentError))


def test_the_corpus_is_as_large_as_it_claims(indexed: Indexed) -> None:
    print(*indexed.made.left_out, sep="\n")
    assert indexed.made.entries >= 400
    assert len(indexed.made.left_out) <= 5


def test_every_file_is_a_document_or_left_out_with_its_reason(indexed: Indexed) -> None:
    report = indexed.report
    with open_index(indexed.index) as index:
        documents = {info.id for info in index.documents()}
    assert len(documents) == report["documents"]
    left_out = report["failed"] + report["skipped"]
    known = codes()
    for entry in left_out:
        assert entry["code"] in known, entry
        assert entry["hint"], entry
        for words in (entry["message"], entry["hint"]):
            assert words.isprintable(), entry
            assert len(words) < 1_500, entry
    messages = sorted(entry["message"] for entry in left_out)
    assert len(set(messages)) == len(messages)
    reached = set(documents)
    for path in indexed.corpus.rglob("*"):
        name = path.relative_to(indexed.corpus).as_posix()
        if path.is_dir() and not path.is_symlink() and os.access(path, os.R_OK):
            continue
        if path.name.startswith("."):  # hidden, and passed over in silence
            continue
        named = [message for message in messages if message.startswith(f"{printable(name)}: ")]
        assert len(named) == (name not in documents), (name, named)
        reached.discard(name)
    assert not reached


def test_good_neighbours_are_indexed_whole(indexed: Indexed) -> None:
    with open_index(indexed.index) as index:
        for name, sentence in GOOD.items():
            assert sentence in index.document(name).text
    found = run_inside("ask", "Who counted ships?", "--index", indexed.index, "--json").json
    assert any(p["document_id"].startswith("pdf/") for p in found["passages"])
    assert run_inside("verify", "--index", indexed.index).code == 0


def test_nothing_from_outside_the_corpus_is_in_the_index(indexed: Indexed) -> None:
    for path in indexed.index.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert OUTSIDE.encode() not in data
            assert b"root:x:0:0" not in data


@pytest.mark.parametrize(
    ("start", "code"),
    [
        ("pdf/locked with a password.pdf", "document_protected"),
        ("pdf/a gigabyte of zeros.pdf", "reading_out_of_memory"),
        ("pdf/forms within forms", "reading_out_of_memory"),
        ("pdf/a picture.pdf", "document_damaged"),
        ("docx/document of 200 megabytes.docx", "document_too_large"),
        ("docx/a billion laughs.docx", "document_damaged"),
        ("docx/entity from a file.docx", "document_damaged"),
        ("text/overlong.txt", "document_undecodable"),
        ("text/front matter, a billion laughs.md", "document_error"),
        ("text/front matter, a number in base 60.md", "document_error"),
        ("names/link out.txt", "document_unsafe"),
        ("names/link in a ring 1.txt", "document_unsafe"),
        ("names/link to nothing.txt", "document_unreadable"),
        ("names/pipe.txt", "document_unsafe"),
        ("names/socket.txt", "document_unsafe"),
        ("names/two\\nlines.txt", "document_unsafe"),
        ("names/caf\\udce9.txt", "document_unsafe"),
        ("names/sparse.txt", "document_too_large"),
        ("names/page.mhtml", "unsupported_format"),
        ("text/empty.txt", "document_blank"),
    ],
)
def test_the_reason_is_the_right_one(indexed: Indexed, start: str, code: str) -> None:
    left_out = indexed.report["failed"] + indexed.report["skipped"]
    [entry] = [entry for entry in left_out if entry["message"].startswith(start)]
    assert entry["code"] == code


def test_a_large_file_is_read_within_the_limits_or_says_which_it_broke(indexed: Indexed) -> None:
    found = walk(large_folder(indexed.corpus), max_bytes=50_000_000, max_documents=1_000)
    assert len(found.files) >= 30
    start = time.monotonic()
    with DocumentParser(Limits(SECONDS, MEGABYTES), 2) as parser:
        for file, outcome in parser.parse_all((file, read_bytes(file)) for file in found.files):
            if isinstance(outcome, Document):
                assert outcome.id == file.id
            else:
                assert outcome.message.startswith(file.id)
                assert outcome.hint
                assert outcome.code != "parser_crashed", outcome
    print(f"{len(found.files)} large files, {time.monotonic() - start:.0f} s")


def test_the_command_itself_stays_small(indexed: Indexed) -> None:
    print(f"{indexed.seconds:.0f} s, {indexed.peak / 1e6:.0f} MB")
    assert indexed.peak < MEGABYTES * 1_000_000
