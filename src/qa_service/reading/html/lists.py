"""The markers of list items: bullets, and the numbers that a browser would show."""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

_INTEGER = re.compile(r"\s*([+-]?\d{1,9})")
_DEEPEST_INDENT = 8


@dataclass(slots=True)
class OpenList:
    """A list: the number of its next item (None: bullets) and the step to the one after."""

    number: int | None = None
    step: int = 1

    @classmethod
    def of(cls, node: LexborNode) -> OpenList:
        """Return the list that a ``ul``, ``ol`` or their like begins."""
        if node.tag != "ol":
            return cls()
        attributes = node.attributes
        if "reversed" not in attributes:
            return cls(_integer(attributes.get("start"), 1))
        items = sum(child.tag == "li" for child in node.iter())
        return cls(_integer(attributes.get("start"), items), -1)


def item_marker(lists: list[OpenList], value: str | None) -> str:
    """Return what the next item of the innermost list begins with, indented by its level.

    ``value`` is the item's own number, where it states one.
    """
    indent = "  " * (min(len(lists), _DEEPEST_INDENT) - 1)
    if not lists or lists[-1].number is None:
        return f"{indent}- "
    number = _integer(value, lists[-1].number)
    lists[-1].number = number + lists[-1].step
    return f"{indent}{number}. "


def _integer(text: str | None, default: int) -> int:
    """Return an attribute's integer as the HTML standard reads one, or the default."""
    match = _INTEGER.match(text or "")
    return int(match[1]) if match else default
