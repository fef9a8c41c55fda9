from __future__ import annotations

import numpy as np
import pytest

from qa_service.index.vectors.closest import Closest


@pytest.mark.parametrize("count", [1, 7, 300])
def test_highest_product_with_any_of_the_vectors(count: int) -> None:
    rng = np.random.default_rng(count)
    held = rng.normal(size=(count, 24)).astype(np.float32)
    asked = rng.normal(size=(40, 24)).astype(np.float32)
    expected = np.einsum("md,nd->mn", asked, held).max(axis=1)
    closest = Closest(held)
    assert np.allclose(closest.highest(asked), expected, atol=1e-5)
    assert np.allclose(closest.highest(asked[:3]), expected[:3], atol=1e-5)


def test_rows_that_do_not_lie_together_are_read_as_they_are() -> None:
    held = np.eye(8, dtype=np.float32)[::2, ::-1]
    assert Closest(held).highest(held[::-1]).tolist() == [1, 1, 1, 1]


def test_nothing_is_near_where_nothing_is_held() -> None:
    none = Closest(np.zeros((0, 8), np.float32))
    assert none.highest(np.ones((2, 8), np.float32)).tolist() == [-np.inf, -np.inf]
    assert Closest(np.ones((3, 8), np.float32)).highest(np.zeros((0, 8), np.float32)).shape == (0,)
