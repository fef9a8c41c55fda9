"""The texts of a generation: documents whole, passages by row, in one SQLite file."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from qa_service.errors import (
    DocumentNotFound,
    DocumentTooLarge,
    DocumentUndecodable,
    IndexCorrupt,
    IndexMissing,
    IndexWriteFailed,
)
from qa_service.index.budgets import gap_after
from qa_service.index.layout import Layout
from qa_service.records import (
    Document,
    DocumentInfo,
    Heading,
    Passage,
    Place,
    Sentence,
    Span,
    passage_id,
)

STORE_FILE = "documents.sqlite"
_LARGEST_TEXT = 999_999_999  # bytes of one value in SQLite as it is built by default
_FEW = 500  # values in one statement

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

# Numbers and rows run from 0 without a gap, and count(*) would read every page of texts.
_COUNTS = """
SELECT (SELECT coalesce(max(number) + 1, 0) FROM documents),
       (SELECT coalesce(max(row) + 1, 0) FROM passages)
"""


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
                _to_json(dict(document.metadata)),
                document.language,
                _to_json(_marks(document)),
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
                    _to_json(_places(passage.places)) if passage.places else None,
                ),
            )
            row += 1
    connection.executemany(
        "INSERT INTO sections VALUES (?, ?)",
        ((number, _to_json(list(path))) for path, number in sections.items()),
    )


class Store:
    """Read access to the texts; safe to share between threads.

    One connection, opened at once and guarded by a lock: a connection opened later, for another
    thread, would not find the file any more once the generation has been pruned.
    """

    def __init__(self, path: Path) -> None:
        """Open a file whose checksum was verified; raises IndexCorrupt."""
        self._path = path
        self._lock = threading.Lock()
        self._closed = False
        self._documents: tuple[DocumentInfo, ...] | None = None
        with self._reading():
            self._connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro&immutable=1",
                uri=True,
                check_same_thread=False,
            )
        try:
            ((documents, passages),) = self._rows(_COUNTS)
        except BaseException:
            self._connection.close()
            raise
        self.document_count, self.passage_count = int(documents), int(passages)

    def documents(self) -> tuple[DocumentInfo, ...]:
        """Return every document, ordered by id."""
        if self._documents is None:
            rows = self._rows(
                "SELECT id, title, sha256, characters, passages, metadata, language "
                "FROM documents ORDER BY number"
            )
            with self._reading():
                self._documents = tuple(
                    DocumentInfo(
                        document_id, title, sha256, length, passages, json.loads(metadata), language
                    )
                    for document_id, title, sha256, length, passages, metadata, language in rows
                )
        return self._documents

    def document(self, document_id: str) -> Document:
        """Return one document with its text; raises DocumentNotFound."""
        rows = self._rows(
            "SELECT id, title, text, sha256, metadata, language, marks FROM documents WHERE id = ?",
            (_storable(document_id),),
        )
        if not rows:
            raise DocumentNotFound(
                f"{document_id}: no such document in this index",
                "list them with GET /v1/documents; ids are paths inside the corpus",
            )
        with self._reading():
            return _document(*rows[0])

    def document_ids(self, numbers: Sequence[int]) -> list[str]:
        """Return the ids of documents, given by their numbers, in the order asked."""
        found: dict[int, str] = {}
        for few in _batches(sorted(set(numbers))):
            found.update(
                self._rows(
                    f"SELECT number, id FROM documents WHERE number IN ({_marks_for(few)})", few
                )
            )
        with self._reading():
            return [found[number] for number in numbers]

    def numbers(self, document_ids: Sequence[str]) -> list[int]:
        """Return the numbers of those documents that are here, ascending."""
        found: list[int] = []
        wanted = [_storable(document_id) for document_id in document_ids]
        for few in _batches(wanted):
            rows = self._rows(f"SELECT number FROM documents WHERE id IN ({_marks_for(few)})", few)
            found.extend(number for (number,) in rows)
        return sorted(set(found))

    def passages(self, rows: Sequence[int], layout: Layout) -> list[Passage]:
        """Return passages with their sentences, in the order asked."""
        found: dict[int, _Texts] = {}
        for few in _batches([int(row) for row in dict.fromkeys(rows)]):
            for row, *texts in self._rows(
                "SELECT p.row, p.text, d.id, d.title, s.path, p.places, d.language FROM passages p "
                "JOIN documents d ON d.number = p.document "
                f"JOIN sections s ON s.number = p.section WHERE p.row IN ({_marks_for(few)})",
                few,
            ):
                found[row] = _Texts(*texts)
        with self._reading():
            return [_passage(int(row), found[int(row)], layout) for row in rows]

    def joined(self, first: int, last: int, layout: Layout, tokens: int) -> Passage:
        """Return passages ``first`` to ``last``, which must be joinable, as one of ``tokens``."""
        parts = self.passages(range(first, last + 1), layout)
        gaps = self._rows(
            "SELECT gap FROM passages WHERE row >= ? AND row < ? ORDER BY row", (first, last)
        )
        with self._reading():
            text = parts[0].text + "".join(
                gap + part.text for (gap,), part in zip(gaps, parts[1:], strict=True)
            )
        return replace(
            parts[0],
            id=passage_id(parts[0].document_id, parts[0].start, parts[-1].end),
            end=parts[-1].end,
            text=text,
            tokens=tokens,
            sentences=tuple(sentence for part in parts for sentence in part.sentences),
            places=tuple(place for part in parts for place in part.places),
        )

    def gaps(self) -> list[str | None]:
        """Return, by row, the white space up to the next passage; None where none may follow."""
        return [gap for (gap,) in self._rows("SELECT gap FROM passages ORDER BY row")]

    def all_passages(self, layout: Layout) -> Iterator[tuple[int, Passage]]:
        """Yield (row, passage) for every row, in order, a few at a time."""
        for few in _batches(list(range(self.passage_count))):
            yield from zip(few, self.passages(few, layout), strict=True)

    def quick_check(self) -> list[str]:
        """Return what SQLite's own check of its pages finds; an empty list when all is well."""
        found = [str(row[0]) for row in self._rows("PRAGMA quick_check")]
        return [] if found == ["ok"] else found

    def close(self) -> None:
        """Close the file; safe to repeat."""
        with self._lock:
            self._closed = True
            self._connection.close()

    def _rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._reading(), self._lock:
            if self._closed:
                raise IndexMissing(f"{self._path}: this index has been closed", "open it again")
            return self._connection.execute(statement, values).fetchall()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
            raise IndexCorrupt(
                f"{self._path}: cannot be read: {error}",
                "run `qa-service index` to build the index again",
            ) from error


class _Texts(NamedTuple):
    text: str
    document_id: str
    title: str
    section: str
    places: str | None
    language: str


def _passage(row: int, texts: _Texts, layout: Layout) -> Passage:
    text, document_id = texts.text, texts.document_id
    _, start, end, tokens, first = (int(value) for value in layout.passages[row])
    spans = layout.sentences[first : layout.sentence_starts[row + 1]].tolist()
    return Passage(
        id=passage_id(document_id, start, end),
        document_id=document_id,
        title=texts.title,
        start=start,
        end=end,
        text=text,
        tokens=tokens,
        section=tuple(json.loads(texts.section)),
        sentences=tuple(Sentence(a, b, text[a - start : b - start]) for a, b in spans),
        places=_parse_places(json.loads(texts.places)) if texts.places else (),
        language=texts.language,
    )


def _marks(document: Document) -> dict[str, Any]:
    return {
        "headings": [[h.level, h.text, h.start, h.end] for h in document.headings],
        "boilerplate": [[span.start, span.end] for span in document.boilerplate],
        "repeated": [[span.start, span.end] for span in document.repeated],
        "blocks": [[span.start, span.end] for span in document.blocks],
        "places": _places(document.places),
    }


def _places(places: Sequence[Place]) -> list[list[Any]]:
    return [[p.start, p.end, p.page, p.box, p.path] for p in places]


def _parse_places(rows: Sequence[Sequence[Any]]) -> tuple[Place, ...]:
    return tuple(
        Place(start, end, page, None if box is None else tuple(box), path)
        for start, end, page, box, path in rows
    )


def _document(
    document_id: str,
    title: str,
    text: str,
    sha256: str,
    metadata: str,
    language: str,
    marks: str,
) -> Document:
    parsed = json.loads(marks)
    return Document(
        id=document_id,
        title=title,
        text=text,
        sha256=sha256,
        metadata=json.loads(metadata),
        headings=tuple(Heading(*heading) for heading in parsed["headings"]),
        boilerplate=tuple(Span(*span) for span in parsed["boilerplate"]),
        repeated=tuple(Span(*span) for span in parsed["repeated"]),
        blocks=tuple(Span(*span) for span in parsed["blocks"]),
        places=_parse_places(parsed["places"]),
        language=language,
    )


def _check_storable(document: Document) -> None:
    try:
        size = len(document.text.encode())
        for text in (document.id, document.title):
            text.encode()
    except UnicodeEncodeError as error:
        raise DocumentUndecodable(
            f"{_storable(document.id)}: its text holds half of a surrogate pair at {error.start}",
            "write the file anew as UTF-8",
        ) from error
    if size > _LARGEST_TEXT:
        raise DocumentTooLarge(
            f"{document.id}: {size} bytes of text exceed the {_LARGEST_TEXT} that one document "
            "may hold in an index",
            "split it",
        )


def _storable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def _to_json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _marks_for(values: Sequence[Any]) -> str:
    return ",".join("?" * len(values))


def _batches(values: list[Any]) -> Iterable[list[Any]]:
    return (values[i : i + _FEW] for i in range(0, len(values), _FEW))
