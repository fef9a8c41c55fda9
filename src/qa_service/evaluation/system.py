"""What an evaluation needs from the service it measures; ``Service`` offers exactly this."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Protocol

from qa_service.errors import DocumentNotFound
from qa_service.records import Document, DocumentInfo, Retrieval


class SystemUnderTest(Protocol):
    """A retriever over a fixed set of documents. Same question, same reply."""

    @property
    def index_version(self) -> str: ...

    def retrieve(
        self, question: str, *, top_k: int, max_tokens: int | None = None
    ) -> Retrieval: ...

    def documents(self) -> Sequence[DocumentInfo]: ...

    def document(self, document_id: str) -> Document: ...


def corpus_fingerprint(documents: Iterable[DocumentInfo]) -> str:
    """Return the SHA-256 over the sorted (id, sha256) pairs: equal files, equal fingerprint."""
    pairs = sorted([info.id, info.sha256] for info in documents)
    canonical = json.dumps(pairs, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def document_texts(system: SystemUnderTest, document_ids: Iterable[str]) -> dict[str, str]:
    """Return the text of each named document; one that the index lacks is left out."""
    texts: dict[str, str] = {}
    for document_id in sorted(set(document_ids)):
        try:
            texts[document_id] = system.document(document_id).text
        except DocumentNotFound:
            continue
    return texts
