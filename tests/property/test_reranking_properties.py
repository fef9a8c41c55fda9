"""What reranking promises, over arbitrary texts and opinions: none unread, none unexplained."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qa_service.chunking.sentences import split_sentences
from qa_service.records import Feature, Passage
from qa_service.retrieval.reranking import FEATURE, rerank
from qa_service.retrieval.windows import fitting_windows

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
UNITS = st.floats(0, 1, width=32)
LOGITS = st.floats(-1e4, 1e4, width=32)


@given(TEXTS, st.integers(1, 60))
def test_windows_fit_and_together_hold_every_character(text: str, longest: int) -> None:
    def fits(parts: Sequence[str]) -> list[bool]:
        return [len(part) <= longest for part in parts]

    sentences = split_sentences(text, 0, len(text), max_characters=80)
    windows = fitting_windows(text, sentences, fits) if sentences else []
    assert all(0 < len(window) <= longest for window in windows)
    assert "".join("".join(windows).split()) == "".join(text.split())
    at = 0
    for window in windows:
        at = text.index(window, at) + len(window)


class Passages:
    """An index whose passages say nothing but their row."""

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        return [Passage(str(row), "d", "", 0, 1, str(row), 1) for row in rows]


@given(
    st.lists(st.tuples(UNITS, LOGITS), min_size=1, max_size=30),
    st.integers(2, 30),
    UNITS,
    st.booleans(),
)
def test_scores_are_explained_and_what_was_not_read_never_overtakes(
    known: list[tuple[float, float]], candidates: int, weight: float, clipped: bool
) -> None:
    fused = np.array([score for score, _ in known], dtype=np.float32)
    rows = np.arange(len(known)) * 3

    class Told:
        window = 1

        def score(self, question: str, texts: Sequence[str]) -> np.ndarray:
            said = [known[int(text) // 3][1] for text in texts]
            return np.array([min(one, 5.0) if clipped else one for one in said], dtype=np.float32)

    found = rerank(Passages(), Told(), "?", rows, fused, candidates=candidates, weight=weight)
    assert sorted(found.order) == list(range(len(known)))
    ordered = found.scores[found.order]
    assert (ordered[:-1] >= ordered[1:]).all()
    read = min(candidates, len(known))
    assert set(found.order[:read].tolist()) == set(found.places.tolist())
    for place in range(len(known)):
        score = float(fused[place])
        terms = found.explained({"fused": Feature(score, score, 1.0)}, place)
        assert (FEATURE in terms) == (place in found.places)
        total = sum(term.weight * term.normalised for term in terms.values())
        assert abs(total - found.scores[place]) < 1e-5
        assert 0 <= found.scores[place] <= 1 + 1e-6
