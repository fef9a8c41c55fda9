from __future__ import annotations

import pytest

from qa_service.index.generation.manifest import VectorSearch
from qa_service.index.vectors.choice import FLAT_ROWS, Choice, choose, in_words


@pytest.mark.parametrize(
    ("rows", "choice", "kind"),
    [
        (1, "auto", "flat"),
        (FLAT_ROWS, "auto", "flat"),
        (FLAT_ROWS + 1, "auto", "ivf"),
        (1, "ivf", "ivf"),
        (10_000_000, "flat", "flat"),
    ],
)
def test_the_size_decides_unless_the_setting_does(rows: int, choice: Choice, kind: str) -> None:
    found, why = choose(rows, choice)
    assert found == kind
    assert ("QA_VECTOR_INDEX" in why) == (choice != "auto")


def test_the_choice_is_told_with_its_reason_and_its_recall() -> None:
    flat = in_words(VectorSearch("flat", "3 vectors", 0, 0, 0, 1000))
    assert flat == "flat, every vector compared (3 vectors)"
    ivf = in_words(VectorSearch("ivf", "many", 512, 9, 4, 985))
    assert "9 of 512 lists" in ivf
    assert "recall@10 0.985" in ivf
    assert ivf.endswith("(many)")
