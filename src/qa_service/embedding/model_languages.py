"""Which languages of a corpus an embedding model was not trained on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from qa_service.embedding.models import KNOWN_MODELS


def unknown_languages(model: str, languages: Iterable[str]) -> dict[str, int]:
    """Return how many documents there are of each language that a model does not know, most first.

    ``languages`` holds one a document, "" where it is not known: of those, and of a model that this
    project does not vouch for, nothing is claimed.
    """
    known = KNOWN_MODELS.get(model)
    if known is None:
        return {}
    counts = Counter(code for code in languages if code and code not in known.languages)
    return dict(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])))


def language_warning(model: str, unknown: Mapping[str, int]) -> str:
    """Return one line about what ``unknown_languages`` found, or "" when it found nothing.

    >>> language_warning("all-MiniLM-L6-v2", {"ru": 2, "de": 1})
    '3 documents in ru, de: all-MiniLM-L6-v2 knows en; they are found by words, less by meaning'
    """
    known = KNOWN_MODELS.get(model)
    if known is None or not unknown:
        return ""
    count = sum(unknown.values())
    documents, they = ("document", "it is") if count == 1 else ("documents", "they are")
    return (
        f"{count} {documents} in {', '.join(unknown)}: {known.name} knows "
        f"{', '.join(sorted(known.languages))}; {they} found by words, less by meaning"
    )
