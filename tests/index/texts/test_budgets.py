from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest

from qa_service.index.texts.budgets import (
    Budgets,
    budget_files,
    build_budgets,
    gap_after,
    load_budgets,
)
from qa_service.records import Document, Passage, Sentence, Span

TEXT = "One.\n\nTwo two.\n \nThree.\n\nBack to top\n\nFour.Five."
SPANS = [(0, 4), (6, 14), (17, 23), (38, 43), (43, 48)]
DOCUMENT = Document("a.txt", "A", TEXT, "", boilerplate=(Span(25, 36),))


def passage(start: int, end: int) -> Passage:
    text = TEXT[start:end]
    sentences = (Sentence(start, end, text),)
    return Passage("", "a.txt", "A", start, end, text, len(text), sentences=sentences)


PASSAGES = [passage(*span) for span in SPANS]


def count(texts: Sequence[str]) -> list[int]:
    return [len(text) for text in texts]


def budgets() -> Budgets:
    return build_budgets([(DOCUMENT, PASSAGES), (DOCUMENT, []), (DOCUMENT, PASSAGES[:1])], count)


def test_only_white_space_may_stand_between_joined_passages() -> None:
    gaps = [gap_after(DOCUMENT, one, two) for one, two in itertools.pairwise(PASSAGES)]
    assert gaps == ["\n\n", "\n \n", None, ""]
    assert gap_after(DOCUMENT, PASSAGES[-1], None) is None


def test_runs_hold_the_tokens_of_the_documents_own_text() -> None:
    found = budgets()
    assert found.runs.tolist() == [[14, 23], [17, 0], [0, 0], [10, 0], [0, 0], [0, 0]]
    assert [found.joinable(row) for row in range(6)] == [True, True, False, True, False, False]
    assert found.of_run(0, 1) == 14
    assert found.of_run(0, 2) == 23


def test_sentences_are_counted_alone() -> None:
    assert budgets().of_sentences(1, 3).tolist() == [8, 6, 5]


def test_the_files_bring_the_same_counts_back() -> None:
    back = load_budgets(budget_files(budgets()), 6, 6)
    assert np.array_equal(back.runs, budgets().runs)
    assert np.array_equal(back.sentences, budgets().sentences)


@pytest.mark.parametrize("counts", [(5, 6), (6, 5)])
def test_other_counts_than_the_files_hold_are_a_value_error(counts: tuple[int, int]) -> None:
    with pytest.raises(ValueError):
        load_budgets(budget_files(budgets()), *counts)
