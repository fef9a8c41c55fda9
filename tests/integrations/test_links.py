"""A link leads to the file, at the page or at the span."""

from __future__ import annotations

from qa_service.integrations.links import citation_url, evidence_url, files_url, page_at, page_of
from qa_service.records import Citation, Evidence, Passage, Place

FILES = files_url("http://127.0.0.1:8000/")
PLACES = (Place(0, 10, 2), Place(10, 20, 3))


def evidence(*places: Place) -> Evidence:
    return Evidence(Passage("p", "a b/ü.pdf", "T", 0, 20, "x" * 20, 5, places=places), 1.0, ())


def citation(document_id: str, start: int) -> Citation:
    return Citation(document_id, "T", "xx", start, start + 2, 0, 2)


def test_a_passage_with_pages_is_linked_at_its_first() -> None:
    assert page_of(evidence(*PLACES)) == 2
    assert evidence_url(FILES, evidence(*PLACES)) == (
        "http://127.0.0.1:8000/v1/files/a%20b/%C3%BC.pdf#page=2"
    )


def test_a_passage_without_pages_is_linked_at_its_span() -> None:
    assert page_of(evidence()) is None
    assert evidence_url(FILES, evidence()).endswith("#char=0,20")


def test_a_citation_is_linked_at_the_page_that_it_starts_on() -> None:
    found = (evidence(*PLACES),)
    assert citation_url(FILES, citation("a b/ü.pdf", 10), found).endswith("#page=3")
    assert citation_url(FILES, citation("other.txt", 10), found).endswith("#char=10,12")


def test_ends_of_places_are_exclusive() -> None:
    assert [page_at(PLACES, start) for start in (0, 9, 10, 19, 20)] == [2, 2, 3, 3, None]
