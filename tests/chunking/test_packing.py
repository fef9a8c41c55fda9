from __future__ import annotations

import itertools
import random

import pytest

from qa_service.chunking.packing import pack


def sums(costs: list[int], ranges: list[tuple[int, int]]) -> list[int]:
    return [sum(costs[start:stop]) for start, stop in ranges]


@pytest.mark.parametrize(
    ("costs", "limit", "expected"),
    [
        ([5] * 9, 20, [15, 15, 15]),
        ([1] * 10, 4, [3, 4, 3]),
        ([10], 4, [10]),
        ([1, 50, 1], 4, [1, 50, 1]),
        ([0, 0, 0], 4, [0]),
        ([7, 7, 7, 7, 7], 21, [14, 21]),
    ],
)
def test_pieces_are_few_and_near_equal(costs: list[int], limit: int, expected: list[int]) -> None:
    assert sorted(sums(costs, pack(costs, limit))) == sorted(expected)


def test_at_least_so_many_pieces_are_made_where_there_are_as_many_costs() -> None:
    assert pack([1, 1, 1, 1], 100, least=2) == [(0, 2), (2, 4)]
    assert pack([1], 100, least=2) == [(0, 1)]


def test_the_number_of_pieces_and_the_largest_are_the_best_possible() -> None:
    chance = random.Random(7)
    for _ in range(300):
        costs = [chance.randrange(0, 9) for _ in range(chance.randrange(1, 9))]
        limit = chance.randrange(1, 20)
        ranges = pack(costs, limit)
        assert [i for start, stop in ranges for i in range(start, stop)] == list(range(len(costs)))
        bound = max(limit, *costs)
        ways = [
            sums(costs, list(itertools.pairwise([0, *cuts, len(costs)])))
            for cuts in itertools.combinations(range(1, len(costs)), len(ranges) - 1)
        ]
        assert max(sums(costs, ranges)) == min(max(way) for way in ways) <= bound
        for fewer in range(1, len(ranges)):
            for cuts in itertools.combinations(range(1, len(costs)), fewer - 1):
                way = sums(costs, list(itertools.pairwise([0, *cuts, len(costs)])))
                assert max(way) > bound


def test_a_hundred_thousand_costs_are_packed_at_once() -> None:
    costs = [3, 1, 4, 1, 5] * 20_000
    assert max(sums(costs, pack(costs, 100))) <= 100
