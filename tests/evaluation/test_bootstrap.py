from __future__ import annotations

import numpy as np
import pytest

from qa_service.evaluation import bootstrap
from qa_service.evaluation.bootstrap import draws, interval, mean_intervals, paired_difference


def test_draws_are_seeded_and_each_holds_all_questions() -> None:
    first = np.concatenate(list(draws(30, 200, seed=1)))
    assert first.shape == (200, 30)
    assert (first.sum(axis=1) == 30).all()
    assert (first == np.concatenate(list(draws(30, 200, seed=1)))).all()
    assert (first != np.concatenate(list(draws(30, 200, seed=2)))).any()


def test_draws_do_not_depend_on_the_size_of_the_matrices(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = np.concatenate(list(draws(30, 50)))
    monkeypatch.setattr(bootstrap, "_CELLS", 90)
    pieces = list(draws(30, 50))
    assert len(pieces) == 17
    assert (np.concatenate(pieces) == whole).all()


def test_interval_of_a_mean_is_near_the_textbook_one() -> None:
    values = (np.random.default_rng(0).random(400) < 0.7).astype(float)
    found = mean_intervals(values[:, None])[0]
    half = 1.96 * values.std() / 20
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - half, abs=0.005)
    assert found.high == pytest.approx(values.mean() + half, abs=0.005)


def test_a_constant_has_no_width() -> None:
    found = interval(lambda w: w @ np.ones(10) / 10, 10)
    assert (found.value, found.low, found.high) == (1, 1, 1)


def test_an_undefined_figure_stays_undefined() -> None:
    found = interval(lambda w: np.full(len(w), np.nan), 10)
    assert np.isnan([found.value, found.low, found.high]).all()


def test_pairing_sees_a_small_change_that_two_intervals_would_hide() -> None:
    before = (np.random.default_rng(1).random(200) < 0.5).astype(float)
    after = before.copy()
    after[np.flatnonzero(before)[:8]] = 0
    change = paired_difference(before, after)
    assert change.difference == pytest.approx(-0.04)
    assert change.high < 0
    assert change.p_worse > 0.99
    bounds = mean_intervals(np.stack([before, after], axis=1))
    assert bounds[1].high > bounds[0].low


def test_one_broken_question_of_many_is_not_called_significant() -> None:
    before = np.ones(60)
    after = before.copy()
    after[7] = 0
    assert paired_difference(before, after).high == 0
