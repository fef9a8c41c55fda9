"""The texts of a generation, read: documents whole, passages by row, from one SQLite file."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from qa_service.errors import DocumentNotFound, IndexCorrupt, IndexMissing
from qa_service.index.texts.layout import Layout
from qa_service.index.texts.store_rows import PassageTexts, document_of, passage_of, storable
from qa_service.records import Document, DocumentInfo, Passage, passage_id

STORE_FILE = "documents.sqlite"
_FEW = 500  # values in one statement

# Numbers and rows run from 0 without a gap, and count(*) would read every page of texts.
_COUNTS = """
SELECT (SELECT coalesce(max(number) + 1, 0) FROM documents),
       (SELECT coalesce(max(row) + 1, 0) FROM passages)
"""


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
            (storable(document_id),),
        )
        if not rows:
            raise DocumentNotFound(
                f"{document_id}: no such document in this index",
                "list them with GET /v1/documents; ids are paths inside the corpus",
            )
        with self._reading():
            return document_of(*rows[0])

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
        wanted = [storable(document_id) for document_id in document_ids]
        for few in _batches(wanted):
            rows = self._rows(f"SELECT number FROM documents WHERE id IN ({_marks_for(few)})", few)
            found.extend(number for (number,) in rows)
        return sorted(set(found))

    def passages(self, rows: Sequence[int], layout: Layout) -> list[Passage]:
        """Return passages with their sentences, in the order asked."""
        found: dict[int, PassageTexts] = {}
        for few in _batches([int(row) for row in dict.fromkeys(rows)]):
            for row, *texts in self._rows(
                "SELECT p.row, p.text, d.id, d.title, s.path, p.places, d.language FROM passages p "
                "JOIN documents d ON d.number = p.document "
                f"JOIN sections s ON s.number = p.section WHERE p.row IN ({_marks_for(few)})",
                few,
            ):
                found[row] = PassageTexts(*texts)
        with self._reading():
            return [passage_of(int(row), found[int(row)], layout) for row in rows]

    def joined(self, first: int, parts: Sequence[Passage], tokens: int) -> Passage:
        """Return passages from row ``first`` on, which must be joinable, as one of ``tokens``."""
        gaps = self._rows(
            "SELECT gap FROM passages WHERE row >= ? AND row < ? ORDER BY row",
            (first, first + len(parts) - 1),
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


def _marks_for(values: Sequence[Any]) -> str:
    return ",".join("?" * len(values))


def _batches(values: list[Any]) -> Iterable[list[Any]]:
    return (values[i : i + _FEW] for i in range(0, len(values), _FEW))
