"""Write the texts of a generation into one SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

from qa_service.errors import DocumentTooLarge, DocumentUndecodable, IndexWriteFailed
from qa_service.index.texts.budgets import gap_after
from qa_service.index.texts.store_rows import marks_json, places_json, storable, to_json
from qa_service.records import Document, Passage

_LARGEST_TEXT = 999_999_999  # bytes of one value in SQLite as it is built by default

# `text` stands last: listing documents then never walks through the pages that hold it.
_SCHEMA = """
CREATE TABLE documents (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
    sha256 TEXT NOT NULL, characters INTEGER NOT NULL, passages INTEGER NOT NULL,
    metadata TEXT NOT NULL, language TEXT NOT NULL, marks TEXT NOT NULL, text TEXT NOT NULL
);
CREATE TABLE sections (number INTEGER PRIMARY KEY, path TEXT NOT NULL);
CREATE TABLE passages (
    row INTEGER PRIMARY KEY, document INTEGER NOT NULL, section INTEGER NOT NULL,
    text TEXT NOT NULL, gap TEXT, places TEXT
);
"""
# `gap` is the white space up to the next passage, NULL where the two may not be joined; `places`
# are the document's, cut to the passage, NULL where the format has none.


def write_store(path: Path, documents: Sequence[tuple[Document, Sequence[Passage]]]) -> None:
    """Create the file from documents in id order, each with its passages in text order.

    Raises IndexWriteFailed, and DocumentTooLarge or DocumentUndecodable for a text that no
    database can hold.
    """
    for document, _ in documents:
        _check_storable(document)
    try:
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            # A generation that was not committed is thrown away: no journal, and one sync after.
            connection.execute("PRAGMA journal_mode=OFF")
            connection.execute("PRAGMA synchronous=OFF")
            connection.executescript(_SCHEMA)
            connection.execute("BEGIN")
            _insert(connection, documents)
            connection.execute("COMMIT")
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise IndexWriteFailed(
            f"{path}: cannot write the documents: {error}",
            "check the room on that disk, then run `qa-service index` again",
        ) from error


def _insert(
    connection: sqlite3.Connection, documents: Sequence[tuple[Document, Sequence[Passage]]]
) -> None:
    sections: dict[tuple[str, ...], int] = {}
    row = 0
    for number, (document, passages) in enumerate(documents):
        connection.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                document.id,
                document.title,
                document.sha256,
                len(document.text),
                len(passages),
                to_json(dict(document.metadata)),
                document.language,
                marks_json(document),
                document.text,
            ),
        )
        for passage, following in zip_longest(passages, passages[1:]):
            section = sections.setdefault(passage.section, len(sections))
            connection.execute(
                "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?)",
                (
                    row,
                    number,
                    section,
                    passage.text,
                    gap_after(document, passage, following),
                    places_json(passage.places),
                ),
            )
            row += 1
    connection.executemany(
        "INSERT INTO sections VALUES (?, ?)",
        ((number, to_json(list(path))) for path, number in sections.items()),
    )


def _check_storable(document: Document) -> None:
    try:
        size = len(document.text.encode())
        for text in (document.id, document.title):
            text.encode()
    except UnicodeEncodeError as error:
        raise DocumentUndecodable(
            f"{storable(document.id)}: its text holds half of a surrogate pair at {error.start}",
            "write the file anew as UTF-8",
        ) from error
    if size > _LARGEST_TEXT:
        raise DocumentTooLarge(
            f"{document.id}: {size} bytes of text exceed the {_LARGEST_TEXT} that one document "
            "may hold in an index",
            "split it",
        )
