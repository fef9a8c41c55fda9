"""What a question asks for: checked text, its names and numbers, and the kind of its answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from qa_service.index.lexical.analysis import analyze
from qa_service.index.lexical.languages import FALLBACK, function_words
from qa_service.index.lexical.question_words import question_language
from qa_service.retrieval.answer_kind import AnswerKind, asked_kind
from qa_service.retrieval.question_text import checked_question

_WORD = re.compile(r"[\w'’-]+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Question:
    """A checked question: its text stripped of outer whitespace, and what it asks for.

    ``names`` and ``numbers`` are the analysed terms of its capitalised words and of its words
    with digits, by the rules of each language searched: what an answering passage can hardly say
    otherwise.
    """

    text: str
    asks_for: AnswerKind
    names: frozenset[str]
    numbers: frozenset[str]


def read_question(
    text: str, *, max_characters: int, languages: tuple[str, ...] = (FALLBACK,)
) -> Question:
    """Return the question; raises InvalidQuestion as ``checked_question``.

    ``languages`` are those by whose rules the documents are analysed, as an index names them.
    """
    stripped = checked_question(text, max_characters)
    names, numbers = _names_and_numbers(stripped, languages)
    return Question(stripped, asked_kind(stripped), names, numbers)


def _names_and_numbers(
    question: str, languages: tuple[str, ...]
) -> tuple[frozenset[str], frozenset[str]]:
    words = _WORD.findall(question)
    numbers = [word for word in words if any(character.isdigit() for character in word)]
    own = question_language(question, languages)
    # German writes every noun with a capital: there it tells no names.
    names = [word for word in words[1:] if word[0].isupper() and own != "de"]
    # The first word is capitalised anyway: it is a name where the second one is ("Xi Jinping ...").
    if names and words[1][0].isupper() and own not in function_words().get(words[0].lower(), ()):
        names.append(words[0])
    both = _terms(numbers, languages)
    return _terms(names, languages) - both, both


def _terms(words: Iterable[str], languages: tuple[str, ...]) -> frozenset[str]:
    text = " ".join(words)
    return frozenset(term for language in languages for term in analyze(text, language))
