"""Balanced cuts of a row of costs: as few pieces as the limit allows, as equal as possible."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate


def pack(costs: Sequence[int], limit: int, least: int = 1) -> list[tuple[int, int]]:
    """Return half-open index ranges that divide ``costs`` in order into balanced pieces.

    As few pieces as possible with no sum above ``limit`` (a single larger cost stands alone), but
    at least ``least`` where there are that many costs. The largest sum is as small as that number
    of pieces allows; below that bound every cut falls nearest to an equal share of the rest.
    """
    sums = [0, *accumulate(costs)]
    limit = max(limit, max(costs))
    pieces = min(max(least, _fewest(sums, limit)), len(costs))
    # The classic linear partition: bisect for the smallest bound that this many pieces can keep.
    low, high = max(max(costs), -(-sums[-1] // pieces)), limit
    while low < high:
        middle = (low + high) // 2
        if _fewest(sums, middle) <= pieces:
            high = middle
        else:
            low = middle + 1
    return _balanced(sums, low, pieces)


def _reach(sums: Sequence[int], start: int, bound: int) -> int:
    """Return the furthest end of a piece from ``start`` whose sum keeps the bound."""
    return bisect_right(sums, sums[start] + bound) - 1


def _fewest(sums: Sequence[int], bound: int) -> int:
    """Return how few pieces keep the bound, which no single cost exceeds."""
    pieces = at = 0
    while at < len(sums) - 1:
        at = _reach(sums, at, bound)
        pieces += 1
    return pieces


def _balanced(sums: Sequence[int], bound: int, pieces: int) -> list[tuple[int, int]]:
    count = len(sums) - 1
    # needed[i]: how few pieces keep the bound from cost i on; it never rises with i.
    needed = [0] * (count + 1)
    for i in range(count - 1, -1, -1):
        needed[i] = 1 + needed[_reach(sums, i, bound)]
    ranges: list[tuple[int, int]] = []
    start = 0
    for left in range(pieces, 1, -1):
        # At least one cost for each later piece, and no more than those pieces can hold.
        last = min(_reach(sums, start, bound), count - left + 1)
        first = max(start + 1, bisect_left(needed, 1 - left, key=lambda value: -value))
        ideal = sums[start] + (sums[count] - sums[start]) / left
        above = min(max(bisect_left(sums, ideal), first), last)
        below = max(above - 1, first)
        end = below if ideal - sums[below] <= sums[above] - ideal else above
        ranges.append((start, end))
        start = end
    ranges.append((start, count))
    return ranges
