"""How the case, accents and composition of letters are levelled before words are compared."""

from __future__ import annotations

import re
import unicodedata

_LATIN_ACCENTS = re.compile("(?<=[a-z])[\u0300-\u036f]+")


def normalize(text: str) -> str:
    """Return the text as terms are compared: NFKC, case folded, Latin accents dropped."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = _LATIN_ACCENTS.sub("", unicodedata.normalize("NFD", folded))
    folded = unicodedata.normalize("NFKC", folded)
    # Dotless i (Turkish, Azerbaijani) has no accent to drop; yo is commonly typed as ye.
    return folded.replace("\u0131", "i").replace("\u0451", "\u0435")


def fold_case(text: str) -> str:
    """Return the text in NFKC and case folded, accents kept: as Latin words are stemmed."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def fold_turkic_case(text: str) -> str:
    """Return what ``fold_case`` does, where I is the capital of dotless i."""
    composed = unicodedata.normalize("NFKC", text)
    return fold_case(composed.replace("I", "\u0131").replace("\u0130", "i"))
