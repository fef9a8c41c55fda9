"""Which file formats are read, and by what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from qa_service.errors import DocumentBlank, UnsupportedFormat
from qa_service.reading.files import CorpusFile, read_bytes
from qa_service.reading.markdown import read_markdown
from qa_service.reading.text import read_text
from qa_service.records import Document

Reader = Callable[[CorpusFile, bytes], Document]

_READERS: dict[str, Reader] = {
    ".md": read_markdown,
    ".txt": read_text,
}


def supported_suffixes() -> tuple[str, ...]:
    """Return the suffixes that have a reader, sorted; letter case does not matter."""
    return tuple(sorted(_READERS))


def is_supported(name: str) -> bool:
    """Tell whether a file of this name has a reader."""
    return PurePath(name).suffix.lower() in _READERS


def read_document(file: CorpusFile) -> Document:
    """Return the document in ``file``.

    Raises UnsupportedFormat, DocumentBlank when nothing in it could be retrieved (harmless), and
    what ``read_bytes`` and the format's reader raise, all of them DocumentError.
    """
    reader = _READERS.get(PurePath(file.id).suffix.lower())
    if reader is None:
        raise UnsupportedFormat(
            f"{file.id}: no supported format", f"supported: {', '.join(supported_suffixes())}"
        )
    document = reader(file, read_bytes(file))
    if _is_blank(document):
        raise DocumentBlank(f"{file.id}: holds no text", "remove it, or give it some content")
    return document


def _is_blank(document: Document) -> bool:
    at = 0
    for span in sorted(document.boilerplate, key=lambda span: span.start):
        if document.text[at : span.start].strip():
            return False
        at = max(at, span.end)
    return not document.text[at:].strip()
