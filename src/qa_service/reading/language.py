"""The language of a document: what its file states where that is plausible, else what it reads as.

Reading is left to py3langid, a naive Bayes model over bytes (Lui and Baldwin, "langid.py: An
Off-the-shelf Language Identification Tool", ACL 2012). Only a sure verdict counts: a short English
text taken for Dutch does more harm than one of unknown language.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from qa_service.reading.language_codes import language_code
from qa_service.records import Document, Span

_STATED_IN = ("language", "lang")  # keys of front matter, the first that is given
_FEWEST_LETTERS = 20
_SURE = 0.7  # of 606 pieces of 50 characters in 28 languages, none this sure was wrong
_CERTAIN = 0.95  # only against such a verdict does a file's own statement fall
_LETTERS_AGAINST_STATEMENT = 40
_STRETCH = 800  # characters
_MOST_STRETCHES = 5

# What says nothing about the language around it: addresses, paths, numbers, identifiers, markup.
# The last is tried at the start of a word alone: a megabyte without a space costs its length.
_FOREIGN = re.compile(r"`[^`\n]+`|<[^<>\n]{1,200}>|(?<![!-~])[!-~]*[\d_/\\@<>{}=#|][!-~]*+")
_SPACE = re.compile(r"\s+")
_ENGLISH_WORDS = "the of and to in is was that for with as by on are from it at be this"
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_ENGLISH_SHARE = 0.15  # of the words; none of 27 other languages reached 0.04
_FEWEST_WORDS = 30


def with_language(document: Document) -> Document:
    """Return the document with its language filled in, as ``language_of`` gives it."""
    return replace(document, language=language_of(document))


def language_of(document: Document) -> str:
    """Return the document's language as a code of ISO 639-1, or "" when unsure.

    What the file states wins (``document.language`` as its reader left it, else front matter),
    unless the text certainly reads as another language: templates state "en" above anything.
    Boilerplate, addresses, numbers and identifiers never count, and code and tables only where
    there is little else.
    """
    stated = language_code(document.language)
    for key in _STATED_IN:
        stated = stated or language_code(document.metadata.get(key))
    prose = _prose(document.text, (*document.boilerplate, *document.blocks))
    if _letters(prose) < _LETTERS_AGAINST_STATEMENT and document.blocks:
        prose = _prose(document.text, document.boilerplate)
    if not stated:
        return _verdict(prose, _SURE)
    if _letters(prose) < _LETTERS_AGAINST_STATEMENT:
        return stated
    return _verdict(prose, _CERTAIN) or stated


def _verdict(prose: str, sure: float) -> str:
    """Return the language that more than half of the stretches surely read as, or ""."""
    if _letters(prose) < _FEWEST_LETTERS:
        return ""
    stretches = _stretches(prose)
    votes = Counter(filter(None, (_read(stretch, sure) for stretch in stretches)))
    ((language, count),) = votes.most_common(1) or [("", 0)]
    return language if 2 * count > len(stretches) else ""


def _read(stretch: str, sure: float) -> str:
    if _plainly_english(stretch):
        return "en"
    label, probability = _identifier().classify(stretch)
    return language_code(label) if probability >= sure else ""


def _plainly_english(stretch: str) -> bool:
    """Tell English by its commonest words: the model takes half a second and 80 MB to load."""
    words = stretch.lower().split()
    common = sum(word in _ENGLISH for word in words)
    return (
        len(words) >= _FEWEST_WORDS
        and "the" in words
        and common >= _ENGLISH_SHARE * len(words)
        and sum(map(str.isascii, stretch)) > 0.9 * len(stretch)
    )


@cache
def _identifier() -> Any:
    # Imported here: serving never reads documents, and most indexing is of plain English.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    # Dialects that have no code of their own draw votes from their big neighbours; "zxx" is what
    # reads as no language.
    identifier.set_languages(
        [label for label in identifier.labels if language_code(label) or label == "zxx"]
    )
    return identifier


def _prose(text: str, ignored: Iterable[Span]) -> str:
    """Return the text without these spans and without what is no prose, white space as blanks."""
    parts: list[str] = []
    at = 0
    for span in sorted(ignored, key=lambda span: span.start):
        if span.start > at:
            parts.append(text[at : span.start])
        at = max(at, span.end)
    parts.append(text[at:])
    return _SPACE.sub(" ", _FOREIGN.sub(" ", " ".join(parts))).strip()


def _stretches(prose: str) -> Sequence[str]:
    """Return up to five stretches, spread evenly from the first character to the last."""
    count = min(len(prose) // _STRETCH, _MOST_STRETCHES)
    if count < 2:
        return [prose]
    step = (len(prose) - _STRETCH) / (count - 1)
    return [prose[(start := round(i * step)) : start + _STRETCH] for i in range(count)]


def _letters(prose: str) -> int:
    return sum(map(str.isalpha, prose[: 4 * _LETTERS_AGAINST_STATEMENT]))
