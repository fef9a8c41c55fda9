"""A page's own title, told from the site's name beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from qa_service.reading.html.words import words_of

_MOST_HEADINGS = 50
_FEW = 10
_LONGEST = 2_000
_ANCHORS = " ¶#§🔗∞\u200b"
_MARKS = " -|–—·•:/»«›‹"
# Class names and ids of what names the site.
_SITE = frozenset(("brand", "branding", "logo", "masthead", "menu", "navbar", "site", "topbar"))
_SEPARATOR = re.compile(r"\s+[-|–—·•:/»«›‹]+\s+|\s*[|»«›‹]+\s*|:\s+")


@dataclass(frozen=True, slots=True)
class PageTitle:
    """The page's own title and the site's name, each "" where there is none to be told."""

    own: str
    site: str = ""


def page_title(page: LexborHTMLParser, open_graph: str, site_name: str) -> PageTitle:
    """Return ``<title>`` without the site's name, or what stands in for it where it is missing.

    Which part is the page's, its headings say, those in ``<main>`` first; but an ``<h1>`` outside
    it that is called the site's names the site, unless the title begins with it and the main part
    has no heading. ``open_graph`` and ``site_name`` are what the page's metadata state, "" for
    nothing.
    """
    node = page.css_first("head title")
    title = _words(node)[:_LONGEST]
    main = page.css_first("main, [role=main]")
    inside = [] if main is None else [*main.css("h1"), *main.css("h2, h3")[:1]]
    own = _names(inside[:_MOST_HEADINGS])
    others = [h1 for h1 in page.css("h1")[:_MOST_HEADINGS] if _words(h1) not in ("", *own)]
    sites = set(_names([h1 for h1 in others if _names_site(h1)]))
    if not own:
        sites = {name for name in sites if _part(title, name)[0]}
    outside = [name for name in _names(others) if name not in sites]
    lesser = {name.casefold() for name in _names(page.css("h2, h3")[:_FEW])}
    if not title:
        return PageTitle(open_graph or next(iter((*own, *map(_words, others))), ""), site_name)
    for name in (*own, *outside, open_graph):
        start, end = (0, 0) if name in ("", site_name) else _part(title, name)
        if start == end:
            continue
        part, rest = title[start:end], _rest(title, start, end)
        if start > 0 and rest.casefold() in lesser:  # both are headings: the first is the page's
            return PageTitle(rest, part)
        return PageTitle(part, site_name or rest)
    for site in filter(None, (site_name, *sorted(sites))):
        start, end = _part(title, site)
        if rest := _rest(title, start, end) if start < end else "":
            return PageTitle(rest, site)
    return PageTitle(title, site_name)


def _rest(title: str, start: int, end: int) -> str:
    return title[:start].rstrip(_MARKS) or title[end:].lstrip(_MARKS)


def _names_site(h1: LexborNode) -> bool:
    """Tell whether a heading, or the element right around it, is called the site's name."""
    around = [node.attributes for node in (h1, h1.parent) if node is not None]
    called = " ".join(each.get(key) or "" for each in around for key in ("class", "id"))
    return not _SITE.isdisjoint(words_of(called))


def _names(headings: list[LexborNode]) -> list[str]:
    """Return what the headings say, in order, each also without the sign of a link to itself."""
    names: list[str] = []
    for words in map(_words, headings):
        names += [name for name in (words, words.rstrip(_ANCHORS)) if name and name not in names]
    return names


def _words(node: LexborNode | None) -> str:
    return " ".join(node.text().split()) if node is not None else ""


def _part(title: str, name: str) -> tuple[int, int]:
    """Return where the name stands in the title, as the whole, the first or the last part of it;
    two equal places where it does not."""
    folded, own = title.casefold(), name.casefold()
    if len(folded) != len(title) or len(own) != len(name):
        return 0, 0
    if folded == own:
        return 0, len(title)
    if folded.startswith(own) and _SEPARATOR.match(title, len(own)):
        return 0, len(own)
    if folded.endswith(own):
        at = len(title) - len(own)
        if any(match.end() == at for match in _SEPARATOR.finditer(title)):
            return at, len(title)
    return 0, 0
