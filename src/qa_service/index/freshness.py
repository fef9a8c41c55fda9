"""Whether the live generation is what a build would make now, found by hashing files alone."""

from __future__ import annotations

import hashlib

from qa_service.embedding.protocol import EmbedderIdentity
from qa_service.errors import DocumentError, IndexError_
from qa_service.index.building.reuse import differing_rules
from qa_service.index.generation.manifest import corpus_fingerprint
from qa_service.index.generation.opening import current_version, open_generation
from qa_service.index.reader import open_index
from qa_service.index.vectors.choice import searched_as_chosen
from qa_service.reading.files import read_bytes
from qa_service.reading.walk import walk
from qa_service.settings import Settings


def up_to_date(settings: Settings, identity: EmbedderIdentity) -> str | None:
    """Return the live version when the corpus, the model and the settings are unchanged.

    None when there is no sound index, when any file of the corpus was added, changed or removed
    (a blank or unreadable one takes a look at what a build would do), or when settings or rules
    differ. Raises CorpusNotFound.
    """
    found = walk(
        settings.corpus, max_bytes=settings.max_document_bytes, max_documents=settings.max_documents
    )
    try:
        version = current_version(settings.index)
        manifest = open_generation(settings.index, version).manifest
        if (
            found.failed
            or len(found.files) != manifest.counts.documents
            or differing_rules(manifest, settings, identity)
            or not searched_as_chosen(manifest, settings.vector_index)
        ):
            return None
        now = [(file.id, hashlib.sha256(read_bytes(file)).hexdigest()) for file in found.files]
        if corpus_fingerprint(now) != manifest.corpus_fingerprint:
            return None
        with open_index(settings.index) as index:  # every file of it is verified
            return version if index.version == version else None
    except (IndexError_, DocumentError):
        return None
