from __future__ import annotations

import numpy as np
import pytest

from qa_service.embedding.word_overlap import WINDOW, WordOverlapReranker
from qa_service.errors import WindowExceeded

QUESTION = "Who added a condenser?"


def test_more_of_the_questions_words_score_higher_and_case_does_not_matter() -> None:
    texts = ["Nothing here.", "A condenser.", "WHO added a condenser", "who? added! added, a a"]
    assert WordOverlapReranker().score(QUESTION, texts).tolist() == [-4, 0, 4, 2]


def test_scores_are_float32_one_a_text() -> None:
    scores = WordOverlapReranker().score(QUESTION, [])
    assert scores.shape == (0,)
    assert scores.dtype == np.float32


def test_a_question_without_words_scores_every_text_alike() -> None:
    assert WordOverlapReranker().score("?", ["a", ""]).tolist() == [-4, -4]


def test_a_text_that_fills_the_window_is_scored_and_a_longer_one_refused() -> None:
    reranker = WordOverlapReranker()
    room = WINDOW - reranker.count_tokens(QUESTION, [""])[0]
    assert reranker.score(QUESTION, ["condenser " * room]).tolist() == [-2]
    with pytest.raises(WindowExceeded) as caught:
        reranker.score(QUESTION, ["condenser " * (room + 1)])
    assert "QA_RERANKER" in caught.value.hint
