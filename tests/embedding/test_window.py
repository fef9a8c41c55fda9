from __future__ import annotations

import pytest

from qa_service.embedding.window import require_within_window
from qa_service.errors import WindowExceeded


def test_texts_that_fill_the_window_exactly_pass() -> None:
    require_within_window(["a", "b"], [5, 4], 5)


def test_first_text_over_the_window_is_named_with_its_count() -> None:
    long = "x" * 100
    with pytest.raises(WindowExceeded) as caught:
        require_within_window(["a", long, "later"], [5, 6, 7], 5)
    assert caught.value.message == (
        f"text beginning {'x' * 60!r} has 6 model tokens, more than the model's window of 5"
    )
    assert "(QA_MODEL)" in caught.value.hint


def test_the_setting_that_names_the_model_is_named() -> None:
    with pytest.raises(WindowExceeded) as caught:
        require_within_window(["a"], [6], 5, setting="QA_RERANKER")
    assert "(QA_RERANKER)" in caught.value.hint
