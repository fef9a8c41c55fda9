"""The documents of a corpus: what is known by its bytes is taken over, the rest is read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qa_service.errors import DocumentBlank, DocumentError
from qa_service.index.building.reuse import Earlier
from qa_service.index.progress import Clock
from qa_service.reading.confined.isolation import Limits
from qa_service.reading.files import CorpusFile, read_bytes
from qa_service.reading.parsing import DocumentParser, Outcome, processes_for
from qa_service.reading.repeated import mark_repeated
from qa_service.reading.walk import Skipped, walk
from qa_service.records import Document
from qa_service.settings import Settings


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents by id, and what was left out: without harm, or because it cannot be read."""

    documents: list[Document]
    skipped: tuple[Skipped, ...]
    failed: tuple[DocumentError, ...]


def read_corpus(settings: Settings, earlier: Earlier | None, clock: Clock) -> Corpus:
    """Return the documents of ``settings.corpus``.

    A file whose name and bytes are those that ``earlier`` was made of costs a hash: its document
    is the earlier one. Raises CorpusNotFound, and the first DocumentError unless
    ``settings.skip_unreadable``.
    """
    found = walk(
        settings.corpus, max_bytes=settings.max_document_bytes, max_documents=settings.max_documents
    )
    documents: list[Document] = []
    skipped, failed = list(found.skipped), list(found.failed)
    with clock.stage("reading", len(found.files), "files"):
        limits = Limits(settings.read_seconds, settings.read_megabytes)
        with DocumentParser(limits, processes_for(settings.threads)) as parser:
            for file, outcome in parser.parse_all(_known_or_bytes(found.files, earlier)):
                if isinstance(outcome, Document):
                    documents.append(outcome)
                elif isinstance(outcome, DocumentBlank):
                    skipped.append(Skipped.because(file.id, outcome))
                else:
                    failed.append(outcome)
                clock.advance(1)
    if failed and not settings.skip_unreadable:
        raise _first_of(failed)
    documents.sort(key=lambda document: document.id)
    skipped.sort(key=lambda entry: entry.id)
    return Corpus(mark_repeated(documents), tuple(skipped), tuple(failed))


def _known_or_bytes(
    files: Iterable[CorpusFile], earlier: Earlier | None
) -> Iterator[tuple[CorpusFile, bytes | Outcome]]:
    for file in files:
        try:
            data = read_bytes(file)
        except DocumentError as error:
            yield file, error
            continue
        document = None
        if earlier is not None:
            document = earlier.document(file.id, hashlib.sha256(data).hexdigest())
        yield file, data if document is None else document


def _first_of(failed: list[DocumentError]) -> DocumentError:
    first, more = failed[0], len(failed) - 1
    others = f" (and {more} more {'document' if more == 1 else 'documents'})" if more else ""
    way_out = "QA_SKIP_UNREADABLE=true indexes the rest"
    error = type(first)(
        first.message + others, f"{first.hint}; {way_out}" if first.hint else way_out
    )
    error.__cause__ = first
    return error
