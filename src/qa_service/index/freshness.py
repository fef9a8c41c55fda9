"""Whether the live generation is what a build would make now, found by hashing files alone."""

from __future__ import annotations

import hashlib

from qa_service.embedding.protocol import EmbedderIdentity
from qa_service.errors import IndexError_
from qa_service.index.analysis import ANALYZER_VERSION
from qa_service.index.build import chunking_of
from qa_service.index.generation import current_version, open_generation
from qa_service.index.manifest import Manifest
from qa_service.index.store import STORE_FILE, Store
from qa_service.reading.files import read_bytes
from qa_service.reading.walk import walk
from qa_service.settings import Settings


def up_to_date(settings: Settings, identity: EmbedderIdentity) -> str | None:
    """Return the live version when the corpus, the model and the settings are unchanged.

    None when there is no sound index, when any file of the corpus was added, changed or removed
    (a blank or unreadable one makes a build necessary), or when settings differ. Raises
    CorpusNotFound.
    """
    files = walk(
        settings.corpus, max_bytes=settings.max_document_bytes, max_documents=settings.max_documents
    )
    try:
        version = current_version(settings.index)
        generation = open_generation(settings.index, version)
        if not _same_rules(generation.manifest, settings, identity):
            return None
        store = Store(generation.verified(STORE_FILE))
    except IndexError_:
        return None
    try:
        indexed = {info.id: info.sha256 for info in store.documents()}
    finally:
        store.close()
    if files.failed or {file.id for file in files.files} != indexed.keys():
        return None
    for file in files.files:
        if hashlib.sha256(read_bytes(file)).hexdigest() != indexed[file.id]:
            return None
    return version


def _same_rules(manifest: Manifest, settings: Settings, identity: EmbedderIdentity) -> bool:
    return (
        manifest.embedder == identity
        and manifest.analyzer_version == ANALYZER_VERSION
        and manifest.chunking == chunking_of(settings)
    )
