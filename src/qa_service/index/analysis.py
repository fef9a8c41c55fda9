"""Text to the terms that BM25 counts, the same for passages, sentences and questions.

1. Unicode NFKC and case folding; accents on Latin letters dropped, Russian yo read as ye.
2. Words are runs of letters, digits and combining marks; hyphens and apostrophes part them, and
   an English ``'s``, ``'t``, ``'ll`` ... is dropped. ``1,500`` is read as ``1500``.
3. Scripts written without spaces (Han, kana, Hangul, Thai, Lao, Khmer, Myanmar) yield overlapping
   character pairs.
4. English stop words go; Latin words are stemmed by Snowball's English rules, Cyrillic ones by its
   Russian rules.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from typing import Any

import Stemmer

from qa_service.index.stopwords import STOP_WORDS

ANALYZER_VERSION = 1
"""Raised with every change to what ``analyze`` returns: an index must be searched by its own."""

_CACHE_LIMIT = 200_000

# Combining marks are no word characters to `re`, yet they stand inside words of these scripts.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u0900-\u0963\u0966-\u0df3\u0f71-\u0f84"
    "\u135d-\u135f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
_SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"[\w{_MARKS}{_SPACELESS}]+")
_SPACELESS_RUN = re.compile(rf"([{_SPACELESS}]+)")
_LATIN_ACCENTS = re.compile("(?<=[a-z])[\u0300-\u036f]+")
_ENGLISH_ENDINGS = re.compile("(?<=[a-z])['\u2019](?:s|t|d|ll|re|ve|m)(?!\\w)")
_THOUSANDS = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?![\w]|,\d)")
_LATIN_WORD = re.compile("[a-z]+")
_CYRILLIC_WORD = re.compile("[\u0430-\u044f]+")


class _Stems:
    """Stems of distinct words, kept: a word is stemmed once. Safe to share between threads."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._lock = threading.Lock()  # a Snowball stemmer holds state while it works
        self._english: Any = Stemmer.Stemmer("english", 0)
        self._russian: Any = Stemmer.Stemmer("russian", 0)

    def stem(self, word: str) -> str:
        stem = self._known.get(word)
        if stem is None:
            with self._lock:
                stem = self._stem(word)
                if len(self._known) >= _CACHE_LIMIT:  # questions may hold any word at all
                    self._known.clear()
                self._known[word] = stem
        return stem

    def _stem(self, word: str) -> str:
        if _LATIN_WORD.fullmatch(word):
            return str(self._english.stemWord(word))
        if _CYRILLIC_WORD.fullmatch(word):
            return str(self._russian.stemWord(word))
        return word


_STEMS = _Stems()


def normalize(text: str) -> str:
    """Return the text as terms are compared: NFKC, case folded, Latin accents dropped."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = _LATIN_ACCENTS.sub("", unicodedata.normalize("NFD", folded))
    folded = unicodedata.normalize("NFKC", folded)
    # Dotless i (Turkish, Azerbaijani) has no accent to drop; yo is commonly typed as ye.
    return folded.replace("\u0131", "i").replace("\u0451", "\u0435")


def analyze(text: str) -> list[str]:
    """Return the terms of a text in order, repeats kept. Deterministic; safe in any thread."""
    folded = normalize(text)
    if "'" in folded or "\u2019" in folded:
        folded = _ENGLISH_ENDINGS.sub("", folded)
    if "," in folded:
        folded = _THOUSANDS.sub(lambda match: match[0].replace(",", ""), folded)
    terms: list[str] = []
    for word in _WORD.findall(folded.replace("_", " ")):
        if word.isascii():
            _add_word(word, terms)
            continue
        for place, run in enumerate(_SPACELESS_RUN.split(word)):
            if place % 2:  # the captured separators: a run written without spaces
                terms.extend(run[i : i + 2] for i in range(max(1, len(run) - 1)))
            elif run:
                _add_word(run, terms)
    return terms


def _add_word(word: str, terms: list[str]) -> None:
    if word not in STOP_WORDS:
        terms.append(_STEMS.stem(word))
