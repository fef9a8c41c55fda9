"""The parts of a page in their surroundings: what lies in them, around them and beside them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from qa_service.reading.html.page import PageText, Region
from qa_service.reading.html.words import names_content

_ROLE_TAGS = {
    "banner": "header",
    "complementary": "aside",
    "contentinfo": "footer",
    "form": "form",
    "main": "main",
}
_CONTENT_TAGS = frozenset(("article", "main"))
_PARTS = frozenset(("article", "blockquote", "main", "section"))
SUBHEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
MOST = 0.5
NEARLY_ALL = 0.7

# A main element with less of the page than this may have been left empty for a script.
_LEAST_MAIN = 0.25
_LONG_LINK = 60
_LONG_PROSE = 400


@dataclass(slots=True)
class Node:
    """A region, what lies in it, what it lies in, and its neighbours on the same level.

    ``tag`` is its element's name, or that of the element whose role it has. ``in_part`` is true
    in an article, section or quotation, whose header and footer are its own.
    """

    tag: str
    region: Region
    holds_content: bool = False
    holds_title: bool = False
    in_content: bool = False
    in_main: bool = False
    in_article: bool = False
    in_part: bool = False
    previous: int = -1
    following: int = -1

    @property
    def characters(self) -> int:
        return self.region.tally.characters

    @property
    def link_share(self) -> float:
        return self.region.tally.link_characters / max(self.characters, 1)

    @property
    def is_prose(self) -> bool:
        tally = self.region.tally
        return tally.sentences >= 3 and self.characters >= _LONG_PROSE and self.link_share < 0.3

    @property
    def is_links(self) -> bool:
        """Tell whether links are nearly all of it, each as short as an entry of a list."""
        tally = self.region.tally
        return (
            tally.links >= 3
            and self.link_share >= NEARLY_ALL
            and tally.link_characters <= tally.links * _LONG_LINK
            and tally.sentences * 3 <= tally.links
        )


class Surroundings:
    """The regions of a page as nodes, and what is known of the page as a whole.

    ``flow`` holds, for every region that has any, the headings and paragraphs right in it. ``top``
    is where the first of all of them begins. ``titles`` counts the ``h1`` elements, but for those
    that are the name of the ``site``.
    """

    def __init__(self, page: PageText, site: str = "") -> None:
        self.text = page.text
        self._site = site.casefold()
        self.nodes = [Node(_ROLE_TAGS.get(r.role, r.tag), r) for r in page.regions]
        self.total = self.nodes[0].characters if self.nodes else 0
        self._look_down()
        self._look_up()
        self.flow = self._flow()
        starts = (self.nodes[flow[0]].region.start for flow in self.flow.values())
        self.top = min(starts, default=0)
        self.titles = sum(map(self._is_title, self.nodes))
        mains = [node for node in self.nodes if node.tag == "main" and not node.in_main]
        self.has_main = _characters(mains) > _LEAST_MAIN * self.total
        self.title_in_main = any(node.holds_title for node in mains)
        articles = [n for n in self.nodes if n.tag == "article" and not n.in_article]
        self.has_one_article = len(articles) == 1 and _characters(articles) > MOST * self.total

    def outermost(
        self, chosen: Callable[[int], bool], above: Collection[int] = frozenset()
    ) -> Iterator[int]:
        """Yield the chosen regions that lie in no other chosen one and in none of ``above``."""
        inside = bytearray(len(self.nodes))
        for i, node in enumerate(self.nodes):
            parent = node.region.parent
            if i in above or (parent >= 0 and inside[parent]):
                inside[i] = 1
            elif chosen(i):
                inside[i] = 1
                yield i

    def left(self, marked: Collection[int]) -> int:
        """Return how many characters of the page are in none of the marked regions."""
        outermost = self.outermost(marked.__contains__)
        return self.total - _characters([self.nodes[i] for i in outermost])

    def _look_down(self) -> None:
        last: dict[int, int] = {}
        for i, node in enumerate(self.nodes):
            parent = node.region.parent
            node.previous = last.get(parent, -1)
            if node.previous >= 0:
                self.nodes[node.previous].following = i
            last[parent] = i
            if parent < 0:
                continue
            above = self.nodes[parent]
            content = above.tag in _CONTENT_TAGS or names_content(above.region.words)
            node.in_content = above.in_content or content
            node.in_article = above.in_article or above.tag == "article"
            node.in_main = above.in_main or above.tag == "main"
            node.in_part = above.in_part or above.tag in _PARTS

    def _look_up(self) -> None:
        for node in reversed(self.nodes):
            if node.region.parent >= 0:
                above = self.nodes[node.region.parent]
                above.holds_content |= node.holds_content or node.tag in _CONTENT_TAGS
                above.holds_title |= node.holds_title or self._is_title(node)

    def _is_title(self, node: Node) -> bool:
        if node.tag != "h1":
            return False
        line = self.text[node.region.start : node.region.end]
        return " ".join(line.split()).casefold() != self._site

    def _flow(self) -> dict[int, list[int]]:
        flow: dict[int, list[int]] = {}
        for i, node in enumerate(self.nodes):
            is_paragraph = node.tag == "p" and node.region.tally.sentences > 0
            is_heading = node.tag == "h1" or node.tag in SUBHEADINGS
            if (is_paragraph or is_heading) and node.link_share < MOST:
                flow.setdefault(node.region.parent, []).append(i)
        return flow


def _characters(nodes: Collection[Node]) -> int:
    return sum(node.characters for node in nodes)
