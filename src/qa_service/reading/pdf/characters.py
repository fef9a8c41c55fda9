"""The characters of a PDF as letters that a reader would type."""

from __future__ import annotations

import re
import unicodedata

HYPHEN = "-"
SOFT_HYPHEN = "\u00ad"

RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+")

# Ligatures and the contextual letter shapes of Arabic and Hebrew, and radicals used as ideographs.
_SHAPES = re.compile("[\u2e80-\u2fdf\ufb00-\ufb4f\ufb50-\ufdff\ufe70-\ufefc]")
# What PDFium puts for a hyphen at a line's end, according to where it is asked.
_HYPHENS = re.compile("[\x02\ufffe]")
# Nothing a reader sees: control characters, zero width space, marks of order, and the like.
_NOTHING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\uffff]"
)
# Bullets of the Symbol and Wingdings fonts, which have no Unicode.
_BULLETS = re.compile("[\uf0a7\uf0a8\uf0b7\uf06c\uf06e\uf076\uf0d8\uf0fc]")


def cleaned(word: str) -> str:
    """Return a word as typed: ligatures as letters, shapes as the letter, invisible ones dropped.

    Nothing visible is lost. A hyphen that PDFium marks as such is a hyphen; a soft hyphen stays.
    """
    if word.isascii() and word.isprintable():
        return word
    word = _HYPHENS.sub(HYPHEN, word)
    word = _BULLETS.sub("•", _NOTHING.sub("", word))
    return _SHAPES.sub(lambda match: unicodedata.normalize("NFKC", match[0]), word)
