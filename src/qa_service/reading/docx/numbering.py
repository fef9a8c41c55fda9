"""The numbers of a Word document's lists and headings, counted as Word counts them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa_service.reading.docx.package import Element, attribute, child, is_on
from qa_service.reading.docx.styles import ListPlace, Styles

_LEVELS = 9
_PLACEHOLDER = re.compile(r"%([1-9])")
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщыэюя"
_CHINESE = "〇一二三四五六七八九"
_LONGEST_ROMAN = 4000


@dataclass(frozen=True, slots=True)
class _Level:
    form: str
    text: str
    start: int
    restart: int
    legal: bool


class Numbering:
    """Counts every list of one document: call ``marker`` for each item, in order."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        self._styles = styles
        self._lists: dict[str, Element] = {}
        self._abstract: dict[str, Element] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._started: set[tuple[str, int]] = set()
        self._read: dict[str, tuple[str, list[_Level]]] = {}
        for element in () if root is None else root.iterchildren("{*}num"):
            self._lists.setdefault(attribute(element, "numId"), element)
        for element in () if root is None else root.iterchildren("{*}abstractNum"):
            self._abstract.setdefault(attribute(element, "abstractNumId"), element)

    def marker(self, place: ListPlace) -> str | None:
        """Return what stands before the next item: "-" for a bullet, "2.1.", "(c)", or "".

        None when ``place`` names no list of this document.
        """
        element = self._lists.get(place.number)
        if element is None:
            return None
        if place.number not in self._read:
            self._read[place.number] = self._levels(element, deep=True)
        key, levels = self._read[place.number]
        counts = self._counts.setdefault(key, [None] * _LEVELS)
        self._count(place, element, levels, counts)
        level = levels[place.level]
        if level.form == "bullet":
            return "-"
        if level.form == "none":
            return _PLACEHOLDER.sub("", level.text).strip()
        return _PLACEHOLDER.sub(
            lambda match: self._shown(int(match[1]) - 1, levels, counts, level.legal), level.text
        ).strip()

    def _count(
        self, place: ListPlace, element: Element, levels: list[_Level], counts: list[int | None]
    ) -> None:
        at = place.level
        first_use = (place.number, at) not in self._started
        self._started.add((place.number, at))
        override = self._override(element, at) if first_use else None
        current = counts[at]
        if override is not None:
            counts[at] = override
        else:
            counts[at] = levels[at].start if current is None else current + 1
        for above in range(at):
            if counts[above] is None:
                counts[above] = levels[above].start
        for below in range(at + 1, _LEVELS):
            # w:lvlRestart 0: never; n: only after an item of level n (from 1) or above it.
            if levels[below].restart < 0 or at < levels[below].restart:
                counts[below] = None

    def _override(self, element: Element, at: int) -> int | None:
        for override in element.iterchildren("{*}lvlOverride"):
            start = child(override, "startOverride")
            if attribute(override, "ilvl") == str(at) and start is not None:
                return _integer(attribute(start, "val"), 1)
        return None

    def _levels(self, element: Element, *, deep: bool) -> tuple[str, list[_Level]]:
        """Return the name under which a list counts, and its nine levels."""
        key = attribute(child(element, "abstractNumId"), "val")
        abstract = self._abstract.get(key)
        link = attribute(child(abstract, "numStyleLink"), "val")
        linked = self._styles.look_up(link).list_place if link and deep else None
        if linked is not None and linked.number in self._lists:
            return self._levels(self._lists[linked.number], deep=False)
        defined: dict[str, Element] = {}
        for level in () if abstract is None else abstract.iterchildren("{*}lvl"):
            defined[attribute(level, "ilvl")] = level
        for override in element.iterchildren("{*}lvlOverride"):
            if (level := child(override, "lvl")) is not None:
                defined[attribute(override, "ilvl")] = level
        return key, [_level(defined.get(str(i)), i) for i in range(_LEVELS)]

    def _shown(self, at: int, levels: list[_Level], counts: list[int | None], legal: bool) -> str:
        count = counts[at]
        number = levels[at].start if count is None else count
        return _formatted(number, "decimal" if legal else levels[at].form)


def _level(element: Element | None, index: int) -> _Level:
    if element is None:
        return _Level("decimal", f"%{index + 1}.", 1, -1, False)
    text = attribute(child(element, "lvlText"), "val")
    return _Level(
        form=attribute(child(element, "numFmt"), "val", "decimal"),
        text=text if len(text) <= 80 else "",
        start=_integer(attribute(child(element, "start"), "val"), 1),
        restart=_integer(attribute(child(element, "lvlRestart"), "val"), -1),
        legal=is_on(child(element, "isLgl")),
    )


def _formatted(number: int, form: str) -> str:
    """Return a number in a format of ECMA-376 part 1, 17.18.59; decimal for the rare ones."""
    if number >= 1:
        match form:
            case "upperRoman" | "lowerRoman" if number < _LONGEST_ROMAN:
                return roman(number).upper() if form == "upperRoman" else roman(number)
            case "lowerLetter":
                return _letters(number, _LATIN)
            case "upperLetter":
                return _letters(number, _LATIN).upper()
            case "russianLower":
                return _letters(number, _RUSSIAN)
            case "russianUpper":
                return _letters(number, _RUSSIAN).upper()
            case "chineseCounting" | "japaneseCounting" | "chineseCountingThousand" if number < 100:
                return _chinese(number)
            case "decimalZero":
                return f"{number:02}"
            case "none":
                return ""
    return str(number)


def roman(number: int) -> str:
    """Return a positive number in small Roman numerals."""
    parts: list[str] = []
    for value, letters in _ROMAN:
        times, number = divmod(number, value)
        parts.append(letters * times)
    return "".join(parts)


def _letters(number: int, alphabet: str) -> str:
    """Return a, b, ... z, aa, bb, ...: Word repeats the letter, it does not count on."""
    times, index = divmod(number - 1, len(alphabet))
    return alphabet[index] * min(times + 1, 10)


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = "" if not tens else ("十" if tens == 1 else f"{_CHINESE[tens]}十")
    return head + (_CHINESE[ones] if ones or not tens else "")


def _integer(value: str, default: int) -> int:
    return int(value) if re.fullmatch(r"-?\d{1,9}", value, re.ASCII) else default
