"""Does an exported cross-encoder still say what the original says? Sample pairs, and the limits."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from qa_service.embedding.export_check import sample_texts
from qa_service.embedding.reranker import Logits
from qa_service.errors import ModelDamaged

_QUESTIONS = (
    "Why?",
    "When was the treaty signed by both governments?",
    "Какая температура кипения воды?",
)
SHARES = {
    # Rounding only: anything above means a wrong graph, not another order of additions.
    "float32": 0.0005,
    # Passages that are told apart differ by a tenth of the range and more.
    "int8": 0.03,
}
"""Largest difference of one score, as a share of the range of all sample scores."""

_ROUNDING = 1e-5  # where the scores hardly differ at all, a share of their range is below this


def sample_pairs(
    tokenize: Callable[[str, str], list[int]], window: int
) -> list[tuple[str, list[str]]]:
    """Return questions and for each varied texts that fit the window with it, one filling it."""
    return [
        (question, sample_texts(partial(tokenize, question), window))
        for question in _QUESTIONS
        if len(tokenize(question, "a")) <= window // 2
    ]


def require_same_scores(
    expected: Logits, found: Logits, variant: str, name: str
) -> dict[str, float]:
    """Return the largest difference of a score and the range of the expected ones.

    Raises ModelDamaged when the difference is more than the variant may have.
    """
    spread = float(expected.max() - expected.min())
    worst = float(abs(expected - found).max())
    limit = max(SHARES[variant] * spread, _ROUNDING)
    # Written so that NaN fails too.
    if not worst <= limit:
        raise ModelDamaged(
            f"{name}: the {variant} export of the reranker disagrees with the original on "
            f"{len(expected)} sample pairs: scores differ by up to {worst:.6f}, may differ by "
            f"{limit:.6f} (range {spread:.4f})",
            "set QA_RERANK_PRECISION=float32"
            if variant == "int8"
            else "choose another reranker (QA_RERANKER)",
        )
    return {"worst": round(worst, 6), "range": round(spread, 6)}
