"""Passages for Dify's external knowledge API (``POST /retrieval``)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from qa_service.errors import InvalidFilter, QaServiceError
from qa_service.integrations.admission import (
    COLLECTION,
    CollectionNotFound,
    KeyMalformed,
    Unauthorized,
)
from qa_service.integrations.links import page_of
from qa_service.records import Evidence, Retrieval

MAX_RECORDS = 50

# Dify's error codes; its users see the message beside them.
_MALFORMED_KEY = 1001
_WRONG_KEY = 1002
_UNKNOWN_KNOWLEDGE = 2001


class RetrievalSetting(BaseModel):
    """How much is wanted; a ``top_k`` above 50 counts as 50."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    top_k: int = Field(default=5, ge=1)
    score_threshold: float | None = Field(default=0.0, ge=0, le=1)


class Condition(BaseModel):
    """A comparison of one metadata field, or of several of which one must fit."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    name: str | list[str]
    comparison_operator: str
    value: Any = None


class MetadataCondition(BaseModel):
    """Conditions, all of which must fit or any."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    logical_operator: Literal["and", "or"] | None = "and"
    conditions: list[Condition] | None = None


class DifyRequest(BaseModel):
    """Dify's question."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    knowledge_id: str = Field(description=f"`{COLLECTION}`, or the version of the live index.")
    query: str = Field(description="The question, in plain words.")
    retrieval_setting: RetrievalSetting = Field(
        default_factory=RetrievalSetting,
        description="`top_k` and `score_threshold`.",
    )
    metadata_condition: MetadataCondition | None = Field(
        None, description="Conditions on the documents' metadata."
    )


def filters_of(condition: MetadataCondition | None) -> dict[str, Any] | None:
    """Return Dify's conditions as our filter; raises InvalidFilter for what has no counterpart."""
    if condition is None or not condition.conditions:
        return None
    filters = [_filter(one, place) for place, one in enumerate(condition.conditions)]
    return {"type": condition.logical_operator or "and", "filters": filters}


def records(retrieval: Retrieval, setting: RetrievalSetting) -> dict[str, Any]:
    """Return the passages that reach the score asked for."""
    lowest = setting.score_threshold or 0.0
    return {"records": [_record(one) for one in retrieval.evidence if one.score >= lowest]}


def error_body(error: QaServiceError) -> dict[str, Any]:
    """Return an error in Dify's shape and in this service's own, side by side."""
    content: dict[str, Any] = {
        "error": {"code": error.code, "message": error.message, "hint": error.hint}
    }
    if isinstance(error, CollectionNotFound):
        content["error_code"] = _UNKNOWN_KNOWLEDGE
    elif isinstance(error, Unauthorized):
        content["error_code"] = _MALFORMED_KEY if isinstance(error, KeyMalformed) else _WRONG_KEY
    else:
        content["error_code"] = error.code
    content["error_msg"] = str(error)
    return content


COMPARISONS = {
    "is": "eq",
    "=": "eq",
    "is not": "ne",
    "≠": "ne",
    "in": "in",
    "not in": "nin",
    ">": "gt",
    "<": "lt",
    "≥": "gte",
    "≤": "lte",
    "after": "gt",  # dates in ISO 8601 are in order as text
    "before": "lt",
}
_NUMERIC = ("=", "≠", ">", "<", "≥", "≤")


def _filter(condition: Condition, place: int) -> dict[str, Any]:
    operator = condition.comparison_operator
    where = f"metadata_condition.conditions.{place}"
    if operator not in COMPARISONS:
        raise InvalidFilter(
            f"{where}.comparison_operator: {operator[:40]!r} is not supported",
            f"the operators are {', '.join(COMPARISONS)}",
        )
    value = condition.value
    if operator in _NUMERIC and isinstance(value, str):
        value = _number(value, where)
    if operator in ("in", "not in") and not isinstance(value, list):
        value = [value]
    names = [condition.name] if isinstance(condition.name, str) else condition.name
    filters = [{"type": COMPARISONS[operator], "key": name, "value": value} for name in names]
    return filters[0] if len(filters) == 1 else {"type": "or", "filters": filters}


def _number(text: str, where: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        raise InvalidFilter(f"{where}.value: {text[:40]!r} is no number", "give one") from None


def _record(evidence: Evidence) -> dict[str, Any]:
    passage = evidence.passage
    return {
        "content": passage.text,
        "score": float(evidence.score),
        "title": passage.title,
        "metadata": {
            "passage_id": passage.id,
            "document_id": passage.document_id,
            "start": passage.start,
            "end": passage.end,
            "page": page_of(evidence),
            "section": list(passage.section),
        },
    }
