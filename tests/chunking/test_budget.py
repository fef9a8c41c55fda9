from __future__ import annotations

import pytest

from qa_service.chunking.budget import Budget, Size, sized_sentences
from qa_service.errors import WindowExceeded
from qa_service.records import Span

from .counting import utf8_bytes, words


def budget(max_tokens: int = 10, window: int = 102) -> Budget:
    return Budget(max_tokens=max_tokens, count=words, window=window, window_count=utf8_bytes)


def test_both_limits_must_be_kept() -> None:
    assert budget().fits(Size(10, 102))
    assert not budget().fits(Size(11, 5))
    assert not budget().fits(Size(1, 103))


def test_the_cost_is_the_share_of_the_scarcer_limit() -> None:
    both = budget()
    assert both.cost(Size(10, 12)) == both.limit  # all tokens
    assert both.cost(Size(1, 102)) == both.limit  # the whole window, specials aside
    assert both.cost(Size(5, 52)) * 2 == both.limit


def test_no_texts_are_not_counted() -> None:
    assert budget().sizes([]) == []


def test_spans_beyond_a_limit_are_halved_and_stay_in_order() -> None:
    text = " ".join(["word"] * 35) + " " + "x" * 300
    (row,) = sized_sentences(text, [[Span(0, 174), Span(175, 475)]], budget())
    assert "".join(text[s.span.start : s.span.end] for s in row).replace(" ", "") == text.replace(
        " ", ""
    )
    assert [s.span.start for s in row] == sorted(s.span.start for s in row)
    assert all(s.tokens <= 10 and s.span.end - s.span.start <= 100 for s in row)


def test_wide_gaps_cost_but_never_more_than_the_limit() -> None:
    text = "a b\n\nc" + " " * 100_000 + "d"
    both = budget()
    row = [Span(0, 1), Span(2, 3), Span(5, 6), Span(100_006, 100_007)]
    costs = [s.cost for s in sized_sentences(text, [row], both)[0]]
    assert costs[0] == costs[1] < costs[2] < costs[3] == both.limit


def test_a_window_too_small_for_any_character_is_an_error() -> None:
    with pytest.raises(WindowExceeded, match="'a' at 0"):
        sized_sentences("a", [[Span(0, 1)]], budget(window=2))
