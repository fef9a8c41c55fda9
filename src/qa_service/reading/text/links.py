"""Links and pictures as Markdown writes them."""

from __future__ import annotations

import re

# What a link says, and an address that may hold pairs of parentheses. Right after a word or a
# bracket it is code.
_LINK = re.compile(
    r"(?<![\w\])])!?\[([^\[\]]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\)"
)


def without_addresses(text: str) -> str:
    """Return a text with what its links and pictures say in place of them."""
    if "](" not in text:
        return text
    return _LINK.sub(r"\1", _LINK.sub(r"\1", text))  # twice: a picture may be a link's text
