from __future__ import annotations

import numpy as np
import pytest

from qa_service.embedding.export_check import cosines, require_agreement, sample_texts
from qa_service.errors import ModelDamaged


def words(text: str) -> list[int]:
    return [0] * len(text.split())


@pytest.mark.parametrize("window", [12, 256, 512])
def test_samples_fit_the_window_and_one_fills_it(window: int) -> None:
    lengths = [len(words(text)) for text in sample_texts(words, window)]
    assert max(lengths) == window
    assert min(lengths) == 1
    assert len(lengths) >= 10


def test_samples_of_an_ordinary_model_hold_several_scripts() -> None:
    joined = "".join(sample_texts(words, 256))
    assert all(sign in joined for sign in "ßВ水🚀")
    assert len(sample_texts(words, 256)) == 16


def test_equal_rows_agree() -> None:
    rows = np.eye(4, dtype=np.float32)
    assert require_agreement(cosines(rows, rows, rows), "float32", "m") == {
        "lowest": 1.0,
        "mean": 1.0,
    }


@pytest.mark.parametrize(
    ("variant", "values"),
    [
        ("float32", [1.0, 0.9999]),
        ("int8", [1.0] * 99 + [0.98]),
        ("int8", [0.995] * 10),
        ("int8", [1.0, float("nan")]),
    ],
)
def test_disagreement_is_refused_with_its_numbers(variant: str, values: list[float]) -> None:
    with pytest.raises(ModelDamaged, match=rf"the {variant} export disagrees") as caught:
        require_agreement(np.array(values, np.float32), variant, "some/model")
    assert f"{np.min(values):.6f} at worst" in caught.value.message
    assert "some/model" in caught.value.message


def test_disagreeing_int8_export_points_to_float32() -> None:
    with pytest.raises(ModelDamaged) as caught:
        require_agreement(np.array([0.5], np.float32), "int8", "m")
    assert "QA_PRECISION=float32" in caught.value.hint
