"""The wording of a text: what is left of it when only its words count, and all that is in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from qa_service.records import Passage

_DIGEST = 16  # bytes: no two wordings share one by accident

# Never seen: soft hyphens, byte order marks, joiners, marks of direction.
_INVISIBLE = re.compile("[\u00ad\ufeff\u200b-\u200f\u2060\u202a-\u202e]+")
_DASHES = re.compile("[\u2010-\u2013\u2212]")
_LONG_DASHES = re.compile("[\u2014\u2015]")  # part words even without white space
_APOSTROPHES = re.compile("[\u2018\u2019\u02bc\u00b4`]")
# Kept apart from the digits before it, which NFKC would make one number: 10 squared is not 102.
_RAISED = re.compile(
    "([\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u2079\u2150-\u215f\u2189\u2460-\u249b])"
)
_HYPHEN = re.compile(r"-(?<=[^\W\d_]-)[ \t]*\n?[ \t]*(?=[^\W\d_])")
# Marks of layout and emphasis say nothing, where signs (%, $, <, ! and ?) do, and so do a point
# inside a number, an apostrophe inside a word, a minus, 2*3 and C#.
_SILENT = re.compile(r"[;\"()\[\]{}|\\…·•●▪◦‣¶、。；「」『』《》〈〉【】・“”„‟«»‹›،؛۔।॥]")
_SILENT_AT_EDGES = (
    (".,:*", re.compile(r"[.,:*](?:(?!\d)|(?<!\d.))")),
    ("'", re.compile(r"'(?:(?!\w)|(?<!\w.))")),
    ("-", re.compile(r"-(?!\d)")),
    ("#", re.compile(r"#(?:(?=\w)|(?<!\w.))")),
    ("_", re.compile(r"_(?:(?![^\W_])|(?<![^\W_].))")),
)


def wording(text: str) -> str:
    """Return the text without what two copies of it may differ in and still say the same.

    Case, white space, line ends, hyphens between letters, punctuation, quotation marks, marks of
    emphasis and the ways to write one character (NFKC) are levelled. Words, their order, numbers
    and signs are not: texts of equal wording hold the same numbers, names and negations. Raise
    ``SPLITTING_VERSION`` with every change here.
    """
    if not text.isascii():
        text = _INVISIBLE.sub("", text)
        text = _LONG_DASHES.sub(" ", _DASHES.sub("-", text))
        text = _APOSTROPHES.sub("'", _RAISED.sub(r" \1 ", text))
        text = unicodedata.normalize("NFKC", text)
    text = text.casefold().replace("`", "'")
    if "-" in text:
        text = _HYPHEN.sub("", text)
    text = _SILENT.sub(" ", text)
    for marks, silent in _SILENT_AT_EDGES:
        if any(mark in text for mark in marks):
            text = silent.sub(" ", text)
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class Wordings:
    """Digests of wordings, by row: of passages, 16 bytes each, and of their sentences, ``(s,)``
    uint64, with how many words each has.
    """

    passages: list[bytes]
    sentences: NDArray[np.uint64]
    words: NDArray[np.int64]


def wordings_of(passages: Iterable[Passage]) -> Wordings:
    """Return the digests of these passages, a passage's wording being that of its sentences."""
    digests: list[bytes] = []
    sentences: list[bytes] = []
    words: list[int] = []
    for passage in passages:
        said = [wording(sentence.text) for sentence in passage.sentences]
        sentences += [_digest(each) for each in said]
        words += [each.count(" ") + 1 if each else 0 for each in said]
        # What is silent throughout, such as a ruled line, is compared as it is written.
        digests.append(_digest(" ".join(each for each in said if each) or passage.text))
    found = np.frombuffer(b"".join(sentences), dtype=np.uint64)[:: _DIGEST // 8]
    return Wordings(digests, found.copy(), np.array(words, dtype=np.int64))


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).digest()
