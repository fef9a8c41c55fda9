"""Whatever a parser does in its own process: the file has a named reason, its neighbours live."""

from __future__ import annotations

import hashlib
import sys
import time

import pytest

from qa_service.errors import (
    CorpusError,
    DocumentBlank,
    DocumentError,
    DocumentUndecodable,
    ParserCrashed,
    ReadingOutOfMemory,
    ReadingTimedOut,
)
from qa_service.reading.confined.isolation import IsolatedParser, Limits
from qa_service.records import Document, Heading, Place, Span
from reading.parsers import LIMITS, MISBEHAVING, file_named, parsed


def test_a_document_arrives_whole_but_for_what_the_file_itself_tells(
    shared: IsolatedParser,
) -> None:
    text = "good text with 🏗 and é"
    assert parsed(shared, text) == Document(
        id="a.pdf",
        title="Title",
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        metadata={"year": 2021, "tags": ["a", "b"], "draft": False, "rating": 4.5},
        headings=(Heading(1, "Title", 0, len(text)),),
        boilerplate=(Span(0, 0),),
        blocks=(Span(0, len(text)),),
        places=(Place(0, 1, page=2, box=(1.0, 2.0, 3.5, 4.0)), Place(1, len(text), path="/p")),
        language="en",
    )


def test_the_parsers_in_use_read_as_they_do_in_this_process() -> None:
    parser = IsolatedParser(Limits())
    data = b"---\nyear: 2021\n---\n# Head\n\nText.\n"
    document = parser.parse(file_named("a.md", data), data)
    assert (document.title, document.metadata) == ("Head", {"year": 2021})
    with pytest.raises(DocumentBlank, match=r"b\.txt: holds no text"):
        parser.parse(file_named("b.txt", b" \n"), b" \n")
    parser.close()


@pytest.mark.parametrize(
    ("action", "kind", "words"),
    [
        ("loop", ReadingTimedOut, "reading took longer than 1 s"),
        ("wait", ReadingTimedOut, "reading took longer than 1 s"),
        ("eat", ReadingOutOfMemory, "reading needed more than 200 MB"),
        ("eat-natively", ReadingOutOfMemory, "reading needed more than 200 MB"),
        ("segfault", ParserCrashed, r"the parser crashed \(signal SIGSEGV\)"),
        ("abort", ParserCrashed, r"the parser crashed \(signal SIGABRT\)"),
        ("exit", ParserCrashed, r"the parser crashed \(status 3\)"),
        ("recurse", ParserCrashed, r"the parser crashed \(RecursionError: maximum"),
        ("raise", ParserCrashed, r"the parser crashed \(KeyError: 'no such key"),
        ("surrogate", ParserCrashed, r"half a surrogate pair at character 12"),
        ("beyond", ParserCrashed, r"no span of 6 characters: 0 to 7"),
        ("undecodable", DocumentUndecodable, "odd bytes"),
    ],
)
def test_every_way_to_fail_has_its_reason_and_the_next_file_is_read(
    shared: IsolatedParser, action: str, kind: type[DocumentError], words: str
) -> None:
    start = time.monotonic()
    with pytest.raises(kind, match=rf"^a\.pdf: .*{words}") as caught:
        parsed(shared, action)
    assert type(caught.value) is kind
    assert caught.value.hint
    assert "\n" not in str(caught.value)
    assert time.monotonic() - start < 15
    assert parsed(shared, "good").text == "good"


def test_one_process_reads_many_files_and_a_dead_one_is_replaced(shared: IsolatedParser) -> None:
    first = parsed(shared, "process").text
    assert parsed(shared, "process").text == first
    with pytest.raises(ParserCrashed):
        parsed(shared, "segfault")
    second = parsed(shared, "process").text
    assert second != first
    assert parsed(shared, "process").text == second


@pytest.mark.parametrize(("bound", "value"), [("_MOST_FILES", 2), ("_MOST_BYTES", 20)])
def test_a_process_is_replaced_after_so_many_files_or_bytes(
    monkeypatch: pytest.MonkeyPatch, bound: str, value: int
) -> None:
    monkeypatch.setattr(f"qa_service.reading.confined.isolation.{bound}", value)
    parser = IsolatedParser(LIMITS, MISBEHAVING)
    first, second, third = (parsed(parser, "process").text for _ in range(3))
    assert first == second != third
    parser.close()


def test_what_becomes_of_a_file_does_not_depend_on_those_before_it() -> None:
    parser = IsolatedParser(LIMITS, MISBEHAVING)
    # Each keeps 70 of 200 MB for good: none after the second fits where the first two were read.
    kept = [parsed(parser, "keep").text for _ in range(5)]
    assert kept == ["1 kept", "2 kept", "1 kept", "2 kept", "1 kept"]
    parser.close()


def test_a_process_that_cannot_start_is_named_with_its_last_words() -> None:
    parser = IsolatedParser(LIMITS, (sys.executable, "-c", "raise SystemExit('no such parser')"))
    with pytest.raises(CorpusError, match=r"did not start: status 1 \(no such parser\)"):
        parsed(parser, "good")


def test_a_stopped_parser_reads_nothing_more(shared: IsolatedParser) -> None:
    parser = IsolatedParser(LIMITS, MISBEHAVING)
    parsed(parser, "good")
    parser.stop()
    with pytest.raises((CorpusError, ParserCrashed)):
        parsed(parser, "good")
    parser.close()
