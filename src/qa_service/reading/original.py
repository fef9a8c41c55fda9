"""The file that a document was read from, as it is now."""

from __future__ import annotations

import os
from pathlib import Path

from qa_service.errors import CorpusNotFound, DocumentError, DocumentUnsafe
from qa_service.reading.files import CorpusFile, printable, read_bytes, unreadable


def read_original(corpus: Path, document_id: str, *, max_bytes: int) -> bytes:
    """Return the bytes of a document's file; ``document_id`` is its path inside the corpus.

    A link is followed as indexing follows it: within the corpus. Raises CorpusNotFound, and the
    DocumentError of a file that is missing, leads out of the corpus, or cannot be read.
    """
    try:
        root = Path(os.path.realpath(corpus, strict=True))
    except OSError as error:
        raise CorpusNotFound(
            f"{printable(str(corpus))}: {error.strerror}",
            "name the folder that holds the documents (--corpus or QA_CORPUS)",
        ) from None
    try:
        path = Path(os.path.realpath(root / document_id, strict=True))
    except OSError as error:
        raise unreadable(document_id, error) from None
    except ValueError as error:
        raise DocumentError(f"{printable(document_id)}: {error}", "give a document's id") from None
    if not path.is_relative_to(root):
        raise DocumentUnsafe(
            f"{printable(document_id)}: leads out of the corpus", "give a document's id"
        )
    return read_bytes(CorpusFile(document_id, path, size=max_bytes))
