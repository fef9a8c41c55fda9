"""Passages as the results of OpenAI's ``/v1/vector_stores/{id}/search``.

Their shape has no offsets: these stand in ``attributes``, of which there may be 16. Paging goes
through the first 50 passages: a reply's ``next_page`` is the next request's ``page``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from qa_service.errors import InvalidRequest
from qa_service.integrations.links import page_of
from qa_service.integrations.source import Source
from qa_service.records import Evidence

MAX_RESULTS = 50
MAX_QUERIES = 10
_ATTRIBUTE_CHARACTERS = 512

Query = Annotated[str, StringConstraints(min_length=1)]


class RankingOptions(BaseModel):
    """How results are ranked; the ranker is this service's own."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    ranker: str | None = None
    score_threshold: float = Field(0.0, ge=0, le=1)


class VectorStoreSearch(BaseModel):
    """A search. ``rewrite_query`` is accepted and unused: queries are searched for as they are."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    query: Query | list[Query] = Field(description=f"The question, or up to {MAX_QUERIES}.")
    max_num_results: int = Field(
        10, ge=1, le=MAX_RESULTS, description=f"Results of one page, 1 to {MAX_RESULTS}."
    )
    filters: dict[str, Any] | None = Field(
        None, description="Search only documents whose metadata fit; null: all of them."
    )
    ranking_options: RankingOptions | None = Field(
        None, description='{"score_threshold": 0.5} leaves lower scores out.'
    )
    rewrite_query: bool | None = Field(None, description="Accepted and unused.")
    page: str | None = Field(None, description="`next_page` of the reply before.")


def search(source: Source, request: VectorStoreSearch, page: str | None = None) -> dict[str, Any]:
    """Return one page of results, best first.

    Several queries are searched for one after another, and their passages ranked together by
    score, each passage once. Raises InvalidRequest for a page that no reply has named.
    """
    queries = [request.query] if isinstance(request.query, str) else request.query
    if not 1 <= len(queries) <= MAX_QUERIES:
        raise InvalidRequest(
            f"query: {len(queries)} questions", f"give 1 to {MAX_QUERIES} questions"
        )
    start = _start(request.page or page)
    end = start + request.max_num_results
    wanted = min(end + 1, MAX_RESULTS)  # one more tells whether another page follows
    found: list[Evidence] = []
    for query in queries:
        retrieval = source.retrieve(query, top_k=wanted, filters=request.filters)
        found.extend(retrieval.evidence)
    if len(queries) > 1:
        found = _together(found)
    lowest = request.ranking_options.score_threshold if request.ranking_options else 0.0
    kept = [one for one in found if one.score >= lowest][:MAX_RESULTS]
    following = str(end) if len(kept) > end else None
    return {
        "object": "vector_store.search_results.page",
        "search_query": queries,
        "data": [_result(one) for one in kept[start:end]],
        "has_more": following is not None,
        "next_page": following,
    }


def _start(page: str | None) -> int:
    if page is None:
        return 0
    if not (page.isascii() and page.isdecimal() and len(page) <= 2 and int(page) < MAX_RESULTS):
        raise InvalidRequest(f"page: is {page[:40]!r}", "pass `next_page` of the reply before")
    return int(page)


def _together(found: Sequence[Evidence]) -> list[Evidence]:
    """Return passages of several searches, best first, each once."""
    best: dict[str, Evidence] = {}
    for one in sorted(found, key=lambda one: -one.score):
        best.setdefault(one.passage.id, one)
    return list(best.values())


def _result(evidence: Evidence) -> dict[str, Any]:
    passage = evidence.passage
    attributes: dict[str, str | int | float | bool] = {
        "passage_id": passage.id,
        "document_id": passage.document_id,
        "start": passage.start,
        "end": passage.end,
        "tokens": passage.tokens,
        "title": passage.title,
        "section": " > ".join(passage.section),
    }
    page = page_of(evidence)
    if page is not None:
        attributes["page"] = page
    if evidence.highlights:
        best = evidence.highlights[0]
        attributes |= {"highlight_start": best.start, "highlight_end": best.end}
    return {
        "file_id": passage.document_id,
        "filename": PurePosixPath(passage.document_id).name,
        "score": float(evidence.score),
        "attributes": {
            name: value[:_ATTRIBUTE_CHARACTERS] if isinstance(value, str) else value
            for name, value in attributes.items()
        },
        "content": [{"type": "text", "text": passage.text}],
    }
