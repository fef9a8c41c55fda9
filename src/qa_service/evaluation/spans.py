"""Sets of characters as sorted, disjoint intervals for each document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

Interval = tuple[int, int]
Place = tuple[str, int, int]
"""A document's id, and the half-open range of code points inside it."""
Characters = Mapping[str, Sequence[Interval]]


def union(places: Iterable[Place]) -> dict[str, list[Interval]]:
    """Return the characters that lie in at least one of the places."""
    merged: dict[str, list[Interval]] = {}
    for document, start, end in sorted(places):
        if end <= start:
            continue
        intervals = merged.setdefault(document, [])
        if intervals and start <= intervals[-1][1]:
            intervals[-1] = (intervals[-1][0], max(end, intervals[-1][1]))
        else:
            intervals.append((start, end))
    return merged


def size(characters: Characters) -> int:
    """Return how many characters the set holds."""
    return sum(end - start for intervals in characters.values() for start, end in intervals)


def overlap(first: Characters, second: Characters) -> int:
    """Return how many characters two sets share."""
    shared = 0
    for document, intervals in first.items():
        for start, end in intervals:
            for other_start, other_end in second.get(document, ()):
                shared += max(0, min(end, other_end) - max(start, other_start))
    return shared


def contains(outer: Place, inner: Place) -> bool:
    """Say whether a place wholly contains another."""
    return outer[0] == inner[0] and outer[1] <= inner[1] and inner[2] <= outer[2]
