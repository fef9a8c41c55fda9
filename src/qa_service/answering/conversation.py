"""A follow-up question made to stand alone, so that it can be searched for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa_service.index.lexical.analysis import analyze
from qa_service.records import Turn

_EARLIER_QUESTIONS = 3  # a chain of follow-ups is followed back so far

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# Letters of scripts without spaces: a run of them is several words.
_SPACELESS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)
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
    r"|of that|noch|sonst|d'autre|más|ещё|еще|başka)\b"
    # "That" points back behind a verb or a preposition, and at the end.
    r"|\b(?:is|was|are|were|does|do|did|has|have|had|can|could|will|would|should|for|with|by|to|from"
    r"|after|before|on|like|than|which|whose|how|why)\s+that\b|\bthat\W*$"
    r"|\b(?:too|as well|instead|otherwise|auch|aussi|también|тоже|также)\W*$",
    re.IGNORECASE,
)
# A question whose every other word is one of these asks about something named before.
_GENERAL = frozenset(
    analyze(
        "exactly precisely means way reason cause purpose long much many often far old big kind"
        " sort case example detail details happen happened mean meant result results say said"
        " explain tell elaborate name names number amount people person place time date year years"
    )
)
# "And for Beijing?": the end of the earlier question is put another way.
_OTHER_END = re.compile(
    r"(?:and|but|or|what about|how about|und|et|y)\s+(for|on|in|by|with|from|to|at|of|after|before"
    r"|during|für|in|mit|von|aus|pour|en|avec|de|para|con)\s+((?:the\s+)?\w[\w'’ -]{0,60}?)\W*",
    re.IGNORECASE,
)
_WHOLE_SENTENCE = 3  # words; what is shorter hardly says what it is about


def standalone_question(
    question: str, conversation: Sequence[Turn], *, max_characters: int = 2000
) -> str:
    """Return the question to search for: with the one before it where it points back to that.

    A question that is whole by itself is returned as it is. "And for Beijing?" after a question
    that ends with "for Baku?" takes its place there. Otherwise nothing is reworded: the earlier
    question stands in front, so that its words are searched for as well. The result has at most
    ``max_characters``, unless ``question`` alone has more.
    """
    earlier = [turn.content.strip() for turn in conversation if turn.role == "user"]
    question = found = question.strip()
    for before in reversed(earlier[-_EARLIER_QUESTIONS:]):
        if not points_back(found):
            break
        longer = _with_other_end(before, question) or f"{before} {question}"
        if len(longer) > max_characters:
            break
        if not points_back(before):
            return longer
        found, question = before, longer
    return question


def points_back(question: str) -> bool:
    """Tell whether a question needs the one before it to be understood."""
    words = _WORD.findall(question)
    length = len(words) + len(_SPACELESS.findall(question)) // 2
    if length < _WHOLE_SENTENCE or _OPENING.match(question.strip()):
        return True
    if _ASKS_FOR_MORE.search(question) or _GENERAL.issuperset(analyze(question)):
        return True
    for place, word in enumerate(words):
        if place and word[0].isupper() and word != "I":
            return False  # a name stands first: "When did Watt sell his engine?"
        if word.lower() in _POINTING:
            return True
    return False


def _with_other_end(before: str, question: str) -> str | None:
    """Return the earlier question with the end that the later one gives it, if that is its form."""
    match = _OTHER_END.fullmatch(question)
    if match is None:
        return None
    preposition, end = match[1], match[2]
    for last in re.finditer(
        rf"\b{preposition}\s+(?:the\s+)?(\w+|[A-Z]\w+(?:\s+[A-Z]\w+)+)(?=\W*$)", before
    ):
        # A year takes the place of a year, and a name that of a name.
        if last[1][0].isdigit() == end[0].isdigit():
            return f"{before[: last.start()]}{preposition} {end}{before[last.end() :]}"
    return None
