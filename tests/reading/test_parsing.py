from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator

import pytest

from qa_service.errors import (
    DocumentBlank,
    DocumentUnreadable,
    ParserCrashed,
    ReadingTimedOut,
    UnsupportedFormat,
)
from qa_service.reading.confined.isolation import Limits
from qa_service.reading.files import CorpusFile
from qa_service.reading.parsing import DocumentParser, Outcome, processes_for
from qa_service.records import Document
from reading.parsers import LIMITS, MISBEHAVING, file_named

# Long enough not to be parsed in this process.
PADDING = b" " * 100_001


def given(*texts: str) -> Iterator[tuple[CorpusFile, bytes | Outcome]]:
    for number, text in enumerate(texts):
        data = text.encode() + PADDING
        yield file_named(f"{number}.txt", data), data


def shown(outcome: Outcome) -> str:
    return outcome.text.strip() if isinstance(outcome, Document) else type(outcome).__name__


def test_documents_come_in_the_order_given_whatever_takes_how_long() -> None:
    texts = ["a", "segfault", "b", "loop", "c", "exit", "d", "e"]
    with DocumentParser(LIMITS, 2, MISBEHAVING) as parser:
        found = [(file.id, shown(outcome)) for file, outcome in parser.parse_all(given(*texts))]
    assert [document_id for document_id, _ in found] == [f"{n}.txt" for n in range(len(texts))]
    crashed, slow = ParserCrashed.__name__, ReadingTimedOut.__name__
    assert [text for _, text in found] == ["a", crashed, "b", slow, "c", crashed, "d", "e"]


def test_small_plain_files_need_no_process_and_known_outcomes_are_passed_on() -> None:
    known = Document("b.pdf", "B", "known", "")
    refused = DocumentUnreadable("c.pdf: no", "mend it")
    files: list[tuple[CorpusFile, bytes | Outcome]] = [
        (file_named("a.md", b""), b"# A\n\nText."),
        (file_named("b.pdf", b""), known),
        (file_named("c.pdf", b""), refused),
        (file_named("d.txt", b""), b" "),
        (file_named("e.exe", b""), b"MZ"),
    ]
    with DocumentParser(LIMITS, 2, ("no such program",)) as parser:
        outcomes = [outcome for _, outcome in parser.parse_all(files)]
    assert isinstance(outcomes[0], Document)
    assert outcomes[1] is known
    assert outcomes[2] is refused
    assert isinstance(outcomes[3], DocumentBlank)
    assert isinstance(outcomes[4], UnsupportedFormat)


def test_a_large_plain_file_is_parsed_under_the_limits() -> None:
    with DocumentParser(LIMITS, 1, MISBEHAVING) as parser:
        [(_, outcome)] = parser.parse_all(given("loop"))
    assert isinstance(outcome, ReadingTimedOut)


def test_reading_runs_ahead_but_not_without_bound() -> None:
    asked = 0

    def files() -> Iterator[tuple[CorpusFile, bytes | Outcome]]:
        nonlocal asked
        for entry in given(*["text"] * 200):
            asked += 1
            yield entry

    with DocumentParser(LIMITS, 2, MISBEHAVING) as parser:
        for taken, _ in enumerate(parser.parse_all(files()), 1):
            assert asked <= taken + 40
    assert asked == 200


def test_leaving_early_ends_every_process_at_once() -> None:
    threads = threading.active_count()
    start = time.monotonic()
    pids: list[int] = []

    def interrupted() -> None:
        with DocumentParser(Limits(seconds=60, megabytes=200), 2, MISBEHAVING) as parser:
            for _, outcome in parser.parse_all(given("process", "process", *["wait"] * 4)):
                pids.append(int(shown(outcome)))
                if len(pids) == 2:
                    raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert time.monotonic() - start < 30  # without waiting for those that sleep
    assert threading.active_count() == threads
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.parametrize(
    ("threads", "least", "most"), [(1, 1, 1), (2, 2, 2), (64, 4, 4), (0, 1, 4)]
)
def test_no_more_processes_than_threads_are_allowed(threads: int, least: int, most: int) -> None:
    assert least <= processes_for(threads) <= most
