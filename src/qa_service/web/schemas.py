"""Requests and replies as they are on the wire: what ``/openapi.json`` documents.

Requests are checked by these models, strictly (``"5"`` and ``true`` are no integers) and without
unknown fields. Replies are written straight from the records and *documented* by these models;
tests hold the bytes to them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

MAX_TOP_K = 50
MAX_TOKENS = 100_000
MAX_TURNS = 20

FILTER_REFERENCE = "#/components/schemas/Filter"


class Wire(BaseModel):
    """Base of everything on the wire: exact types, no unknown fields."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Filter(Wire):
    """A condition on document metadata: a comparison, or several joined by ``and``/``or``."""

    type: Literal["eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "and", "or"] = Field(
        description="A comparison of `key` with `value`, or `and`/`or` over `filters`."
    )
    key: str = Field("", description="The metadata field that is compared.")
    value: str | int | float | bool | list[str | int | float] = Field(
        "", description="What it is compared with; a list for `in` and `nin`."
    )
    filters: list[Filter] = Field([], description="The joined conditions, for `and` and `or`.")


class QuestionRequest(Wire):
    """A question and how much evidence is wanted."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"question": "What did the two leaders agree on?", "top_k": 3}]
        }
    )

    question: str = Field(min_length=1, description="The question, in plain words.")
    top_k: int = Field(
        5, ge=1, le=MAX_TOP_K, description=f"How many passages to return, 1 to {MAX_TOP_K}."
    )
    max_tokens: int | None = Field(
        None,
        ge=1,
        le=MAX_TOKENS,
        description="Most tokens that the passages may have together, "
        f"1 to {MAX_TOKENS}; null: no limit.",
    )
    filters: Annotated[
        dict[str, Any] | None,
        WithJsonSchema({"anyOf": [{"$ref": FILTER_REFERENCE}, {"type": "null"}]}),
    ] = Field(None, description="Search only documents whose metadata fit; null: all of them.")
    explain: bool = Field(
        False, description="Return the terms of every passage's score as well: true or false."
    )


class TurnRequest(Wire):
    """One earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: str = Field(max_length=20_000)


class AskRequest(QuestionRequest):
    """A question, what was said before it, and how the answer is to come."""

    conversation: list[TurnRequest] = Field(
        [],
        max_length=MAX_TURNS,
        description=f"The messages before the question, oldest first, at most {MAX_TURNS}: "
        '[{"role": "user", "content": "..."}, ...].',
    )

    stream: bool = Field(
        False, description="Send the answer as it comes, as server-sent events: true or false."
    )


class HighlightReply(Wire):
    """A verbatim sentence of a passage that fits the question."""

    start: int = Field(ge=0, description="Code point of the document's text where it starts.")
    end: int = Field(ge=0, description="Code point where it ends, exclusive.")
    text: str
    score: float = Field(description="How well it fits, 0 to 1.")


class FeatureReply(Wire):
    """One term of a passage's score; it contributes `weight` times `normalised`."""

    value: float
    normalised: float
    weight: float


class PlaceReply(Wire):
    """Where a stretch of the document's text stands in its file; null: not in this format."""

    start: int = Field(ge=0, description="Code point of the document's text where it starts.")
    end: int = Field(ge=0, description="Code point where it ends, exclusive.")
    page: int | None = Field(ge=1, description="Number of the page, from 1.")
    box: tuple[float, float, float, float] | None = Field(
        description="Left, top, right, bottom in points from the page's upper left corner."
    )
    path: str | None = Field(description="The element, as a path from the file's root.")


class PassageReply(Wire):
    """A span of one document: `document.text[start:end] == text`, in code points."""

    id: str
    document_id: str
    title: str
    text: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    tokens: int = Field(ge=0, description="Length of `text` in tokens.")
    score: float = Field(description="Rank score within this reply, 0 to 1.")
    highlights: list[HighlightReply]
    section: list[str] = Field(description="The headings above it, outermost first.")
    page: int | None = Field(ge=1, description="The page it starts on; null without pages.")
    places: list[PlaceReply] = Field(description="Where it stands in the file, in order.")
    also_in: list[str] = Field(description="Ids of passages elsewhere that say the same.")
    explanation: dict[str, FeatureReply] | None = Field(
        None, description="Present when `explain` is true: the terms of `score`."
    )


class RetrieveReply(Wire):
    """The passages, best first; filled also when the documents do not answer the question."""

    question: str
    answerable: bool = Field(description="Whether `confidence` reaches `threshold`.")
    confidence: float = Field(description="Probability that the documents answer, 0 to 1.")
    threshold: float
    reason: str | None = Field(description="Why not, in words; null when answerable.")
    passages: list[PassageReply]
    index_version: str
    took_ms: float
    signals: dict[str, float] | None = Field(
        None, description="Present when `explain` is true: what `confidence` was made of."
    )


class CitationReply(Wire):
    """A verbatim quote: its place in the source document, and the part of the answer it backs."""

    document_id: str
    title: str
    cited_text: str
    source_start: int = Field(ge=0)
    source_end: int = Field(ge=0)
    answer_start: int = Field(ge=0)
    answer_end: int = Field(ge=0)


class SpanReply(Wire):
    """A range of code points, end exclusive."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)


class AnswerReply(Wire):
    """An answer whose every citation is verbatim at its stated place."""

    text: str
    mode: str = Field(description="`extractive` or `generative`.")
    citations: list[CitationReply]
    ungrounded: list[SpanReply] = Field(
        description="Spans of `text` that no source backs; none in an extractive answer."
    )
    note: str | None = Field(description="What to know about how the answer came to be.")


class AskReply(RetrieveReply):
    """What `/v1/retrieve` returns, and the answer; null when the service abstains."""

    answer: AnswerReply | None
    searched_for: str | None = Field(
        None, description="With a conversation: the question as it was searched for."
    )


class DocumentInfoReply(Wire):
    """A document as it is listed, without its text."""

    id: str
    title: str
    sha256: str
    characters: int = Field(ge=0, description="Length of its text in code points.")
    passages: int = Field(ge=0)
    metadata: dict[str, Any]


class DocumentsReply(Wire):
    """One page of the documents, ordered by id."""

    documents: list[DocumentInfoReply]
    total: int = Field(ge=0, description="How many documents the index holds.")
    next: str | None = Field(description="Pass as `after` for the next page; null: the last one.")
    index_version: str


class DocumentReply(Wire):
    """One document with the text that every offset refers to."""

    id: str
    title: str
    text: str
    sha256: str
    metadata: dict[str, Any]


class HealthReply(Wire):
    status: Literal["ok"]


class ReadyReply(Wire):
    status: Literal["ready"]
    index_version: str


class ErrorContent(Wire):
    code: str = Field(description="Stable, for machines.")
    message: str = Field(description="What went wrong, and where.")
    hint: str = Field(description="What to do next.")


class ErrorReply(Wire):
    """Every reply of 400 or above."""

    error: ErrorContent
