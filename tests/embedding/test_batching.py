from __future__ import annotations

import numpy as np
import pytest

from qa_service.embedding.batching import (
    pad,
    padded_width,
    plan_batches,
    plan_even_batches,
    width_alone,
)


def test_no_texts_need_no_batch() -> None:
    assert plan_batches([]) == []


def test_neighbours_in_length_share_a_batch() -> None:
    batches = plan_batches([9, 2, 8, 2, 9], budget=27)
    assert [batch.tolist() for batch in batches] == [[1, 3, 2], [0, 4]]


def test_equal_lengths_keep_their_order() -> None:
    assert plan_batches([3] * 7, budget=9)[0].tolist() == [0, 1, 2]


def test_text_longer_than_the_budget_goes_alone() -> None:
    assert [batch.tolist() for batch in plan_batches([50, 1, 60], budget=10)] == [[1], [0], [2]]


def test_even_batches_hold_one_width_each_and_every_text_once() -> None:
    batches = plan_even_batches([8, 16, 8, 8, 99, 16], budget=16)
    assert [batch.tolist() for batch in batches] == [[0, 2], [3], [1], [5], [4]]
    assert plan_even_batches([]) == []


def test_padding_is_on_the_right_and_masked() -> None:
    ids, mask = pad([[5, 6], [7, 8, 9]], pad_id=1, width=4)
    assert ids.tolist() == [[5, 6, 1, 1], [7, 8, 9, 1]]
    assert mask.tolist() == [[1, 1, 0, 0], [1, 1, 1, 0]]
    assert ids.dtype == mask.dtype == np.int64


def test_widths_are_few_and_never_above_the_window() -> None:
    widths = [padded_width(length, window=250) for length in range(1, 251)]
    assert all(width >= length for length, width in enumerate(widths, start=1))
    assert max(widths) == 250
    assert len(set(widths)) == 32


@pytest.mark.parametrize(
    ("length", "window", "width"),
    [(3, 256, 16), (16, 256, 16), (17, 256, 24), (25, 256, 32), (18, 20, 20), (5, 12, 8)],
)
def test_short_text_alone_has_one_of_two_widths_where_the_window_has_room(
    length: int, window: int, width: int
) -> None:
    assert width_alone(length, window) == width
