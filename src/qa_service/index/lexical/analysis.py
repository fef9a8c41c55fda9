"""Text to the terms that BM25 counts, the same for passages, sentences and questions.

1. Unicode NFKC and case folding; accents on Latin letters dropped (after stemming, where the
   language's stems depend on them), Russian yo read as ye.
2. Words are runs of letters, digits and combining marks; hyphens and apostrophes part them, and
   an English ``'s``, ``'t``, ``'ll`` ... is dropped. ``1,500`` is read as ``1500``.
3. Scripts written without spaces (Han, kana, Hangul, Thai, Lao, Khmer, Myanmar) yield overlapping
   character pairs.
4. The language's stop words go, and its words are stemmed by Snowball's rules for it. Where the
   language is unknown or has no rules, those are English, and Russian stems for Cyrillic words.
"""

from __future__ import annotations

import re

from qa_service.index.lexical.languages import Rules, rules_code, rules_of

ANALYZER_VERSION = 3
"""Raised with every change to what ``analyze`` returns, or to what it is given of a passage
(``building/context.py``): an index must be searched by its own."""

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
_THOUSANDS = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?![\w]|,\d)")


def analyze(text: str, language: str = "") -> list[str]:
    """Return the terms of a text in order, repeats kept. Deterministic; safe in any thread.

    ``language`` is a code of ISO 639-1, or "" where it is not known.
    """
    return [term for term in positions(text, rules_of(rules_code(language))) if term]


def positions(text: str, rules: Rules) -> list[str]:
    """Return the terms of a text in order, with "" in the place of each stop word."""
    folded = rules.fold(text)
    if rules.endings is not None and ("'" in folded or "\u2019" in folded):
        folded = rules.endings.sub("", folded)
    if "," in folded:
        folded = _THOUSANDS.sub(lambda match: match[0].replace(",", ""), folded)
    term = rules.term
    terms: list[str] = []
    for word in _WORD.findall(folded.replace("_", " ")):
        if word.isascii():
            terms.append(term(word))
            continue
        for place, run in enumerate(_SPACELESS_RUN.split(word)):
            if place % 2:  # the captured separators: a run written without spaces
                terms.extend(run[i : i + 2] for i in range(max(1, len(run) - 1)))
            elif run:
                terms.append(term(run))
    return terms
