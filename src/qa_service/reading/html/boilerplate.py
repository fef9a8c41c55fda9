"""What of a page is its content and what stands around it: navigation, banners, related links.

Elements say it themselves (``nav``, ``main``, ``footer``, roles), then their class names, then
how much of their text is links. In doubt text is content: what is marked is never retrieved.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from qa_service.reading.boilerplate import navigation_spans
from qa_service.reading.html.page import PageText
from qa_service.reading.html.regions import MOST, NEARLY_ALL, SUBHEADINGS, Node, Surroundings
from qa_service.reading.html.words import (
    ALWAYS,
    CONSENT,
    IF_SHORT,
    RELATED,
    WITH_LINKS,
    names_content,
    words_of,
)
from qa_service.records import Span

_AROUND_TAGS = frozenset(("button", "dialog", "nav", "search", "select", "textarea"))
_AROUND_ROLES = frozenset(
    ("alertdialog", "dialog", "menu", "menubar", "navigation", "search", "toolbar")
)
_NEVER = frozenset(("article", "body", "h1", "html", "main", "tbody", "tr"))
# Lists of links are told by their links only as one of these.
_LINK_LISTS = frozenset(
    ("-line", "address", "center", "div", "dl", "li", "ol", "p", "section", "td", "ul")
)

# A page with less content than this is a page of links.
_LEAST = 0.15
_SOME_LINKS = 0.4
_LONGEST_LABEL = 30
_LINE = 120
_SHORT = 400
_LONGEST_FORM = 1_000


def boilerplate_spans(page: PageText, site: str = "") -> tuple[Span, ...]:
    """Return what of the page's text is not its content, in order, without overlap.

    A heading that is the name of the ``site`` is none of the page's title.

    Nothing but lines of navigation is marked where else nothing would be left.
    """
    around = Surroundings(page, site)
    marked = _named(around)
    links = _lists_of_links(around, marked)
    if around.left(marked | links) >= _LEAST * around.total:
        marked |= links
    if around.left(marked) <= 0:
        marked = set()
    spans = [Span(page.regions[i].start, page.regions[i].end) for i in marked]
    kept = sorted(
        [*page.blocks, *(Span(heading.start, heading.end) for heading in page.headings)],
        key=lambda span: span.start,
    )
    lines = [line for line in navigation_spans(page.text) if not lies_in(line.start, kept)]
    return tuple(_merged(page.text, [*spans, *lines]))


def _named(around: Surroundings) -> set[int]:
    """Return the outermost regions that say of themselves what they are, or lie outside."""
    return set(around.outermost(lambda i: _is_named(around, around.nodes[i])))


def _is_named(around: Surroundings, node: Node) -> bool:
    if node.tag in _NEVER or not node.characters or node.holds_content:
        return False
    if node.tag in _AROUND_TAGS or node.region.role in _AROUND_ROLES:
        return node.tag != "button" or not _unfolds(around.text, node)
    if (node.holds_title and around.titles == 1) or names_content(node.region.words):
        return False
    if node.characters > MOST * around.total and node.link_share < MOST:
        return False  # what holds so much of the page is its content, whatever it is called
    if around.has_main and not node.in_main:
        may_belong = node.is_prose or (node.holds_title and not around.title_in_main)
        if not may_belong:
            return True
    return _has_role(node) or _has_words(around, node)


def _unfolds(text: str, button: Node) -> bool:
    """Tell whether a button is a question that unfolds its answer, or another long label."""
    label = text[button.region.start : button.region.end].strip()
    return len(label) > _LONGEST_LABEL or label.endswith(("?", "？", "؟"))


def _has_role(node: Node) -> bool:
    if node.tag == "form":
        return node.characters <= _LONGEST_FORM and not node.is_prose
    if node.tag == "header":
        return not node.in_part and not node.is_prose
    if node.tag == "footer":
        return not node.in_part or node.link_share >= _SOME_LINKS
    if node.tag == "aside":
        return node.link_share >= _SOME_LINKS or not (node.in_content or node.is_prose)
    return False


def _has_words(around: Surroundings, node: Node) -> bool:
    words = words_of(node.region.words)
    if not words.isdisjoint(ALWAYS):
        return not node.is_prose or not words.isdisjoint(CONSENT)
    if not words.isdisjoint(WITH_LINKS):
        if node.link_share >= _SOME_LINKS and node.region.tally.links > 1:
            return True
        # A banner: a line above everything else.
        is_line = node.characters <= _LINE and not node.region.tally.sentences
        return is_line and node.region.end <= around.top
    if not words.isdisjoint(IF_SHORT):
        return node.characters <= _SHORT and node.region.tally.sentences <= 2
    return False


def _lists_of_links(around: Surroundings, named: set[int]) -> set[int]:
    """Return lists of links outside the content, with the headings right above them.

    Inside the content only those under a heading such as "Related articles".
    """
    nodes = around.nodes
    found = set(around.outermost(lambda i: _is_list_of_links(around, i), named))
    for i in list(found):
        if nodes[i].previous >= 0 and nodes[nodes[i].previous].tag in SUBHEADINGS:
            found.add(nodes[i].previous)
    for i, node in enumerate(nodes):
        if node.following < 0 or not node.characters or node.characters > _LINE:
            continue
        below = nodes[node.following]
        if below.link_share >= MOST and below.region.tally.links > 1:
            line = around.text[node.region.start : node.region.end]
            if line.strip().strip(":：.…!-–— ").casefold() in RELATED:
                found.update((i, node.following))
    return found


def _is_list_of_links(around: Surroundings, i: int) -> bool:
    node = around.nodes[i]
    beside_article = around.has_one_article and node.link_share >= NEARLY_ALL
    return (
        node.tag in _LINK_LISTS
        and (node.is_links or beside_article)
        and not (node.in_content or node.holds_content or node.holds_title)
        and node.characters <= MOST * around.total
        and not _is_in_flow(around, i)
    )


def _is_in_flow(around: Surroundings, i: int) -> bool:
    """Tell whether a list of links stands among headings and paragraphs, as a part of them.

    One that comes before all of them leads elsewhere; so does a line of links right below the
    title, or below the last paragraph.
    """
    node = around.nodes[i]
    is_list = node.tag in ("dl", "ol", "ul")
    flow = around.flow.get(node.region.parent, [])
    if not is_list and flow and around.nodes[flow[0]].tag == "h1":
        flow = flow[1:]
    if len(flow) < 2 or i <= flow[0]:
        return False
    return is_list or i < flow[-1] or around.nodes[node.previous].tag in SUBHEADINGS


def lies_in(at: int, spans: Sequence[Span]) -> bool:
    """Tell whether the character ``at`` lies in one of the spans, which are in order."""
    before = bisect_right(spans, at, key=lambda span: span.start)
    return before > 0 and at < spans[before - 1].end


def _merged(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """Yield the union of the spans, trimmed, in order; white space parts no two of them."""
    start = end = -1
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if end >= 0 and (span.start <= end or text[end : span.start].isspace()):
            end = max(end, span.end)
            continue
        if end > start:
            yield Span(start, end)
        start, end = span.start, span.end
        while start < end and text[start].isspace():
            start += 1
        if start == end:
            start = end = -1
    if end > start:
        yield Span(start, end)
