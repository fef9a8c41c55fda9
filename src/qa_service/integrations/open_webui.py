"""Passages as the results of an external web search of Open WebUI (``POST /search``)."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from qa_service.integrations.links import evidence_url
from qa_service.records import Retrieval

MAX_RESULTS = 50


class SearchRequest(BaseModel):
    """Open WebUI's question; a ``count`` above 50 counts as 50."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    query: str = Field(description="The question, in plain words.")
    count: int = Field(default=5, ge=1, description="How many results are wanted.")


def results(retrieval: Retrieval, files: str) -> list[dict[str, Any]]:
    """Return the passages, best first, each with the link to its place."""
    return [
        {
            "link": evidence_url(files, one),
            "title": one.passage.title,
            "snippet": one.passage.text,
        }
        for one in retrieval.evidence
    ]
