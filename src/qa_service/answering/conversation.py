"""A follow-up question made to stand alone, so that it can be searched for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa_service.records import Turn

_EARLIER_QUESTIONS = 3  # a chain of follow-ups is followed back so far

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# Words that point to something named earlier, by language: English, German, French, Spanish,
# Russian, Turkish. Words that are also articles or that point within the sentence are left out.
_POINTING = frozenset(
    word
    for line in """
    it its he him his she her hers they them their theirs this these those there one ones
    er sie ihn ihm ihr ihre ihren ihrem sein seine seinen seinem deren dessen dieser diese dieses
    dort davon dazu damit
    il elle ils elles lui leur leurs celui celle ceux celles cela ça
    él ella ellos ellas eso esto esos esas
    он она оно они его её ее ей им ему ими их него нее неё них нему ней этот эта это эти этого
    этой там тогда
    onun onlar onların bunun bunlar bunların orada
    """.splitlines()
    for word in line.split()
)
# A question that opens like this goes on from the one before.
_OPENING = re.compile(
    r"(?:and|but|or|so|also|then|else|what about|how about|why so|why not|und|aber|oder|was ist mit"
    r"|et|mais|ou|y|pero|а|и|но|или|ещё|еще|ve|peki|ya)\b[ ,]",
    re.IGNORECASE,
)
_ASKS_FOR_MORE = re.compile(
    r"\b(?:else|the former|the latter|the same|that (?:one|time|day|year|place)|in that|about that"
    r"|of that|noch|sonst|d'autre|más|ещё|еще|başka)\b",
    re.IGNORECASE,
)
_WHOLE_SENTENCE = 3  # words; what is shorter hardly says what it is about


def standalone_question(
    question: str, conversation: Sequence[Turn], *, max_characters: int = 2000
) -> str:
    """Return the question to search for: with the one before it where it points back to that.

    A question that is whole by itself is returned as it is. Nothing is reworded: the earlier
    question stands in front, so that its words are searched for as well. The result has at most
    ``max_characters``, unless ``question`` alone has more.
    """
    earlier = [turn.content.strip() for turn in conversation if turn.role == "user"]
    found = question.strip()
    for before in reversed(earlier[-_EARLIER_QUESTIONS:]):
        if not points_back(found):
            break
        longer = f"{before} {question.strip()}"
        if len(longer) > max_characters:
            break
        if not points_back(before):
            return longer
        found, question = before, longer
    return question.strip()


def points_back(question: str) -> bool:
    """Tell whether a question needs the one before it to be understood."""
    words = _WORD.findall(question)
    if len(words) < _WHOLE_SENTENCE or _OPENING.match(question.strip()):
        return True
    if _ASKS_FOR_MORE.search(question):
        return True
    for place, word in enumerate(words):
        if place and word[0].isupper() and word != "I":
            return False  # a name stands first: "When did Watt sell his engine?"
        if word.lower() in _POINTING:
            return True
    return False
