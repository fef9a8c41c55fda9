"""The rules by which each language's words become terms: stop words, and stems by Snowball.

A word in another script than the language's own is treated as it is without a language: Latin
words by English rules, Cyrillic ones by Russian stems. So is every word of a language that has no
rules here.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import Stemmer

from qa_service.index.lexical.function_words import FUNCTION_WORDS
from qa_service.index.lexical.normalization import fold_case, fold_turkic_case, normalize
from qa_service.index.lexical.stopwords import STOP_WORDS

FALLBACK = "en"
"""The rules for text of unknown language: English words and, in Cyrillic, Russian stems."""

_CACHE_LIMIT = 200_000
_LATIN = re.compile("[a-z\u00df-\u024f\u0259\u0300-\u036f\u1e00-\u1eff]+")
_PLAIN_LATIN = re.compile("[a-z]+")
_CYRILLIC = re.compile("[\u0430-\u044f]+")
_ENGLISH_ENDINGS = re.compile("(?<=[a-z])['\u2019](?:s|t|d|ll|re|ve|m)(?!\\w)")
_TURKISH_ENDINGS = re.compile("(?<=[^\\W\\d_])['\u2019][^\\W\\d_]+")  # Ankara'da, in Ankara


@dataclass(frozen=True, slots=True)
class _Language:
    """``stemmer`` names Snowball's rules; ``script`` is what a word of the language is made of."""

    stemmer: str
    script: re.Pattern[str] = _LATIN
    fold: Callable[[str], str] = fold_case
    endings: re.Pattern[str] | None = _ENGLISH_ENDINGS
    letters: Mapping[int, int] | None = None  # spellings levelled before stemming


_TURKISH = _Language("turkish", fold=fold_turkic_case, endings=_TURKISH_ENDINGS)

_LANGUAGES: Mapping[str, _Language] = {
    "ar": _Language("arabic", re.compile("[\u0621-\u065f\u0670-\u06ff]+"), normalize),
    # Snowball has no Azerbaijani. Its endings are Turkish ones, spelt with schwa where Turkish
    # has e.
    "az": _Language("turkish", fold=fold_turkic_case, letters=str.maketrans("\u0259", "e")),
    "ca": _Language("catalan"),
    "cs": _Language("czech"),
    "da": _Language("danish"),
    "de": _Language("german"),
    "el": _Language("greek", re.compile("[\u0370-\u03ff\u1f00-\u1fff]+"), normalize),
    "eo": _Language("esperanto"),
    "es": _Language("spanish"),
    "et": _Language("estonian"),
    "eu": _Language("basque"),
    "fa": _Language("persian", re.compile("[\u0621-\u065f\u0670-\u06ff]+"), normalize),
    "fi": _Language("finnish"),
    "fr": _Language("french"),
    "ga": _Language("irish"),
    "hi": _Language("hindi", re.compile("[\u0900-\u097f]+"), normalize),
    "hu": _Language("hungarian"),
    "hy": _Language("armenian", re.compile("[\u0561-\u0587]+"), normalize),
    "id": _Language("indonesian"),
    "it": _Language("italian"),
    "lt": _Language("lithuanian"),
    "ne": _Language("nepali", re.compile("[\u0900-\u097f]+"), normalize),
    "nl": _Language("dutch"),
    "no": _Language("norwegian"),
    "pl": _Language("polish"),
    "pt": _Language("portuguese"),
    "ro": _Language("romanian", letters=str.maketrans("\u015f\u0163", "\u0219\u021b")),
    "ru": _Language("russian", _CYRILLIC, normalize),
    "st": _Language("sesotho"),
    "sv": _Language("swedish"),
    "ta": _Language("tamil", re.compile("[\u0b80-\u0bff]+"), normalize),
    "tr": _TURKISH,
    # Snowball has no Ukrainian. Most of its endings are Russian ones in Ukrainian spelling.
    "uk": _Language(
        "russian",
        re.compile("[\u0430-\u044f\u0454\u0456\u0457\u0491]+"),
        normalize,
        letters=str.maketrans("\u0454\u0456\u0457\u0491", "\u0435\u0438\u0438\u0433"),
    ),
    "yi": _Language("yiddish", re.compile("[\u0590-\u05ff\ufb1d-\ufb4f]+"), normalize),
}


class Rules:
    """How one language's words become terms. Safe to share between threads."""

    def __init__(
        self,
        code: str,
        fold: Callable[[str], str],
        endings: re.Pattern[str] | None,
        term: Callable[[str], str],
    ) -> None:
        self.code = code
        self.fold = fold
        """Text to text in which words are found."""
        self.endings = endings
        """What an apostrophe sets apart at a word's end, and is dropped with it."""
        self._term = term
        self._known: dict[str, str] = {}
        self._lock = threading.Lock()  # a Snowball stemmer holds state while it works

    def term(self, word: str) -> str:
        """Return the term of a folded word, or "" for a stop word. Each word is stemmed once."""
        term = self._known.get(word)
        if term is None:
            with self._lock:
                term = self._term(word)
                if len(self._known) >= _CACHE_LIMIT:  # questions may hold any word at all
                    self._known.clear()
                self._known[word] = term
        return term


def rules_code(language: str) -> str:
    """Return the code of the rules for a language: its own, or those of unknown language."""
    return language if language in _LANGUAGES else FALLBACK


def rules_codes(languages: Iterable[str]) -> tuple[str, ...]:
    """Return the distinct codes of the rules for these languages, sorted."""
    return tuple(sorted({rules_code(language) for language in languages}))


@cache
def rules_of(code: str) -> Rules:
    """Return the rules of a code that ``rules_code`` gave; made at first use, then kept."""
    own = _LANGUAGES.get(code)
    english, russian = _stem("english"), _stem("russian")

    def without_language(word: str) -> str:
        if word in STOP_WORDS:
            return ""
        if _PLAIN_LATIN.fullmatch(word):
            return english(word)
        return russian(word) if _CYRILLIC.fullmatch(word) else word

    if own is None:
        return Rules(FALLBACK, normalize, _ENGLISH_ENDINGS, without_language)

    stem, letters = _stem(own.stemmer), own.letters
    level = (lambda word: normalize(word.translate(letters))) if letters else normalize
    stops = frozenset(map(level, FUNCTION_WORDS.get(code, "").split()))

    def in_language(word: str) -> str:
        if not own.script.fullmatch(word):
            return without_language(normalize(word))
        folded = level(word)
        if folded in stops:
            return ""
        return level(stem(word.translate(letters) if letters else word)) or folded

    return Rules(code, own.fold, own.endings, in_language)


def _stem(algorithm: str) -> Callable[[str], str]:
    stemmer: Any = Stemmer.Stemmer(algorithm, 0)  # no cache of its own: Rules keeps the terms
    return lambda word: str(stemmer.stemWord(word))


@cache
def function_words() -> Mapping[str, tuple[str, ...]]:
    """Return each stop word in the form ``normalize`` gives, with the languages that have it."""
    found: dict[str, list[str]] = {word: [FALLBACK] for word in STOP_WORDS}
    for code, words in FUNCTION_WORDS.items():
        for word in set(map(normalize, words.split())):
            found.setdefault(word, []).append(code)
    return {word: tuple(codes) for word, codes in found.items()}
