"""Which file formats are read, and by what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePath

from qa_service.errors import DocumentBlank, UnsupportedFormat
from qa_service.reading.files import CorpusFile
from qa_service.records import Document

READING_VERSION = 2
"""Raised with every change to what any reader returns for the same bytes: documents read by other
rules are read again, never taken over into a new generation of an index."""

Reader = Callable[[CorpusFile, bytes], Document]


@dataclass(frozen=True, slots=True)
class _Format:
    """Where a format's reader is: imported at its first file, because parsers are large.

    Up to ``harmless`` bytes cannot keep this reader busy for long, whatever they are; more are
    parsed in a process of its own. Large and native parsers are never trusted with any.
    """

    module: str
    function: str
    harmless: int = 0

    def reader(self) -> Reader:
        reader: Reader = getattr(import_module(self.module), self.function)
        return reader


_FORMATS: dict[str, _Format] = {
    ".docx": _Format("qa_service.reading.docx.document", "read_docx"),
    ".htm": _Format("qa_service.reading.html.document", "read_html"),
    ".html": _Format("qa_service.reading.html.document", "read_html"),
    ".md": _Format("qa_service.reading.text.markdown", "read_markdown", harmless=20_000),
    ".pdf": _Format("qa_service.reading.pdf.document", "read_pdf"),
    ".txt": _Format("qa_service.reading.text.plain", "read_text", harmless=100_000),
    ".xhtml": _Format("qa_service.reading.html.document", "read_html"),
}


def supported_suffixes() -> tuple[str, ...]:
    """Return the suffixes that have a reader, sorted; letter case does not matter."""
    return tuple(sorted(_FORMATS))


def is_supported(name: str) -> bool:
    """Tell whether a file of this name has a reader."""
    return _suffix(name) in _FORMATS


def needs_isolation(file: CorpusFile, data: bytes) -> bool:
    """Tell whether ``data`` must be parsed in a process of its own."""
    form = _FORMATS.get(_suffix(file.id))
    return form is not None and len(data) > form.harmless


def parse(file: CorpusFile, data: bytes) -> Document:
    """Return the document whose bytes are ``data``, parsed in this process.

    Raises UnsupportedFormat, DocumentBlank when nothing in it could be retrieved (harmless), and
    what the format's reader raises, all of them DocumentError.
    """
    document = _format_of(file).reader()(file, data)
    if _is_blank(document):
        raise DocumentBlank(f"{file.id}: holds no text", "remove it, or give it some content")
    return document


def _format_of(file: CorpusFile) -> _Format:
    form = _FORMATS.get(_suffix(file.id))
    if form is None:
        raise UnsupportedFormat(
            f"{file.id}: no supported format", f"supported: {', '.join(supported_suffixes())}"
        )
    return form


def _suffix(name: str) -> str:
    return PurePath(name).suffix.lower()


def _is_blank(document: Document) -> bool:
    at = 0
    for span in sorted(document.boilerplate, key=lambda span: span.start):
        if document.text[at : span.start].strip():
            return False
        at = max(at, span.end)
    return not document.text[at:].strip()
