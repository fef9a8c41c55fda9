from __future__ import annotations

import numpy as np
import pytest

from qa_service.index.ranking import best_rows


@pytest.mark.parametrize("k", [0, 1, 2, 3, 5, 100])
@pytest.mark.parametrize("seed", range(4))
def test_best_rows_are_those_of_a_full_sort(seed: int, k: int) -> None:
    scores = np.random.default_rng(seed).integers(0, 4, 30).astype(np.float32)  # many ties
    expected = [row for row in sorted(range(30), key=lambda r: (-scores[r], r)) if scores[row] > 0]
    hits = best_rows(scores, k)
    assert hits.rows.tolist() == expected[:k]
    assert hits.scores.tolist() == [scores[row] for row in expected[:k]]


def test_rows_without_a_score_are_no_hits() -> None:
    assert len(best_rows(np.zeros(5, np.float32), 3).rows) == 0
    assert len(best_rows(np.zeros(0, np.float32), 3).rows) == 0
