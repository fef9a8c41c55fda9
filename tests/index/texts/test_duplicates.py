from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.index.arrays import encode_array
from qa_service.index.texts.duplicates import (
    DUPLICATES_FILE,
    duplicate_files,
    find_duplicates,
    first_of_each,
    load_duplicates,
)

LETTERS = [letter.encode() for letter in "abacabdc"]  # a at 0 2 4, b at 1 5, c at 3 7, d at 6


def test_copies_lead_to_the_first_row_of_their_wording() -> None:
    found = find_duplicates(LETTERS)
    assert found.copies.tolist() == [[2, 0], [4, 0], [5, 1], [7, 3]]
    assert found.originals is not None
    assert found.originals.tolist() == [0, 1, 0, 3, 0, 1, 6, 3]
    assert found.elsewhere(0) == [2, 4]
    assert found.elsewhere(2) == [0, 4]
    assert found.elsewhere(7) == [3]
    assert found.elsewhere(6) == []


def test_where_nothing_repeats_there_is_nothing_to_look_up() -> None:
    for digests in ([], [b"a"], [b"a", b"b"]):
        found = find_duplicates(digests)
        assert found.originals is None
        assert len(found.copies) == 0
        assert found.repeats(None) == 0
        assert found.runs_elsewhere(0, 0, lambda row: True) == []


def test_a_run_is_elsewhere_only_as_a_whole_and_beside_itself() -> None:
    # rows:                          0 1 2 3 4 5 6 7 8
    found = find_duplicates([bytes([c]) for c in b"abcabxcab"])
    assert found.runs_elsewhere(0, 1, lambda row: True) == [range(3, 5), range(7, 9)]
    assert found.runs_elsewhere(1, 2, lambda row: True) == []  # b c stands once
    assert found.runs_elsewhere(0, 1, lambda row: row != 3) == [range(7, 9)]  # 3 | 4 do not join
    assert found.runs_elsewhere(2, 2, lambda row: False) == [range(6, 7)]
    twice = find_duplicates([b"a", b"a", b"a", b"a"])
    assert twice.runs_elsewhere(0, 1, lambda row: True) == [range(2, 4)]  # none that overlaps
    assert twice.runs_elsewhere(2, 3, lambda row: True) == [range(2)]


@given(st.lists(st.sampled_from("abcd"), max_size=12), st.data())
def test_repeats_are_what_the_allowed_rows_hold_beyond_their_different_wordings(
    letters: list[str], data: st.DataObject
) -> None:
    found = find_duplicates([letter.encode() for letter in letters])
    size = len(letters)
    allowed = data.draw(st.lists(st.booleans(), min_size=size, max_size=size))
    kept = [letter for letter, is_in in zip(letters, allowed, strict=True) if is_in]
    assert found.repeats(np.array(allowed, dtype=np.bool_)) == len(kept) - len(set(kept))
    assert found.repeats(None) == len(letters) - len(set(letters))


@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=9), st.data())
def test_of_each_wording_the_best_hit_and_what_stands_beside_it_in_its_passage_is_chosen(
    letters: list[str], data: st.DataObject
) -> None:
    originals = find_duplicates([letter.encode() for letter in letters]).originals
    if originals is None:
        originals = np.arange(len(letters))
    hits = data.draw(st.lists(st.sampled_from(range(len(letters)))))
    told_by: dict[str, int] = {}
    expected = [told_by.setdefault(letters[row], row) == row for row in hits]
    assert first_of_each(np.array(hits, dtype=np.int64), originals).tolist() == expected


@given(st.lists(st.sampled_from("abcd"), max_size=12))
def test_a_written_file_comes_back(letters: list[str]) -> None:
    found = find_duplicates([letter.encode() for letter in letters])
    again = load_duplicates(duplicate_files(found), len(letters))
    assert again.copies.tolist() == found.copies.tolist()
    for row in range(len(letters)):
        assert again.elsewhere(row) == found.elsewhere(row)
        assert len(again.elsewhere(row)) == Counter(letters)[letters[row]] - 1


@pytest.mark.parametrize(
    "copies",
    [
        [[1, 1]],  # itself
        [[1, 2]],  # a later row
        [[4, 0]],  # a row that is not there
        [[1, -1]],
        [[2, 0], [1, 0]],  # out of order
        [[1, 0], [1, 0]],  # twice
        [[1, 0], [2, 1]],  # a copy of a copy
    ],
)
def test_copies_that_lead_nowhere_are_refused(copies: list[list[int]]) -> None:
    data = encode_array(np.array(copies, dtype=np.int64))
    with pytest.raises(ValueError, match="lead to no first passage"):
        load_duplicates({DUPLICATES_FILE: data}, 4)


def test_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="3 columns"):
        load_duplicates({DUPLICATES_FILE: encode_array(np.zeros((0, 3), dtype=np.int64))}, 4)
