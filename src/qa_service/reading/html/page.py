"""A page as text, with what its elements were: the noun that the reading of HTML passes on."""

from __future__ import annotations

from dataclasses import dataclass, field

from qa_service.reading.html.writer import Tally
from qa_service.records import Heading, Place, Span


@dataclass(slots=True)
class Region:
    """A block element or a line of links: where its text lies and what it is made of.

    ``parent`` is the index of the region around it, -1 for none. ``words`` are its class and id.
    A line with several links is a region of its own, tagged ``-line``.
    """

    tag: str
    role: str
    words: str
    parent: int
    start: int
    end: int = 0
    tally: Tally = field(default_factory=Tally)


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of a page and what is known of its parts, each in order of the text.

    Regions come in order of their starts, an outer one before those in it.
    """

    text: str
    headings: tuple[Heading, ...]
    blocks: tuple[Span, ...]
    places: tuple[Place, ...]
    regions: tuple[Region, ...]
