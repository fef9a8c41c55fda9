"""The nouns of the pipeline, frozen.

Every ``start``/``end`` counts Unicode code points of the document's text, end exclusive, so that
``document.text[x.start:x.end] == x.text`` holds for every sentence, passage, highlight and
citation. (Browsers count UTF-16 code units: a page converts.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MetadataValue = str | int | float | bool | list[str]
Metadata = Mapping[str, MetadataValue]


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of code points."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a document; ``level`` 1 is the title's level, ``start``/``end`` its line."""

    level: int
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stretch of a document's text stands in its file.

    ``page`` is a page's number, from 1; ``box`` is left, top, right and bottom on that page in
    points (1/72 inch) from its upper left corner. ``path`` names the element in a marked-up file,
    from its root. What a format does not have is None.
    """

    start: int
    end: int
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One file as read: the text that all offsets refer to, and what is known about it.

    ``id`` is the path inside the corpus with forward slashes. ``sha256`` is of the file's bytes.
    ``boilerplate`` marks spans that stay in the text and are never retrieved (navigation lines,
    front matter); ``repeated`` are those of them that only a look at all documents showed.
    ``blocks`` marks spans to keep whole while splitting (fenced code, a table).
    ``places`` leads back into the file where its text was extracted from it: in order, without
    overlap. ``language`` is a code of ISO 639-1, or "" where it is not known.
    """

    id: str
    title: str
    text: str
    sha256: str
    metadata: Metadata = field(default_factory=dict)
    headings: tuple[Heading, ...] = ()
    boilerplate: tuple[Span, ...] = ()
    repeated: tuple[Span, ...] = ()
    blocks: tuple[Span, ...] = ()
    places: tuple[Place, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A span of one document, short enough for the embedder's window."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence-aligned span of one document, the unit that is retrieved.

    ``id`` is ``<document id>#char=<start>,<end>`` (RFC 5147 fragment). ``tokens`` counts tiktoken
    tokens of ``text``. ``section`` is the path of headings above it, outermost first.
    ``sentences`` covers the passage in order. ``places`` are the document's, cut to the passage.
    ``also_in`` holds the ids of passages elsewhere that say the same, in order. ``language`` is
    the document's.
    """

    id: str
    document_id: str
    title: str
    start: int
    end: int
    text: str
    tokens: int
    section: tuple[str, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    places: tuple[Place, ...] = ()
    also_in: tuple[str, ...] = ()
    language: str = ""


def passage_id(document_id: str, start: int, end: int) -> str:
    """Return the stable id of a span of a document."""
    return f"{document_id}#char={start},{end}"


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What an index lists about a document without its text; ``characters`` is its length."""

    id: str
    title: str
    sha256: str
    characters: int
    passages: int
    metadata: Metadata
    language: str = ""


@dataclass(frozen=True, slots=True)
class Highlight:
    """A verbatim sentence of a passage and how well it fits the question, 0 to 1."""

    start: int
    end: int
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Feature:
    """One term of a passage's score: ``contribution = weight * normalised``."""

    value: float
    normalised: float
    weight: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """A retrieved passage: its score (0 to 1 within one reply), best sentences, and why."""

    passage: Passage
    score: float
    highlights: tuple[Highlight, ...]
    explanation: Mapping[str, Feature] | None = None


@dataclass(frozen=True, slots=True)
class Retrieval:
    """The reply to one question. ``evidence`` is filled, best first, also when not answerable.

    ``confidence`` estimates the probability that the documents answer the question; ``reason``
    says in words why not, and is None when ``answerable``.
    """

    question: str
    answerable: bool
    confidence: float
    threshold: float
    reason: str | None
    evidence: tuple[Evidence, ...]
    index_version: str
    took_ms: float
    signals: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of a conversation; ``role`` is ``user`` or ``assistant``."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote: where it stands in its source, and the part of the answer that it backs.

    In an extractive answer that part is the quote itself, in a generative one a sentence.
    """

    document_id: str
    title: str
    cited_text: str
    source_start: int
    source_end: int
    answer_start: int
    answer_end: int


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer and the citations that carry it. ``mode`` is ``extractive`` or ``generative``.

    ``ungrounded`` are spans of ``text`` that no source backs; an extractive answer has none.
    ``note`` says what a reader should know about how the answer came to be.
    """

    text: str
    mode: str
    citations: tuple[Citation, ...]
    ungrounded: tuple[Span, ...] = ()
    note: str | None = None


def as_plain(value: Any) -> Any:
    """Return ``value`` with mappings and sequences as plain dicts and lists, for JSON."""
    if isinstance(value, Mapping):
        return {str(k): as_plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [as_plain(v) for v in value]
    return value
