from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from qa_service.embedding.batching import plan_batches
from qa_service.embedding.hashing import HashingEmbedder
from qa_service.embedding.quantization import quantize

LENGTHS = st.lists(st.integers(1, 300), max_size=200)
EMBEDDER = HashingEmbedder(16)


@given(LENGTHS, st.integers(1, 1500))
def test_batches_hold_each_text_once_within_the_budget(lengths: list[int], budget: int) -> None:
    batches = plan_batches(lengths, budget)
    assert sorted(place for batch in batches for place in batch.tolist()) == list(
        range(len(lengths))
    )
    for batch in batches:
        longest = max(lengths[place] for place in batch)
        assert len(batch) == 1 or len(batch) * longest <= budget
    in_order = [lengths[place] for batch in batches for place in batch]
    assert in_order == sorted(in_order)


@given(LENGTHS, st.integers(1, 1500))
def test_no_two_neighbouring_batches_would_fit_in_one(lengths: list[int], budget: int) -> None:
    batches = plan_batches(lengths, budget)
    for batch, following in pairwise(batches):
        assert (len(batch) + 1) * lengths[following[0]] > budget


@given(st.lists(st.text(max_size=60), max_size=8))
def test_hashed_rows_are_unit_and_do_not_depend_on_neighbours(texts: list[str]) -> None:
    rows = EMBEDDER.embed(texts)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    for text, row in zip(texts, rows, strict=True):
        assert np.array_equal(EMBEDDER.embed([text])[0], row)


TABLES = npst.arrays(
    np.float32,
    npst.array_shapes(min_dims=2, max_dims=2, max_side=12),
    elements=st.floats(-1e4, 1e4, width=32, allow_subnormal=False),
)


@given(TABLES, st.sampled_from([0, 1]))
def test_int8_is_within_half_a_step_of_every_weight(table: np.ndarray, axis: int) -> None:
    steps, scales = quantize(table, axis)
    assert steps.dtype == np.int8
    assert scales.shape == (table.shape[axis],)
    assert steps.min() >= -127
    wide = np.expand_dims(scales, 1 - axis).astype(np.float64)
    assert (np.abs(steps * wide - table) <= wide * 0.5001 + 1e-30).all()
