"""Which half of a collection a question belongs to, so that a fit is judged on other documents."""

from __future__ import annotations

from collections.abc import Sequence

from labelled import Labelled


def articles(questions: Sequence[Labelled]) -> list[str]:
    """Return the document that each question is about.

    A question without an answer carries no document: it is taken to be about the same one as the
    answerable question before it, as in files that keep the questions of a document together.
    """
    first = next(one.evidence[0][0] for one in questions if one.answerable)
    found: list[str] = []
    for question in questions:
        found.append(question.evidence[0][0] if question.answerable else (found or [first])[-1])
    return found


def halves(documents: Sequence[str]) -> list[int]:
    """Return 0 or 1 for each entry: every second document, by name, belongs to the other half."""
    number = {document: place for place, document in enumerate(sorted(set(documents)))}
    return [number[document] % 2 for document in documents]
