"""A text in parts that each fit a model's window, cut between sentences where that is enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qa_service.chunking.cutting import halve
from qa_service.records import Span

PIECE_CHARACTERS = 300
"""A sentence of a question that is read in parts is cut when it is longer."""


def fitting_windows(
    text: str, sentences: Sequence[Span], fits: Callable[[Sequence[str]], Sequence[bool]]
) -> list[str]:
    """Return parts of ``text``, in order, that together hold every sentence, each of them fitting.

    ``sentences`` are spans of ``text``, in order. What does not fit is halved between the two
    sentences nearest to its middle, and a sentence by itself at the best boundary near its own.
    ``fits`` is asked about all parts of one size at once.
    """
    waiting = [list(sentences)]
    done: list[Span] = []
    while waiting:
        spans = [Span(group[0].start, group[-1].end) for group in waiting]
        fit = fits([text[span.start : span.end] for span in spans])
        halves: list[list[Span]] = []
        for group, span, fitting in zip(waiting, spans, fit, strict=True):
            if fitting or span.end - span.start < 2:
                done.append(span)
            elif len(group) > 1:
                at = _middle(group, span)
                halves += [group[:at], group[at:]]
            else:
                halves += [[part] for part in halve(text, span)]
        waiting = halves
    return [text[span.start : span.end] for span in sorted(done, key=lambda span: span.start)]


def _middle(group: Sequence[Span], span: Span) -> int:
    """Return the place of the sentence to begin the second half with."""
    middle = (span.start + span.end) / 2
    return min(range(1, len(group)), key=lambda place: abs(group[place].start - middle))
