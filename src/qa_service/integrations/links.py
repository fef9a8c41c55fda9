"""Links to the sources, for wires on which a citation is a URL."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from qa_service.records import Citation, Evidence, Place


def files_url(base: str) -> str:
    """Return the address of the documents' files, below which each has its id."""
    return f"{base.rstrip('/')}/v1/files"


def source_url(files: str, document_id: str, start: int, end: int, page: int | None = None) -> str:
    """Return the URL of a document's file, at a page or at a span of its text.

    ``files`` is the address of the files (``files_url``, or a folder's). A span is named as RFC
    5147 has it (``#char=12,80``), a page as viewers of PDF read it (``#page=3``).
    """
    place = f"char={start},{end}" if page is None else f"page={page}"
    return f"{files.rstrip('/')}/{quote(document_id)}#{place}"


def evidence_url(files: str, evidence: Evidence) -> str:
    """Return the URL of a passage's place in its file."""
    passage = evidence.passage
    return source_url(files, passage.document_id, passage.start, passage.end, page_of(evidence))


def citation_url(files: str, citation: Citation, evidence: tuple[Evidence, ...]) -> str:
    """Return the URL of what is cited; its page is found among the passages it was taken from."""
    start, end = citation.source_start, citation.source_end
    places = (
        place
        for one in evidence
        if one.passage.document_id == citation.document_id
        for place in one.passage.places
    )
    return source_url(files, citation.document_id, start, end, page_at(places, start))


def page_of(evidence: Evidence) -> int | None:
    """Return the page that a passage starts on, None in formats without pages."""
    return next((place.page for place in evidence.passage.places), None)


def page_at(places: Iterable[Place], start: int) -> int | None:
    """Return the page of the place that holds ``start``, None where there is none."""
    return next((place.page for place in places if place.start <= start < place.end), None)
