"""Passages and citations as blocks of Anthropic's Messages API.

``search_results`` makes what a tool returns to a Claude model, which then cites sentences of it;
``source_span`` leads such a citation back to the document. ``answer_blocks`` gives this service's
own answer in the shape in which that model would have given it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from qa_service.records import Answer, Citation, Evidence, Passage, Retrieval, Span


class SearchResultsRequest(BaseModel):
    """A question whose passages are wanted as ``search_result`` blocks."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)

    question: str = Field(min_length=1, description="The question, in plain words.")
    top_k: int = Field(5, ge=1, le=50, description="How many passages to return, 1 to 50.")
    max_tokens: int | None = Field(
        None, ge=1, le=100_000, description="Most tokens that the passages may have together."
    )
    filters: dict[str, Any] | None = Field(
        None, description="Search only documents whose metadata fit; null: all of them."
    )


def search_results(retrieval: Retrieval) -> list[dict[str, Any]]:
    """Return each passage as a ``search_result`` block, one sentence a block of text.

    The texts of a result, joined, are the passage: what is cited is verbatim in the document.
    ``source`` is the passage's id.
    """
    return [
        {
            "type": "search_result",
            "source": one.passage.id,
            "title": one.passage.title,
            "content": [
                {"type": "text", "text": _cut(one.passage, span)} for span in _spans(one.passage)
            ],
            "citations": {"enabled": True},
        }
        for one in retrieval.evidence
    ]


def source_span(citation: Mapping[str, Any], evidence: Sequence[Evidence]) -> tuple[str, Span]:
    """Return the document and the span that a ``search_result_location`` cites.

    ``evidence`` is the retrieval's, whose blocks were sent. Raises ValueError when the citation
    names none of them.
    """
    for one in evidence:
        if one.passage.id == citation["source"]:
            first, last = citation["start_block_index"], citation["end_block_index"] - 1
            spans = _spans(one.passage)
            if 0 <= first <= last < len(spans):
                return one.passage.document_id, Span(spans[first].start, spans[last].end)
    raise ValueError(f"{citation['source']}: cites no block that was sent")


def answer_blocks(answer: Answer, documents: Sequence[str]) -> list[dict[str, Any]]:
    """Return an answer as text blocks, each cited stretch with its ``char_location``.

    The texts, joined, are the answer's. ``documents`` are the ids that ``document_index`` counts.
    """
    index = {document_id: place for place, document_id in enumerate(documents)}
    edges = {0, len(answer.text)}
    for citation in answer.citations:
        edges |= {citation.answer_start, citation.answer_end}
    blocks: list[dict[str, Any]] = []
    for start, end in pairwise(sorted(edges)):
        cited = [
            char_location(citation, index[citation.document_id])
            for citation in answer.citations
            if citation.answer_start <= start and end <= citation.answer_end
        ]
        blocks.append({"type": "text", "text": answer.text[start:end], "citations": cited or None})
    return blocks


def char_location(citation: Citation, document_index: int) -> dict[str, Any]:
    """Return a citation as a ``char_location``: the source's side of it."""
    return {
        "type": "char_location",
        "cited_text": citation.cited_text,
        "document_index": document_index,
        "document_title": citation.title,
        "start_char_index": citation.source_start,
        "end_char_index": citation.source_end,
        "file_id": None,
    }


def reply(retrieval: Retrieval, answer: Answer | None) -> dict[str, Any]:
    """Return the body of a ``/v1/anthropic/search_results`` reply."""
    documents = list(dict.fromkeys(one.passage.document_id for one in retrieval.evidence))
    if answer is not None:
        cited = (citation.document_id for citation in answer.citations)
        documents = list(dict.fromkeys((*documents, *cited)))
    return {
        "answerable": retrieval.answerable,
        "confidence": float(retrieval.confidence),
        "reason": retrieval.reason,
        "search_results": search_results(retrieval),
        "documents": documents,
        "answer": None if answer is None else answer_blocks(answer, documents),
    }


def _spans(passage: Passage) -> list[Span]:
    """Return the passage cut at the start of each sentence; without sentences, whole."""
    starts = [sentence.start for sentence in passage.sentences[1:]]
    edges = sorted({passage.start, *starts, passage.end})
    return [Span(start, end) for start, end in pairwise(edges)]


def _cut(passage: Passage, span: Span) -> str:
    return passage.text[span.start - passage.start : span.end - passage.start]
