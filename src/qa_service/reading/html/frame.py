"""An open element on the way through a page, and the path that leads to it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from qa_service.reading.html.writer import Counts

# A longer path helps nobody find an element, and there may be one for every paragraph.
_LONGEST_PATH = 1_000
# Names that XPath could not write, or would read as something else.
_PLAIN_NAME = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(slots=True)
class Frame:
    """An open element: its place among its parent's children, and what must be kept until its end.

    ``position`` counts the elements of its name up to it, ``nth`` all elements, both from 1.
    ``region`` is the index of its region, -1 where it has none. ``note`` is a figure's caption or
    what closes a superscript.
    """

    node: LexborNode
    tag: str
    parent: Frame | None
    position: int = 1
    nth: int = 1
    is_block: bool = False
    region: int = -1
    before: Counts = (0, 0, 0, 0)
    note: str = ""
    _seen: Counter[str] | None = None
    _all: Counter[str] | None = None
    _path: str | None = None

    @classmethod
    def of(cls, node: LexborNode, tag: str, parent: Frame | None) -> Frame:
        """Return the frame of the next child element of ``parent``; every child must be given."""
        if parent is None:
            return cls(node, tag, None)
        seen = parent._seen = Counter() if parent._seen is None else parent._seen
        seen[tag] += 1
        seen["*"] += 1
        return cls(node, tag, parent, seen[tag], seen["*"])

    def path(self) -> str:
        """Return the XPath of this very element, such as ``/html/body/main/p[3]``.

        A position is given where there are several of a name. Empty beyond 1,000 characters.
        """
        chain: list[Frame] = []
        frame: Frame | None = self
        while frame is not None and frame._path is None:
            chain.append(frame)
            frame = frame.parent
        for frame in reversed(chain):
            above = frame.parent._path if frame.parent is not None else ""
            path = f"{above}/{frame._step()}"
            too_long = len(path) > _LONGEST_PATH or (frame.parent is not None and not above)
            frame._path = "" if too_long else path
        return self._path or ""

    def _step(self) -> str:
        if not _PLAIN_NAME.fullmatch(self.tag):
            return f"*[{self.nth}]"
        if self.parent is None:
            return self.tag
        if self.parent._all is None:
            self.parent._all = Counter(child.tag or "" for child in self.parent.node.iter())
        return f"{self.tag}[{self.position}]" if self.parent._all[self.tag] > 1 else self.tag
