"""Markup kept within what an HTML parser reads in linear time: depth, open formatting, attributes.

The standard's tree construction is quadratic in each of the three: scopes are searched through all
open elements, unclosed formatting is built anew in every paragraph, and every attribute is compared
with those before it. Browsers cap the depth too. What goes beyond loses its tags, never its text.
"""

from __future__ import annotations

import re
from collections import Counter

# So few tags in so small a page cost nothing, however they are nested.
_FEW_TAGS = 500
_SMALL_PAGE = 20_000
_DEEPEST = 256
# How many elements unclosed formatting may be built anew, in the whole page.
_MOST_CLONES = 2_000_000
# A shorter tag cannot hold so many attributes that comparing them shows.
_LONG_TAG = 1_000
_MOST_ATTRIBUTES = 100

# Like the parser, read an unclosed quotation or tag to the end of the page.
_ONE_ATTRIBUTE = (
    r"[^\s/>][^\s/>=]*+(?>\s*+=\s*+(?>\"[^\"]*+(?>\"|\Z)|'[^']*+(?>'|\Z)|[^\s>\"'][^\s>]*+))?+"
)
_TAG = (
    r"<(?P<slash>/?)(?P<name>[a-zA-Z][^\s/>]*+)"
    rf"(?P<attributes>(?>[\s/]++|{_ONE_ATTRIBUTE})*+)(?>>|\Z)"
)
_MARKUP = re.compile(
    rf"{_TAG}|<!--(?>-?>|.*?(?:--!?>|\Z))|(?P<cdata><!\[CDATA\[)|<(?:[!?]|/[^a-zA-Z])[^>]*+>?",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(_ONE_ATTRIBUTE)


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FORMATTING = _names("b big code em font i nobr s small strike strong tt u")
# Empty, raw text, or never open twice without one of the others in between.
_UNCOUNTED = _names(
    "a area base basefont bgsound body br button col colgroup dd dt embed form frame head hr html "
    "iframe image img input keygen li link meta noembed noframes optgroup option p param rb rp rt "
    "rtc script source style textarea title track wbr xmp"
)
_TABLE_PARTS = _names("caption tbody td tfoot th thead tr")
_SPECIAL = _names(
    "address applet article aside blockquote center details dialog dir div dl fieldset "
    "figcaption figure footer header heading hgroup listing main marquee menu nav noscript object "
    "ol pre search section select summary table template ul"
)
_INTEGRATION = _names(
    "annotation-xml desc foreignobject mi mn mo ms mtext title"
)  # HTML inside SVG and MathML
_BARRIERS = _names("applet marquee object table template") | _INTEGRATION
_REACH = {"table": frozenset(("template",)), "template": frozenset[str]()}
_FOREIGN = frozenset(("math", "svg"))
_ENDS_FOREIGN = (
    _FORMATTING
    | _names(
        "blockquote body br center dd div dl dt embed h1 h2 h3 h4 h5 h6 head hr img li listing "
        "menu meta ol p pre ruby span sub sup table ul var"
    )
) - {"font"}
_RAW = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in _names("iframe noembed noframes script style textarea title xmp")
}
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))


def within_limits(html: str) -> str:
    """Return the page, without the tags that would nest it deeper than 256 levels.

    Tags of blocks become line breaks. Formatting (``<b>``, ``<font>``) that is left open too often
    loses its tags, and a tag with more than 100 attributes loses these. Linear in the page.
    """
    tags = html.count("<")
    if tags <= _FEW_TAGS and len(html) <= _SMALL_PAGE:
        return html
    cuts = _Scan(html, max(1, min(_DEEPEST, _MOST_CLONES // max(tags, 1)))).cuts()
    if not cuts:
        return html
    parts: list[str] = []
    at = 0
    for start, end, instead in cuts:
        parts += (html[at:start], instead)
        at = end
    return "".join([*parts, html[at:]])


class _Scan:
    """One pass over the tags, with the open elements as the parser would hold them at least."""

    def __init__(self, html: str, most_formatting: int) -> None:
        self._html = html
        self._most_formatting = most_formatting
        self._open: list[str] = []
        self._foreign: list[bool] = []  # whether the content of that element is SVG or MathML
        self._count: Counter[str] = Counter()
        self._formatting: Counter[str] = Counter()
        self._formatting_total = 0
        self._dropped: Counter[str] = Counter()

    def cuts(self) -> list[tuple[int, int, str]]:
        """Return start, end and replacement of every tag that goes beyond, in order."""
        cuts: list[tuple[int, int, str]] = []
        at = 0
        while match := _MARKUP.search(self._html, at):
            at = match.end()
            if match["cdata"]:
                end = self._html.find("]]>", at) if self._in_foreign() else at
                at = len(self._html) if end < 0 else end
            if not match["name"]:
                continue
            tag = match["name"].lower()
            name = "heading" if tag in _HEADINGS else tag  # each closes any other
            if match["slash"]:
                if not self._close(name):
                    cuts.append((match.start(), at, _instead(name)))
                continue
            foreign = self._in_foreign()
            if not self._start(name, match["attributes"].endswith("/")):
                cuts.append((match.start(), at, _instead(name)))
            elif _has_too_many(match["attributes"]):
                cuts.append((match.start(), at, f"<{tag}>"))
            if name == "plaintext":
                break
            if name in _RAW and not foreign:
                raw_end = _RAW[name].search(self._html, at)
                at = raw_end.start() if raw_end else len(self._html)
        return cuts

    def _start(self, name: str, self_closing: bool) -> bool:
        """Open an element; False when that would go beyond the limits."""
        if name in _ENDS_FOREIGN:
            while self._in_foreign():
                self._cut(len(self._open) - 1)
        foreign = self._in_foreign()
        if foreign and self_closing:
            return True
        if name in _FORMATTING:
            if self._formatting_total >= self._most_formatting:
                return False
            self._formatting[name] += 1
            self._formatting_total += 1
        elif name in _TABLE_PARTS and not foreign:
            self._to_table()
        elif foreign or name not in _UNCOUNTED:
            if len(self._open) >= _DEEPEST:
                self._dropped[name] += 1
                return False
            self._open.append(name)
            self._foreign.append(name in _FOREIGN or (foreign and name not in _INTEGRATION))
            self._count[name] += 1
        return True

    def _close(self, name: str) -> bool:
        """Close an element; False when its start was cut away."""
        if name in _FORMATTING and self._formatting[name]:
            self._formatting[name] -= 1
            self._formatting_total -= 1
        elif name in _TABLE_PARTS and not self._in_foreign():
            self._to_table()
        elif self._dropped[name]:
            self._dropped[name] -= 1
            return False
        elif self._count[name]:
            self._pop(name)
        return True

    def _pop(self, name: str) -> None:
        """Close the innermost such element and all in it, where the parser would reach it."""
        barriers = _REACH.get(name, _BARRIERS if name in _SPECIAL else _SPECIAL | _INTEGRATION)
        for i in range(len(self._open) - 1, -1, -1):
            if self._open[i] == name:
                self._cut(i)
                return
            if self._open[i] in barriers:
                return

    def _to_table(self) -> None:
        """Close what a new cell or row closes: everything above the innermost table."""
        if not self._count["table"]:
            return
        for i in range(len(self._open) - 1, -1, -1):
            if self._open[i] == "table":
                self._cut(i + 1)
                return
            if self._open[i] == "template" or self._open[i] in _FOREIGN:
                return

    def _cut(self, length: int) -> None:
        while len(self._open) > length:
            self._count[self._open.pop()] -= 1
            self._foreign.pop()

    def _in_foreign(self) -> bool:
        return bool(self._foreign) and self._foreign[-1]


def _instead(name: str) -> str:
    return "<br>" if name in _SPECIAL else ""


def _has_too_many(attributes: str) -> bool:
    if len(attributes) < _LONG_TAG:
        return False
    return sum(1 for _ in _ATTRIBUTE.finditer(attributes)) > _MOST_ATTRIBUTES
