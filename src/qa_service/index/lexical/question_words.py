"""A question's words as each language of an index would write them.

Documents are analysed by the rules of their own languages, so that one word of a question has to be
looked up as several terms in an index of several languages. They stay together as one word: that a
text holds "information" by German rules and not "inform" by English ones is no word missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from qa_service.index.lexical.analysis import positions
from qa_service.index.lexical.languages import FALLBACK, function_words, rules_of
from qa_service.index.lexical.normalization import normalize

_CLEARLY_MORE = 2
_KEPT_QUESTIONS = 256  # one question is asked for its language, its words and its pairs
_PUNCTUATION = '.,;:!?\u00bf\u00a1"()[]\u00ab\u00bb\u201c\u201d\u201e\u2026\u060c\u061f'


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """``words`` holds, for each word that is no stop word, in order, its distinct terms, those of
    the question's own language first. ``pairs`` are neighbouring terms of one language, distinct.
    """

    words: tuple[tuple[str, ...], ...]
    pairs: tuple[str, ...]


@lru_cache(maxsize=_KEPT_QUESTIONS)
def question_words(question: str, languages: tuple[str, ...]) -> QuestionWords:
    """Return the question's words by the rules of these languages (codes, at least one).

    A stop word of the question's own language is one in every language. In an index of that
    language alone the words are what ``analyze`` gives.
    """
    own = question_language(question, languages)
    if languages == (own,):
        terms = [term for term in positions(question, rules_of(own)) if term]
        return QuestionWords(tuple((term,) for term in terms), tuple(pairs_of(terms)))
    rows = _aligned(question, own, languages)
    columns = [[row[place] for row in rows if row[place]] for place in range(len(languages))]
    distinct = (tuple(dict.fromkeys(term for term in row if term)) for row in rows)
    return QuestionWords(
        tuple(terms for terms in distinct if terms),
        tuple(dict.fromkeys(pair for column in columns for pair in pairs_of(column))),
    )


@lru_cache(maxsize=_KEPT_QUESTIONS)
def question_language(question: str, languages: tuple[str, ...]) -> str:
    """Return the language whose stop words the question holds most of, as a code of rules.

    One of the index's languages, unless another has clearly more. Among equals English goes before,
    then the first: it matters little, as only stop words and the division of words depend on it.
    """
    known = function_words()
    counts: dict[str, int] = {}
    for word in normalize(question).replace("'", " ").replace("\u2019", " ").split():
        for code in known.get(word.strip(_PUNCTUATION), ()):
            counts[code] = counts.get(code, 0) + 1
    best = max(languages, key=lambda code: (counts.get(code, 0), code == FALLBACK))
    most = max(counts.values(), default=0)
    if most < counts.get(best, 0) + _CLEARLY_MORE:
        return best
    return min(code for code, count in counts.items() if count == most)


def pairs_of(terms: Sequence[str]) -> list[str]:
    """Return each two neighbouring terms as one, with a space between them."""
    return [f"{one} {following}" for one, following in pairwise(terms)]


def _aligned(question: str, own: str, languages: Sequence[str]) -> list[tuple[str, ...]]:
    """Return one row a word that is no stop word of ``own``: its term in each language, own first.

    Languages may divide a run between blanks differently ("Ankara'da"): the own one decides.
    """
    order = sorted(languages, key=lambda code: code != own)
    by_own, *by_language = (positions(question, rules_of(code)) for code in (own, *order))
    if any(len(terms) != len(by_own) for terms in by_language):
        runs = question.split()
        if len(runs) > 1:
            return [row for run in runs for row in _aligned(run, own, languages)]
    return [
        tuple(terms[place] if place < len(terms) else "" for terms in by_language)
        for place, term in enumerate(by_own)
        if term
    ]
