"""A page's own title, told from the site's name beside it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from qa_service.reading.html.words import words_of

_MOST_HEADINGS = 50
_FEW = 10
_LONGEST = 2_000
# Class names and ids of what names the site.
_SITE = frozenset(("brand", "branding", "logo", "masthead", "menu", "navbar", "site", "topbar"))
_ANCHORS = " ¶§🔗∞\u200b"  # what links to a heading shows beside it; "#" as well, or it is "C#"
_MARKS = " -|–—·•:/»«›‹"
_SEPARATOR = re.compile(r"\s+[-|–—·•:/»«›‹]+\s+|\s*[|»«›‹]+\s*|:\s+")


@dataclass(frozen=True, slots=True)
class PageTitle:
    """The page's own title and the site's name, each "" where there is none to be told."""

    own: str
    site: str = ""


def page_title(page: LexborHTMLParser, open_graph: str, site_name: str) -> PageTitle:
    """Return ``<title>`` without the site's name, or what stands in for it where it is missing.

    Which part is the page's, its headings say, those in ``<main>`` first; an ``<h1>`` outside it
    may name the site instead. ``open_graph`` and ``site_name`` are what the page's metadata
    state, "" for nothing.
    """
    title = _words(page.css_first("head title"))[:_LONGEST]
    main = page.css_first("main, [role=main]")
    inside = [] if main is None else [*main.css("h1")[:_MOST_HEADINGS], *main.css("h2, h3")[:1]]
    own = [name for name in (_heading(node, title) for node in inside) if name]
    others = {_heading(h1, title): h1 for h1 in page.css("h1")[:_MOST_HEADINGS]}
    others = {name: h1 for name, h1 in others.items() if name and name not in own}
    if not title:
        return PageTitle(open_graph or next(iter((*own, *others)), ""), site_name)
    lesser = {_heading(node, title).casefold() for node in page.css("h2, h3")[:_FEW]}
    sites = [
        name
        for name, h1 in others.items()
        if _names_site(title, name, h1, lesser, has_own=bool(own))
    ]
    for name in (*own, *(name for name in others if name not in sites), open_graph):
        if name != site_name and (place := _part(title, name)):
            return PageTitle(title[place], site_name or _rest(title, place))
    for name in (*sites, site_name):
        if (place := _part(title, name)) and (rest := _rest(title, place)):
            return PageTitle(rest, name)
    return PageTitle(title, site_name)


def _names_site(
    title: str, name: str, h1: LexborNode, lesser: Collection[str], *, has_own: bool
) -> bool:
    """Tell whether an ``<h1>`` outside the main part is the site's.

    So it is where it is called that, unless the title begins with it and the main part has no
    heading; and where the title ends with it and a ``lesser`` heading says what comes before.
    """
    place = _part(title, name)
    if place is None:
        return False
    if _is_called_site(h1) and (has_own or place.start > 0):
        return True
    return place.start > 0 and _rest(title, place).casefold() in lesser


def _is_called_site(h1: LexborNode) -> bool:
    """Tell whether a heading, or the element right around it, has a site's class or id."""
    around = [node.attributes for node in (h1, h1.parent) if node is not None]
    called = " ".join(each.get(key) or "" for each in around for key in ("class", "id"))
    return not _SITE.isdisjoint(words_of(called))


def _heading(node: LexborNode, title: str) -> str:
    """Return what a heading says, without the sign of a link to itself."""
    words = _words(node).rstrip(_ANCHORS)
    return words.rstrip(" #") if title and words.casefold() not in title.casefold() else words


def _words(node: LexborNode | None) -> str:
    return " ".join(node.text().split()) if node is not None else ""


def _rest(title: str, place: slice) -> str:
    return title[: place.start].rstrip(_MARKS) or title[place.stop :].lstrip(_MARKS)


def _part(title: str, name: str) -> slice | None:
    """Return where the name stands in the title as the whole, the first or the last part of it."""
    folded, own = title.casefold(), name.casefold()
    if not own or len(folded) != len(title) or len(own) != len(name):
        return None
    if folded == own:
        return slice(0, len(title))
    if folded.startswith(own) and _SEPARATOR.match(title, len(own)):
        return slice(0, len(own))
    at = len(title) - len(own)
    if folded.endswith(own) and any(match.end() == at for match in _SEPARATOR.finditer(title)):
        return slice(at, len(title))
    return None
