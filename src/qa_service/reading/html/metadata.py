"""What a page says about itself: title, author, date, language, address."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from qa_service.reading.html.title import PageTitle, page_title
from qa_service.records import Metadata, MetadataValue

_MOST_ENTRIES = 50
_LONGEST_VALUE = 2_000
_LONGEST_JSON = 1_000_000
_MOST_JSON_NODES = 1_000
_AUTHORS = ("author", "article:author", "dc.creator", "dcterms.creator", "parsely-author")
_DATES = (
    "article:published_time", "datepublished", "date", "dc.date", "dcterms.date",
    "dcterms.created", "dc.date.issued", "citation_publication_date", "parsely-pub-date",
    "pubdate",
)  # fmt: skip
_DESCRIPTIONS = ("description", "og:description", "dc.description", "twitter:description")
_WRITTEN_DATES = ("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%Y/%m/%d", "%d.%m.%Y")


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """The page's title, flat metadata, and its language in ISO 639-1 or ""."""

    title: PageTitle
    metadata: Metadata
    language: str


def page_metadata(page: LexborHTMLParser) -> PageMetadata:
    """Return what the page's head, its structured data and its ``<time>`` say of it.

    ``author``, ``date``, ``description``, ``tags``, ``language`` and ``url`` are given where they
    are stated; dates are in ISO 8601 where they can be read, else as written.
    """
    meta = _meta(page)
    linked = _linked_data(page)
    found: dict[str, MetadataValue] = {}
    authors = [value for key in _AUTHORS for value in meta.get(key, ()) if "://" not in value]
    authors = _distinct(authors) or _names(linked.get("author"))
    if authors:
        found["author"] = authors[0] if len(authors) == 1 else authors
    if date := _date(page, meta, linked):
        found["date"] = date
    if description := _first(meta, *_DESCRIPTIONS) or _plain(linked.get("description")):
        found["description"] = description
    keywords = [word for value in meta.get("keywords", ()) for word in re.split("[,;，、]", value)]
    if tags := _distinct([*keywords, *meta.get("article:tag", ())]):
        found["tags"] = tags
    html = page.root.attributes if page.root is not None else {}
    stated = (html.get("lang") or html.get("xml:lang") or _first(meta, "content-language")).strip()
    language = re.match(r"[a-zA-Z]{2,3}(?![a-zA-Z])", stated)
    if language:
        found["language"] = stated
    link = page.css_first("link[rel~=canonical i]")
    url = (link.attributes.get("href") if link is not None else None) or _first(meta, "og:url")
    if url and len(url) <= _LONGEST_VALUE:
        found["url"] = url.strip()
    code = language[0].lower() if language else ""
    title = page_title(page, _first(meta, "og:title"), _first(meta, "og:site_name"))
    return PageMetadata(title, found, code if len(code) == 2 else "")


def _meta(page: LexborHTMLParser) -> dict[str, list[str]]:
    """Return the contents of the ``<meta>`` elements by lower-case name, in order."""
    found: dict[str, list[str]] = {}
    for node in page.css("meta[content]"):
        attributes = node.attributes
        value = " ".join((attributes.get("content") or "").split())
        if not value or len(value) > _LONGEST_VALUE:
            continue
        for key in ("name", "property", "itemprop", "http-equiv"):
            if name := (attributes.get(key) or "").strip().lower():
                entries = found.setdefault(name, [])
                if len(entries) < _MOST_ENTRIES:
                    entries.append(value)
    return found


def _first(meta: Mapping[str, list[str]], *names: str) -> str:
    return next((meta[name][0] for name in names if name in meta), "")


def _distinct(values: list[str]) -> list[str]:
    return list(dict.fromkeys(value.strip() for value in values if value.strip()))[:_MOST_ENTRIES]


def _date(page: LexborHTMLParser, meta: Mapping[str, list[str]], linked: Mapping[str, Any]) -> str:
    stated = [value for key in _DATES for value in meta.get(key, ())]
    stated += [value for value in [_plain(linked.get("datePublished"))] if value]
    for selector in ("time[itemprop=datePublished]", "time[pubdate]", "article time", "time"):
        for node in page.css(selector)[:1]:
            stated.append((node.attributes.get("datetime") or node.text()).strip())
    readable = (iso_date(value) for value in stated)
    return next((date for date in readable if date), "") or (stated[0] if stated else "")


def iso_date(text: str) -> str:
    """Return a date, or date and time, in ISO 8601; "" where the text is neither."""
    text = " ".join(text.split())[:100]
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        pass
    else:
        return (
            parsed.isoformat()
            if re.search(r"\d[T ]?\d\d:?\d\d", text[8:])
            else (parsed.date().isoformat())
        )
    for pattern in _WRITTEN_DATES:
        try:
            return datetime.strptime(text, pattern).date().isoformat()
        except ValueError:
            continue
    try:
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def _linked_data(page: LexborHTMLParser) -> dict[str, Any]:
    """Return the first object of the page's JSON-LD that has a date of publication."""
    for script in page.css("script[type='application/ld+json' i]")[:_MOST_ENTRIES]:
        source = script.text()
        if len(source) > _LONGEST_JSON:
            continue
        try:
            data = json.loads(source, strict=False)
        except (ValueError, RecursionError):
            continue
        for entry in _objects(data):
            if "datePublished" in entry:
                return entry
    return {}


def _objects(data: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects of parsed JSON, outer ones first, without recursion."""
    queue = [data]
    for node in queue:
        if isinstance(node, dict):
            yield node
            queue += node.values()
        elif isinstance(node, list):
            queue += node
        if len(queue) > _MOST_JSON_NODES:
            return


def _names(value: Any) -> list[str]:
    entries = value if isinstance(value, list) else [value]
    return _distinct(
        [_plain(entry.get("name") if isinstance(entry, dict) else entry) for entry in entries]
    )


def _plain(value: Any) -> str:
    # JSON can escape half a surrogate pair, which no encoder takes.
    text = value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""
    return " ".join(text.split()) if len(text) <= _LONGEST_VALUE else ""
