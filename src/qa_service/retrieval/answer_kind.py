"""The kind of thing a question asks for (a date, a number, a name), and whether a text holds one.

English surface patterns only: a question in other words or another tongue asks for OTHER, of which
nothing is demanded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum

from qa_service.index.lexical.stopwords import STOP_WORDS


class AnswerKind(Enum):
    """The kind of thing an answer must hold; OTHER where no surface form can be demanded."""

    DATE = "date"
    DURATION = "length of time"
    MONEY = "amount of money"
    SHARE = "percentage"
    NUMBER = "number"
    PERSON = "name"
    PLACE = "place"
    OTHER = "other"


_QUESTION_WORD = re.compile(r"\b(?:wh(?:at|ich|o|om|ose|en|ere|y)|how)\b", re.I)

# Up to three words may stand between "what" and the noun that tells the kind: "what famous Norman
# king", "what is the exact year".
_WHAT = r"(?:what|which)(?:['’]s)?(?: [\w'’-]+){0,3}?"
_ASKS: tuple[tuple[AnswerKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"(?:{'|'.join(patterns)})\b", re.I))
    for kind, patterns in (
        (
            AnswerKind.DATE,
            (
                "when",
                "how recently",
                "how long ago",
                rf"{_WHAT} (?:years?|dates?|days?|months?|century|decade)",
            ),
        ),
        (
            AnswerKind.DURATION,
            (
                r"how long (?:did|does|do|was|were|has|have|had|will)",
                r"how (?:many|much) (?:[\w'’-]+ )?(?:years|months|weeks|days|hours|minutes|time)",
            ),
        ),
        (
            AnswerKind.MONEY,
            (
                r"how much (?:money|[\w'’ -]+ (?:costs?|worth|paid|pay|earn|spen[dt]))",
                rf"{_WHAT} (?:price|salary)",
                r"(?:what|which) [\w'’ -]+ worth in (?:dollars|euros|pounds|money)",
            ),
        ),
        (AnswerKind.SHARE, (rf"{_WHAT} (?:percent|percentage|proportion|fraction|share)",)),
        (
            AnswerKind.NUMBER,
            (
                r"how (?:many|much|old|far|large|big|tall|high|fast|often|deep|long)",
                rf"{_WHAT} (?:number|amount|population|age|size|temperature)",
            ),
        ),
        (AnswerKind.PERSON, (r"who(?:m|se)?",)),
        (
            AnswerKind.PLACE,
            (
                "where",
                r"(?:what|which)(?: [\w'’-]+)? (?:countr(?:y|ies)|cit(?:y|ies)|state|town|village"
                r"|district|province|river|island)",
            ),
        ),
    )
)

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_COUNTS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty"
    "|hundreds?|thousands?|millions?|billions?|dozens?|half|third|quarter|once|twice|several|single"
)
_TIMES = "seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|century|centuries"
# A sentence's first word is a name where another name or one of the commonest verbs follows.
_AFTER_A_NAME = r"(?:[A-Z]|of [A-Z]|(?:is|was|had|has|became|built|led|made|met|took|won|\w+ed)\b)"
_NAME = re.compile(
    rf"(?<![.!?] )(?<!^)\b[A-Z][\w'’-]+|(?:^|(?<=[.!?] ))[A-Z][\w'’-]+(?= {_AFTER_A_NAME})"
)
_FORMS: Mapping[AnswerKind, re.Pattern[str]] = {
    AnswerKind.DATE: re.compile(
        rf"\b\d{{3,4}}s?\b|\b(?:{_MONTHS}|{_DAYS})\b|\bcentur(?:y|ies)\b|\b\d+ (?:BCE?|CE|AD)\b"
        rf"|\b(?:today|yesterday|ago|recent(?:ly)?)\b|\b(?:\d+|{_COUNTS}) (?:{_TIMES})\b"
    ),
    AnswerKind.DURATION: re.compile(
        rf"\b(?:{_TIMES})\b|\b(?:since|until)\b|\b\d{{4}} ?[-–] ?\d{{2,4}}\b", re.I
    ),
    AnswerKind.MONEY: re.compile(
        r"[$€£¥]|\b(?:dollars?|euros?|pounds?|francs?|yuan|cents?|USD|EUR|GBP)\b", re.I
    ),
    AnswerKind.SHARE: re.compile(
        r"%|\bper ?cent(?:age)?\b|\b(?:half|thirds?|quarters?|fifths?|tenths?|majority)\b", re.I
    ),
    AnswerKind.NUMBER: re.compile(rf"\d[\d.,]*|\b(?:{_COUNTS}|one|both)\b", re.I),
    AnswerKind.PERSON: _NAME,
    AnswerKind.PLACE: _NAME,
}


def asked_kind(question: str) -> AnswerKind:
    """Return the kind of answer that English question words ask for; OTHER when none does.

    The first question word decides: in "what did the settlers who came found" it is "what".
    """
    word = _QUESTION_WORD.search(question)
    if word is None:
        return AnswerKind.OTHER
    rest = question[word.start() :]
    return next((kind for kind, pattern in _ASKS if pattern.match(rest)), AnswerKind.OTHER)


def holds_kind(kind: AnswerKind, text: str, question: str) -> bool:
    """Return whether a text holds a thing of that kind which the question does not name."""
    form = _FORMS.get(kind)
    if form is None:
        return True
    known = question.casefold()
    found = (match[0].casefold() for match in form.finditer(text))
    return any(thing not in known and thing not in STOP_WORDS for thing in found)
