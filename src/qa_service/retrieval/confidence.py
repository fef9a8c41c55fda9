"""How likely it is that the documents answer the question, and in words why not.

The confidence is a product of two probabilities, each a logistic regression over a few signals
(``signals.py``): that the documents are about what the question is about, and that they hold the
answer if so. Where the first is in doubt, a second look (``second_look.py``) may lower it.
Coefficients and threshold are data, in ``confidence.json``, with what they were fitted on and the
command that refits them. They were fitted with the default embedding model: another model's
cosines lie elsewhere, so refit for it, or set the threshold by hand.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from qa_service.retrieval.answer_kind import AnswerKind
from qa_service.retrieval.signals import ANSWER_SIGNALS, TOPIC_SIGNALS

UNMATCHED = "unmatched_words"

_WIDEST = 30.0  # a logit beyond this is certainty; exp() of a larger one may overflow


@dataclass(frozen=True, slots=True)
class Logistic:
    """``1 / (1 + exp(-(intercept + sum of coefficient * signal)))`` over the named signals."""

    intercept: float
    names: tuple[str, ...]
    coefficients: tuple[float, ...]

    @classmethod
    def of(cls, content: Mapping[str, Any], names: Sequence[str]) -> Logistic:
        """Return the regression written in JSON; raises ValueError unless it has these signals."""
        coefficients = content["coefficients"]
        if set(coefficients) != set(names):
            raise ValueError(f"coefficients of {sorted(coefficients)}, signals are {sorted(names)}")
        return cls(content["intercept"], tuple(names), tuple(coefficients[name] for name in names))

    def probability(self, signals: Mapping[str, float]) -> float:
        logit = self.intercept + sum(
            weight * signals[name]
            for name, weight in zip(self.names, self.coefficients, strict=True)
        )
        return 1 / (1 + math.exp(-max(-_WIDEST, min(_WIDEST, logit))))


@dataclass(frozen=True, slots=True)
class Doubt:
    """Where the topic's probability lies between ``low`` and ``high``, the confidence is multiplied
    by ``exp(-rate * unmatched_words)``."""

    low: float
    high: float
    rate: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """The two factors, the confidence from which on a question is answered, and what to do in
    doubt: without ``doubt`` there is no second look."""

    topic: Logistic
    answer: Logistic
    threshold: float
    doubt: Doubt | None = None

    def in_doubt(self, signals: Mapping[str, float]) -> bool:
        """Return whether the topic is so uncertain that a second look is worth its time."""
        doubt = self.doubt
        return doubt is not None and doubt.low < self.topic.probability(signals) < doubt.high

    def confidence(self, signals: Mapping[str, float]) -> float:
        """Return the probability that the documents answer: on the topic, and the answer there.

        ``signals`` may lack what a second look gives: then it was not, or could not be, taken.
        """
        first = self.topic.probability(signals) * self.answer.probability(signals)
        return first * self._discount(signals)

    def _discount(self, signals: Mapping[str, float]) -> float:
        """Return what a second look leaves of the confidence, 1 where none was taken."""
        if self.doubt is None or UNMATCHED not in signals or not self.in_doubt(signals):
            return 1.0
        return math.exp(-self.doubt.rate * signals[UNMATCHED])

    def reason(
        self,
        signals: Mapping[str, float],
        asks_for: AnswerKind,
        unmatched: Sequence[str] = (),
    ) -> str:
        """Return in words why the documents do not seem to answer, by what weighed most.

        ``unmatched`` are the words of the question that the second look found nothing near.
        """
        topic, answer = self.topic.probability(signals), self.answer.probability(signals)
        if unmatched and self._discount(signals) < min(topic, answer):
            words = ", ".join(f"\u201c{word}\u201d" for word in unmatched)
            return f"The documents touch this topic, but hold nothing close to {words}."
        if topic < answer:
            return "The documents hold nothing about this topic."
        if signals["kind_missing"] and asks_for is not AnswerKind.OTHER:
            return (
                "The documents touch this topic, but the closest passages hold no "
                f"{asks_for.value} that would answer the question."
            )
        if max(signals["number_missing"], signals["name_missing"]) >= 0.5:
            what = "number" if signals["number_missing"] >= signals["name_missing"] else "name"
            return (
                f"The documents touch this topic, but the closest passage lacks a {what} that the "
                "question gives."
            )
        if signals["negation_missing"] or signals["opposite_word"]:
            return "The documents touch this topic, but seem to say otherwise than the question."
        return "The documents come near this topic, but no passage clearly answers the question."


@cache
def default_calibration() -> Calibration:
    """Return the fitted calibration that this package ships."""
    text = resources.files("qa_service.retrieval").joinpath("confidence.json").read_text("utf-8")
    content = json.loads(text)
    doubt = content["doubt"]
    return Calibration(
        Logistic.of(content["topic"], TOPIC_SIGNALS),
        Logistic.of(content["answer"], ANSWER_SIGNALS),
        content["threshold"],
        Doubt(doubt["low"], doubt["high"], doubt["rate"]),
    )
