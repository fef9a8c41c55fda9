"""A title for a document that does not state one: its file name, made readable."""

from __future__ import annotations

import re
from pathlib import PurePath

# Hyphens and underscores that stand for spaces; a date such as 2024-05-01 keeps its own.
_SEPARATORS = re.compile(r"(?:[\s_+]|(?<!\d)-|-(?!\d))+")


def title_from_name(document_id: str) -> str:
    """Return the file's name without suffix as words, its first letter a capital."""
    stem = PurePath(document_id).stem
    words = _SEPARATORS.sub(" ", stem).strip()
    return words[:1].upper() + words[1:] if words else stem
