from __future__ import annotations

from qa_service.evaluation.spans import contains, overlap, size, union


def test_touching_and_nested_places_merge() -> None:
    merged = union([("d", 5, 9), ("d", 0, 5), ("d", 2, 3), ("e", 1, 2), ("d", 20, 20)])
    assert merged == {"d": [(0, 9)], "e": [(1, 2)]}
    assert size(merged) == 10


def test_overlap_counts_shared_characters_of_the_same_document() -> None:
    first = union([("d", 0, 10), ("d", 20, 30)])
    second = union([("d", 5, 25), ("e", 0, 100)])
    assert overlap(first, second) == overlap(second, first) == 10


def test_a_place_contains_itself_and_nothing_of_another_document() -> None:
    assert contains(("d", 1, 2), ("d", 1, 2))
    assert not contains(("d", 0, 9), ("e", 1, 2))
    assert not contains(("d", 1, 9), ("d", 0, 9))
