"""A document as plain data, and back: every field is checked before it is believed."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from typing import Any

from qa_service.reading.files import CorpusFile
from qa_service.records import Document, Heading, Metadata, MetadataValue, Place, Span

_MOST_METADATA = 1_000
_LONGEST_STRING = 1_000_000
_LONGEST_LANGUAGE = 20


class NoDocument(Exception):
    """The data is not what ``unpack`` can make a sound document of."""


def pack(document: Document) -> tuple[dict[str, Any], bytes]:
    """Return the document as JSON-ready data and the bytes of its text; raises NoDocument."""
    fields: dict[str, Any] = {
        "title": document.title,
        "metadata": dict(document.metadata),
        "language": document.language,
        "headings": [[h.level, h.text, h.start, h.end] for h in document.headings],
        "boilerplate": _pairs(document.boilerplate),
        "blocks": _pairs(document.blocks),
        "places": [[p.start, p.end, p.page, p.box, p.path] for p in document.places],
    }
    try:
        return fields, document.text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NoDocument(f"half a surrogate pair at character {error.start:,}") from None


def unpack(fields: Any, text: bytes, file: CorpusFile, data: bytes) -> Document:
    """Return the document that ``pack`` took apart; ``data`` are the bytes of its ``file``.

    Its id and its hash are taken from the file, not from whoever read it. Raises NoDocument where
    a field is missing or of another type, a span leaves the text, or places overlap.
    """
    try:
        decoded = text.decode("utf-8")
        length = len(decoded)
        return Document(
            id=file.id,
            title=_string(fields["title"]),
            text=decoded,
            sha256=hashlib.sha256(data).hexdigest(),
            metadata=_metadata(fields["metadata"]),
            headings=tuple(_heading(entry, length) for entry in fields["headings"]),
            boilerplate=_spans(fields["boilerplate"], length),
            blocks=_spans(fields["blocks"], length),
            places=_places(fields["places"], length),
            language=_string(fields["language"], _LONGEST_LANGUAGE),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NoDocument(f"{type(error).__name__}: {error}") from None


def _pairs(spans: Iterable[Span]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]


def _string(value: Any, longest: int = _LONGEST_STRING) -> str:
    if not isinstance(value, str) or len(value) > longest:
        raise ValueError(f"no string of at most {longest:,} characters")
    return value


def _range(start: Any, end: Any, length: int) -> tuple[int, int]:
    # A bool is an int to isinstance.
    if type(start) is not int or type(end) is not int or not 0 <= start <= end <= length:
        raise ValueError(f"no span of {length:,} characters: {start!r} to {end!r}")
    return start, end


def _spans(entries: Any, length: int) -> tuple[Span, ...]:
    return tuple(Span(*_range(start, end, length)) for start, end in entries)


def _heading(entry: Any, length: int) -> Heading:
    level, text, start, end = entry
    if type(level) is not int or not 1 <= level <= 6:
        raise ValueError(f"no level of a heading: {level!r}")
    return Heading(level, _string(text), *_range(start, end, length))


def _places(entries: Any, length: int) -> tuple[Place, ...]:
    places: list[Place] = []
    at = 0
    for entry_start, entry_end, page, box, path in entries:
        start, end = _range(entry_start, entry_end, length)
        if start < at:
            raise ValueError(f"places overlap at character {start:,}")
        at = end
        if page is not None and (type(page) is not int or page < 1):
            raise ValueError(f"no number of a page: {page!r}")
        places.append(Place(start, end, page, _box(box), None if path is None else _string(path)))
    return tuple(places)


def _box(value: Any) -> tuple[float, float, float, float] | None:
    if value is None:
        return None
    left, top, right, bottom = (float(side) for side in value if not isinstance(side, str))
    if not all(map(math.isfinite, (left, top, right, bottom))):
        raise ValueError(f"no box: {value!r}")
    return left, top, right, bottom


def _metadata(value: Any) -> Metadata:
    if len(value) > _MOST_METADATA:
        raise ValueError(f"{len(value):,} metadata fields")
    return {_string(name): _metadata_value(entry) for name, entry in value.items()}


def _metadata_value(value: Any) -> MetadataValue:
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, list):
        return [_string(entry) for entry in value]
    # JSON has no infinity and 64-bit integers alone; so has the store.
    if isinstance(value, bool | int | float):
        return value
    raise ValueError(f"no metadata value: {value!r}")
