"""The two limits of every text, the token budget and the embedder's window, as one measure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa_service.chunking.cutting import halve
from qa_service.errors import WindowExceeded
from qa_service.records import Span

# The longest tokens there are stand for this many characters, all of them spaces or dashes.
LONGEST_TOKEN = 128
# An estimate this much above the limit is certain; below, only the exact count decides.
_CERTAIN = 1.25

CountTokens = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True, slots=True)
class Size:
    """A text's length in budget tokens and in the embedder's own tokens, specials included."""

    tokens: int
    pieces: int


@dataclass(frozen=True, slots=True)
class SizedSentence:
    """A sentence that keeps both limits, and what it adds to a passage that it stands in."""

    span: Span
    tokens: int
    cost: int


class Budget:
    """Counts texts and says what fits: ``max_tokens`` by ``count``, ``window`` by the other."""

    def __init__(
        self, *, max_tokens: int, count: CountTokens, window: int, window_count: CountTokens
    ) -> None:
        self.max_tokens = max_tokens
        self.window = window
        self._count = count
        self._window_count = window_count
        self._specials = window_count([""])[0]
        self._room = max(window - self._specials, 1)
        # Costs count 1 / (max_tokens * room), so that one number stands for both limits.
        self.limit = max_tokens * self._room
        self.gap = self._room

    def sizes(self, texts: Sequence[str]) -> list[Size]:
        """Return the exact size of each text."""
        if not texts:
            return []
        return list(map(Size, self._count(texts), self._window_count(texts)))

    def fits(self, size: Size) -> bool:
        """Tell whether a text of this size keeps both limits."""
        return size.tokens <= self.max_tokens and size.pieces <= self.window

    def is_beyond(self, cost: int, characters: int) -> bool:
        """Tell whether a text is so far over the limit that counting it would be a waste."""
        return cost > self.limit * _CERTAIN or characters > self.max_tokens * LONGEST_TOKEN

    def cost(self, size: Size) -> int:
        """Return the share of the scarcer limit that the text takes, specials aside."""
        return max(size.tokens * self._room, (size.pieces - self._specials) * self.max_tokens)


def sized_sentences(
    text: str, rows: Sequence[Sequence[Span]], budget: Budget
) -> list[list[SizedSentence]]:
    """Return each row's spans measured; those that exceed a limit are halved until none does.

    Raises WindowExceeded when a single character exceeds a limit.
    """
    done: list[list[tuple[Span, Size]]] = [[] for _ in rows]
    waiting = [(row, span) for row, spans in enumerate(rows) for span in spans]
    while waiting:
        halves: list[tuple[int, Span]] = []
        sizes = budget.sizes([text[span.start : span.end] for _, span in waiting])
        for (row, span), size in zip(waiting, sizes, strict=True):
            if budget.fits(size):
                done[row].append((span, size))
            elif span.end - span.start > 1:
                halves += [(row, half) for half in halve(text, span)]
            else:
                raise WindowExceeded(
                    f"character {text[span.start]!r} at {span.start}: {size.tokens} tokens of "
                    f"{budget.max_tokens}, {size.pieces} of the model's window of {budget.window}",
                    "allow more tokens a passage, or use a model with a larger window",
                )
        waiting = halves
    return [_with_costs(text, sorted(row, key=lambda one: one[0].start), budget) for row in done]


def _with_costs(text: str, row: Sequence[tuple[Span, Size]], budget: Budget) -> list[SizedSentence]:
    """Return the sentences of one row, each with the cost of what separates it from the last.

    No cost exceeds the limit, so that every sentence can stand in a passage of its own.
    """
    gaps = [0] + [
        _gap_tokens(text, before.end, after.start) for (before, _), (after, _) in pairwise(row)
    ]
    return [
        SizedSentence(span, size.tokens, min(budget.cost(size) + gap * budget.gap, budget.limit))
        for (span, size), gap in zip(row, gaps, strict=False)
    ]


def _gap_tokens(text: str, start: int, end: int) -> int:
    """Return about how many tokens the whitespace between two sentences takes.

    One space is free: tokenizers count it with the word after it.
    """
    return 0 if text[start:end] in ("", " ") else 1 + (end - start) // LONGEST_TOKEN
