from __future__ import annotations

import numpy as np
import pytest

from qa_service.index.texts.layout import Layout, build_layout, layout_files, load_layout
from qa_service.records import Passage, Sentence


def passage(start: int, *lengths: int) -> Passage:
    sentences, at = [], start
    for length in lengths:
        sentences.append(Sentence(at, at + length, "x" * length))
        at += length + 1
    end = at - 1
    return Passage(
        "", "", "", start, end, "x" * (end - start), end - start, sentences=tuple(sentences)
    )


def layout() -> Layout:
    passages = [passage(0, 3, 4), passage(20, 5), passage(0, 1, 1, 1)]
    return build_layout(passages, [0, 0, 2])


def test_sentence_rows_name_their_passage_by_place() -> None:
    rows, owner = layout().sentence_rows(np.array([2, 0]))
    assert rows.tolist() == [3, 4, 5, 0, 1]
    assert owner.tolist() == [0, 0, 0, 1, 1]
    assert [len(part) for part in layout().sentence_rows(np.zeros(0, np.int64))] == [0, 0]


def test_every_sentence_finds_its_passage() -> None:
    assert layout().passages_of_sentences(np.arange(6)).tolist() == [0, 0, 1, 2, 2, 2]


def test_a_document_without_passages_has_an_empty_range() -> None:
    assert [layout().passage_range(number) for number in range(3)] == [(0, 2), (2, 2), (2, 3)]


def test_the_files_bring_the_same_layout_back() -> None:
    back = load_layout(layout_files(layout()), 3, 6)
    assert np.array_equal(back.passages, layout().passages)
    assert np.array_equal(back.sentence_starts, [0, 2, 3, 6])
    assert back.problems(3) == []


@pytest.mark.parametrize("counts", [(2, 6), (3, 5)])
def test_other_counts_than_the_files_hold_are_a_value_error(counts: tuple[int, int]) -> None:
    with pytest.raises(ValueError):
        load_layout(layout_files(layout()), *counts)


@pytest.mark.parametrize(
    ("row", "column", "value", "words"),
    [
        (2, 0, 3, "not there"),
        (1, 0, 9, "out of order"),
        (1, 1, 5, "overlap"),
        (0, 2, 0, "empty or reversed"),
        (1, 3, 0, "less than one token"),
        (0, 2, 6, "leaves its passage"),
        (1, 4, 3, "no sentence"),
    ],
)
def test_each_broken_promise_is_named(row: int, column: int, value: int, words: str) -> None:
    passages = layout().passages.copy()
    passages[row, column] = value
    broken = Layout(passages, layout().sentences, np.append(passages[:, 4], 6))
    assert any(words in problem for problem in broken.problems(3))


def test_overlapping_sentences_are_named() -> None:
    sentences = layout().sentences.copy()
    sentences[4] = sentences[3]
    broken = Layout(layout().passages, sentences, layout().sentence_starts)
    assert any("sentences overlap" in problem for problem in broken.problems(3))
