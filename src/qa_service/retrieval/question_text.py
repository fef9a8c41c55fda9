"""Is this a question that can be asked? Needs nothing else loaded, so it can be told first."""

from __future__ import annotations

from qa_service.errors import InvalidQuestion


def checked_question(text: str, max_characters: int) -> str:
    """Return the text without outer whitespace.

    Raises InvalidQuestion when it is blank, longer than ``max_characters`` or not text.
    """
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
    return stripped
