from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qa_service.embedding.batching import PADDED_TOKENS, Ids
from qa_service.embedding.cross_encoder import CrossEncoder
from qa_service.embedding.protocol import Matrix
from qa_service.embedding.runtime import load_runtime
from qa_service.errors import WindowExceeded

from .small_parts import WINDOW, WORDS, write_pair_export

QUESTION = "alpha beta"
ROOM = WINDOW - 5  # two words of the question and three marks


class SumOfSecond:
    """A runtime whose score is the sum of the second text's ids; remembers what it was given."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []
        self.padding: list[int] = []

    def run(self, ids: Ids, mask: Ids, types: Ids | None = None) -> Matrix:
        assert types is not None
        self.shapes.append(ids.shape)
        self.padding += [int((ids * (1 - mask)).sum()), int((types * (1 - mask)).sum())]
        return (ids * types * mask).sum(axis=1, keepdims=True).astype(np.float32)


@pytest.fixture
def runtime() -> SumOfSecond:
    return SumOfSecond()


@pytest.fixture
def reranker(tmp_path: Path, runtime: SumOfSecond) -> CrossEncoder:
    return CrossEncoder(write_pair_export(tmp_path / "export"), runtime)


def texts(count: int) -> list[str]:
    rng = np.random.default_rng(7)
    return [" ".join(rng.choice(WORDS, rng.integers(0, ROOM + 1))) for _ in range(count)]


def expected(text: str) -> float:
    return float(2 + sum(3 + WORDS.index(word) for word in text.split()))  # ids, and the end mark


def test_scores_come_back_in_the_order_of_the_texts(
    reranker: CrossEncoder, runtime: SumOfSecond
) -> None:
    some = texts(300)
    assert reranker.score(QUESTION, some).tolist() == [expected(text) for text in some]
    assert len(runtime.shapes) > 1
    assert max(rows * width for rows, width in runtime.shapes) <= PADDED_TOKENS
    assert not any(runtime.padding)


@pytest.mark.parametrize("name", ["openvino", "onnxruntime"])
def test_an_exported_graph_gives_the_scores_by_either_runtime(tmp_path: Path, name: str) -> None:
    pytest.importorskip(name, reason=f"{name} is not installed")
    exported = write_pair_export(tmp_path / "export")
    reranker = CrossEncoder(exported, load_runtime(name, exported.graph, 1))
    some = texts(40)
    assert reranker.score(QUESTION, some).tolist() == [expected(text) for text in some]
    assert reranker.score(QUESTION, some).dtype == np.float32


def test_a_model_without_token_types_is_not_given_any(tmp_path: Path) -> None:
    class Untyped:
        def run(self, ids: Ids, mask: Ids, types: Ids | None = None) -> Matrix:
            assert types is None
            return mask.sum(axis=1, keepdims=True).astype(np.float32)

    exported = write_pair_export(tmp_path / "export")
    object.__setattr__(exported, "token_types", False)
    assert CrossEncoder(exported, Untyped()).score("alpha", ["", "beta"]).tolist() == [4, 5]


def test_tokens_are_counted_with_the_question_and_the_marks(reranker: CrossEncoder) -> None:
    assert reranker.count_tokens(QUESTION, ["", "alpha", "x y z"]) == [5, 6, 8]
    assert reranker.window == WINDOW


def test_a_pair_that_fills_the_window_is_scored_whole(reranker: CrossEncoder) -> None:
    full = " ".join(["beta"] * ROOM)
    assert reranker.score(QUESTION, [full]).tolist() == [expected(full)]


@pytest.mark.parametrize("others", [[], ["beta"]])
def test_a_pair_over_the_window_is_refused_never_cut(
    reranker: CrossEncoder, others: list[str], runtime: SumOfSecond
) -> None:
    long = " ".join(["alpha"] * (ROOM + 1))
    with pytest.raises(WindowExceeded, match=r"has 13 model tokens.*window of 12") as caught:
        reranker.score(QUESTION, [*others, long])
    assert "QA_RERANKER" in caught.value.hint
    assert runtime.shapes == []


def test_no_texts_give_no_scores_and_no_work(reranker: CrossEncoder, runtime: SumOfSecond) -> None:
    assert reranker.score(QUESTION, []).shape == (0,)
    assert runtime.shapes == []
