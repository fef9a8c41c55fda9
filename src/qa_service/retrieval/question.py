"""What a question asks for: checked text, its names and numbers, and the kind of its answer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa_service.errors import InvalidQuestion
from qa_service.index.analysis import analyze
from qa_service.index.stopwords import STOP_WORDS
from qa_service.retrieval.answer_kind import AnswerKind, asked_kind

_WORD = re.compile(r"[\w'’-]+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Question:
    """A checked question: its text stripped of outer whitespace, and what it asks for.

    ``names`` and ``numbers`` are the analysed terms of its capitalised words and of its words
    with digits: what an answering passage can hardly say otherwise.
    """

    text: str
    asks_for: AnswerKind
    names: frozenset[str]
    numbers: frozenset[str]


def read_question(text: str, *, max_characters: int) -> Question:
    """Return the question; raises InvalidQuestion when it is blank, too long or not text."""
    if not isinstance(text, str):
        raise InvalidQuestion(
            f"the question is {type(text).__name__}, not text", "send the question as a string"
        )
    stripped = text.strip()
    if not stripped or not any(character.isalnum() for character in stripped):
        raise InvalidQuestion("the question is empty", "ask in words, for example: who met whom?")
    if len(stripped) > max_characters:
        raise InvalidQuestion(
            f"the question has {len(stripped)} characters, more than {max_characters}",
            "shorten it, or raise QA_MAX_QUESTION_CHARACTERS",
        )
    try:
        stripped.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InvalidQuestion(
            f"the question holds half a surrogate pair at character {error.start}",
            "send well-formed Unicode",
        ) from None
    names, numbers = _names_and_numbers(stripped)
    return Question(stripped, asked_kind(stripped), names, numbers)


def _names_and_numbers(question: str) -> tuple[frozenset[str], frozenset[str]]:
    words = _WORD.findall(question)
    numbers = [word for word in words if any(character.isdigit() for character in word)]
    names = [word for word in words[1:] if word[0].isupper()]
    # The first word is capitalised anyway: it is a name where the second one is ("Xi Jinping ...").
    if len(words) > 1 and words[1][0].isupper() and words[0].lower() not in STOP_WORDS:
        names.append(words[0])
    both = frozenset(analyze(" ".join(numbers)))
    return frozenset(analyze(" ".join(names))) - both, both
