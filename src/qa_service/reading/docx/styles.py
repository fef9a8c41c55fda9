"""What the styles of a Word document say about its paragraphs: headings, lists, hidden text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from qa_service.reading.docx.package import Element, attribute, child, is_on

# Word stores the English names of its own styles in every language; other programs do not.
_HEADING = re.compile(
    r"(?:heading|header level|überschrift|titre|título|titolo|заголовок|kop|rubrik|nagłówek|nadpis|"
    r"overskrift|otsikko|címsor|başlık|başlıq|titlu|encabezado|cabeçalho|naslov|επικεφαλίδα|"
    r"antraštė|virsraksts|pealkiri|标题|標題|見出し|제목|כותרת|عنوان) ?(?P<level>[1-9])\b",
    re.IGNORECASE,
)
_TITLES = frozenset(
    [
        "title",
        "titel",
        "titre",
        "título",
        "titolo",
        "название",
        "заглавие",
        "tytuł",
        "otsikko",
        "标题",
        "標題",
        "表題",
        "document title",
        "doc title",
        "book title",
    ]
)
_CONTENTS = re.compile(
    r"(?:toc|contents|(?:illustration |table |alphabetical )?index|table of figures)"
    r" ?(?:\d|heading|$)",
    re.IGNORECASE,
)
_CODE = frozenset(
    ["code", "source code", "code block", "html preformatted", "preformatted text", "macro text"]
)
# Word's own styles have three; a hostile file may have as many as it has styles.
_MOST_ANCESTORS = 32
_BULLET = re.compile(r"list ?bullet", re.IGNORECASE)

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class ListPlace:
    """Which list a paragraph belongs to, and how deep (from 0); ``number`` "0" is no list."""

    number: str
    level: int


@dataclass(frozen=True, slots=True)
class StyleFacts:
    """What a style and its ancestors say of a paragraph, the nearest to it first.

    ``level`` is a heading's, 1 to 9, or 0. ``is_title`` is for the document's title (a subtitle
    is none), ``is_contents`` for entries of a table of contents or an index.
    """

    level: int
    is_title: bool
    is_contents: bool
    is_code: bool
    is_bullet: bool
    is_hidden: bool
    list_place: ListPlace | None


class Styles:
    """The styles of one document; unknown ids and loops of ancestry are harmless."""

    def __init__(self, root: Element | None) -> None:
        self._styles: dict[str, Element] = {}
        self._defaults: dict[str, str] = {}
        self._known: dict[str, StyleFacts] = {}
        self._root = root
        for style in () if root is None else root.iterchildren("{*}style"):
            identity = attribute(style, "styleId")
            self._styles.setdefault(identity, style)
            if attribute(style, "default") in ("1", "true", "on"):
                self._defaults.setdefault(attribute(style, "type"), identity)

    def of_paragraph(self, properties: Element | None) -> str:
        """Return the id of the style that a paragraph's properties name, or the default's."""
        return attribute(child(properties, "pStyle"), "val") or self._defaults.get("paragraph", "")

    def look_up(self, identity: str) -> StyleFacts:
        """Return what a style says; a style that is not in the document is judged by its id."""
        if identity not in self._known:
            self._known[identity] = self._facts(identity)
        return self._known[identity]

    def _facts(self, identity: str) -> StyleFacts:
        line = list(self._line(identity))
        names = [name for _, name in line]
        number = _first(
            attribute(child(style, "pPr", "numPr", "numId"), "val") for style, _ in line
        )
        depth = _first(attribute(child(style, "pPr", "numPr", "ilvl"), "val") for style, _ in line)
        vanish = _first(child(style, "rPr", "vanish") for style, _ in line)
        return StyleFacts(
            level=_first(_level(style, name) for style, name in line) or 0,
            is_title=_is_title(names),
            # Of the style's own name alone: a bibliography may be based on "Index".
            is_contents=any(_CONTENTS.match(name) for name in names[:1]),
            is_code=any(name.casefold() in _CODE for name in names),
            is_bullet=any(_BULLET.match(name) for name in names),
            is_hidden=is_on(vanish),
            list_place=ListPlace(number, _small(depth or "0")) if number else None,
        )

    def default_languages(self) -> tuple[str, str]:
        """Return the default language tags of Latin and of East Asian text, "" where not said."""
        places = [
            child(self._styles.get(self._defaults.get("paragraph", "")), "rPr", "lang"),
            child(self._root, "docDefaults", "rPrDefault", "rPr", "lang"),
        ]
        latin, east = (
            next(filter(None, (attribute(place, name) for place in places)), "")
            for name in ("val", "eastAsia")
        )
        return latin, east

    def _line(self, identity: str) -> Iterator[tuple[Element | None, str]]:
        """Yield a style and its ancestors with their names; an unknown style by its id alone."""
        seen: set[str] = set()
        while identity and identity not in seen and len(seen) < _MOST_ANCESTORS:
            seen.add(identity)
            style = self._styles.get(identity)
            yield style, attribute(child(style, "name"), "val", identity)
            identity = attribute(child(style, "basedOn"), "val")


def _first(answers: Iterable[_Found | None]) -> _Found | None:
    """Return the first answer that is neither None nor empty."""
    return next((answer for answer in answers if answer is not None and answer != ""), None)


def _is_title(names: list[str]) -> bool:
    for name in map(str.casefold, names):
        if name.startswith(("sub", "under", "unter", "sous", "под", "sotto")):
            return False
        if name in _TITLES:
            return True
    return False


def _level(style: Element | None, name: str) -> int | None:
    """Return a heading's level by the outline level that a style states, else by its name."""
    stated = child(style, "pPr", "outlineLvl")
    if stated is not None:
        return outline_level(stated)
    named = _HEADING.match(name)
    return int(named["level"]) if named else None


def list_place(properties: Element | None) -> ListPlace | None:
    """Return the list that a paragraph's own properties put it in, or None."""
    numbering = child(properties, "numPr")
    number = attribute(child(numbering, "numId"), "val")
    if not number:
        return None
    return ListPlace(number, _small(attribute(child(numbering, "ilvl"), "val", "0")))


def outline_level(element: Element | None) -> int:
    """Return 1 to 9 for a ``w:outlineLvl`` of 0 to 8, and 0 for body text."""
    value = attribute(element, "val")
    return int(value) + 1 if value in tuple("012345678") else 0


def _small(value: str) -> int:
    return int(value) if value in tuple("012345678") else 0
