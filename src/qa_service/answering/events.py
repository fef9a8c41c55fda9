"""An answer as it comes into being: what a front door passes on, piece by piece.

One stream is ``Retrieved``, any number of ``Delta`` and ``Cited``, ``Finished``. ``Replaced``
withdraws the text so far: the deltas after it begin anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from qa_service.records import Answer, Citation, Retrieval


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The passages; always first.

    ``retrieval.question`` is what was searched for: with a conversation, the question made to
    stand alone.
    """

    retrieval: Retrieval


@dataclass(frozen=True, slots=True)
class Delta:
    """The next piece of the answer's text, never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class Replaced:
    """The text so far is void; ``note`` says why."""

    note: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation of the answer, whose quoted text has been streamed by now."""

    citation: Citation


@dataclass(frozen=True, slots=True)
class Finished:
    """The whole answer, None when the service abstains; always last."""

    answer: Answer | None


AnswerEvent = Retrieved | Delta | Replaced | Cited | Finished


def answer_events(answer: Answer | None) -> Iterator[AnswerEvent]:
    """Yield an answer that is there already, a cited stretch at a time."""
    if answer is not None:
        at = 0
        for citation in sorted(answer.citations, key=lambda each: each.answer_end):
            if citation.answer_end > at:
                yield Delta(answer.text[at : citation.answer_end])
                at = citation.answer_end
            yield Cited(citation)
        if at < len(answer.text):
            yield Delta(answer.text[at:])
    yield Finished(answer)
