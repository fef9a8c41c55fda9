"""What a row of the texts' database holds, and the records that it becomes again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from qa_service.index.texts.layout import Layout
from qa_service.records import (
    Document,
    Heading,
    Passage,
    Place,
    Sentence,
    Span,
    passage_id,
)


class PassageTexts(NamedTuple):
    """What the database knows of a passage; where it begins and ends is in the layout."""

    text: str
    document_id: str
    title: str
    section: str
    places: str | None
    language: str


def passage_of(row: int, texts: PassageTexts, layout: Layout) -> Passage:
    """Return the passage of this row, with its sentences."""
    text, document_id = texts.text, texts.document_id
    _, start, end, tokens, first = (int(value) for value in layout.passages[row])
    spans = layout.sentences[first : layout.sentence_starts[row + 1]].tolist()
    return Passage(
        id=passage_id(document_id, start, end),
        document_id=document_id,
        title=texts.title,
        start=start,
        end=end,
        text=text,
        tokens=tokens,
        section=tuple(json.loads(texts.section)),
        sentences=tuple(Sentence(a, b, text[a - start : b - start]) for a, b in spans),
        places=_places(json.loads(texts.places)) if texts.places else (),
        language=texts.language,
    )


def marks_json(document: Document) -> str:
    """Return everything but the text that was read from a document, as ``document_of`` takes it."""
    marks = {
        "headings": [[h.level, h.text, h.start, h.end] for h in document.headings],
        "boilerplate": [[span.start, span.end] for span in document.boilerplate],
        "repeated": [[span.start, span.end] for span in document.repeated],
        "blocks": [[span.start, span.end] for span in document.blocks],
        "places": _plain(document.places),
    }
    return to_json(marks)


def places_json(places: Sequence[Place]) -> str | None:
    """Return places as ``passage_of`` takes them; None for none."""
    return to_json(_plain(places)) if places else None


def _plain(places: Sequence[Place]) -> list[list[Any]]:
    return [[p.start, p.end, p.page, p.box, p.path] for p in places]


def _places(rows: Sequence[Sequence[Any]]) -> tuple[Place, ...]:
    return tuple(
        Place(start, end, page, None if box is None else tuple(box), path)
        for start, end, page, box, path in rows
    )


def document_of(
    document_id: str,
    title: str,
    text: str,
    sha256: str,
    metadata: str,
    language: str,
    marks: str,
) -> Document:
    """Return the document that these columns hold."""
    parsed = json.loads(marks)
    return Document(
        id=document_id,
        title=title,
        text=text,
        sha256=sha256,
        metadata=json.loads(metadata),
        headings=tuple(Heading(*heading) for heading in parsed["headings"]),
        boilerplate=tuple(Span(*span) for span in parsed["boilerplate"]),
        repeated=tuple(Span(*span) for span in parsed["repeated"]),
        blocks=tuple(Span(*span) for span in parsed["blocks"]),
        places=_places(parsed["places"]),
        language=language,
    )


def storable(text: str) -> str:
    """Return the text as a database can hold it: halves of surrogate pairs are spelled out."""
    return text.encode("utf-8", "backslashreplace").decode()


def to_json(value: Any) -> str:
    """Return the value as JSON without spaces."""
    return json.dumps(value, separators=(",", ":"))
