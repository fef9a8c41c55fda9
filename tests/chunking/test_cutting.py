from __future__ import annotations

import time
from typing import SupportsIndex

import pytest
import regex

from qa_service.chunking.cutting import begins_inside_cluster, cut_long, halve
from qa_service.records import Span

FAMILY = "👨\u200d👩\u200d👧"
FLAGS = "🇦🇿🇨🇳🇩🇪"


def pieces(text: str, longest: int) -> list[str]:
    return [text[span.start : span.end] for span in cut_long(text, 0, len(text), longest)]


def test_short_text_is_one_trimmed_piece_and_blank_text_none() -> None:
    assert pieces("  abc \n", 10) == ["abc"]
    assert pieces(" \n ", 10) == []


def test_pieces_are_near_equal_and_within_the_length() -> None:
    found = pieces("word " * 100, 120)
    assert max(map(len, found)) <= 120
    assert min(map(len, found)) >= 80
    assert " ".join(found) == ("word " * 100).strip()


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("aaa bbb ccc, ddd eee fff; ggg hhh iii, jjj kkk lll", "fff;"),
        ("aaa bbb ccc ddd eee, fff ggg hhh iii jjj kkk lll", "eee,"),
        ("aaa bbb ccc, ddd eee\nfff, ggg hhh iii; jjj kkk lll", "eee"),
        ("第一部分内容很多很多，第二部分内容也是很多很多的", "，"),
    ],
)
def test_the_strongest_boundary_near_the_middle_is_taken(text: str, end: str) -> None:
    first, _ = pieces(text, len(text) - 5)
    assert first.endswith(end)


def test_a_far_boundary_is_better_than_a_torn_word() -> None:
    url = "https://example.org/" + "x" * 60
    assert pieces(f"See {url} end", 85) == ["See", f"{url} end"]


@pytest.mark.parametrize(
    "unit", ["e\u0301", FAMILY, "🇦🇿", "👍🏽", "각", "क्षि", "\u0600a", "、\u0301"]
)
def test_grapheme_clusters_are_never_torn(unit: str) -> None:
    text = unit * 60
    clusters = regex.findall(r"\X", unit * 2)
    assert clusters == [unit, unit]
    found = pieces(text, 20)
    assert "".join(found) == text
    assert all(len(piece) % len(unit) == 0 and len(piece) <= 20 for piece in found)


def test_a_cluster_longer_than_the_length_is_kept() -> None:
    zalgo = "a" + "\u0301" * 50
    assert pieces(f"{zalgo}{zalgo}", 20) == [zalgo, zalgo]


def test_halves_meet_near_the_middle_at_a_boundary() -> None:
    text = "one two three four five"
    left, right = halve(text, Span(0, len(text)))
    assert (text[left.start : left.end], text[right.start : right.end]) == (
        "one two",
        "three four five",
    ) or (text[left.start : left.end], text[right.start : right.end]) == (
        "one two three",
        "four five",
    )


def test_one_cluster_is_halved_inside_as_the_last_resort() -> None:
    assert halve("a\u0301\u0301\u0301", Span(0, 4)) == [Span(0, 2), Span(2, 4)]
    assert halve("ab", Span(0, 2)) == [Span(0, 1), Span(1, 2)]


def test_what_extends_a_character_is_known() -> None:
    assert begins_inside_cluster("a\u0301", 1)
    assert begins_inside_cluster("a\u200d", 1)
    assert begins_inside_cluster("👍🏽", 1)
    assert not begins_inside_cluster("ab", 1)
    assert not begins_inside_cluster("ab", 2)


@pytest.mark.parametrize("unit", ["a", "🇦🇿", FAMILY, "a,", " ", "\u0301", "."])
def test_a_hundred_thousand_characters_are_cut_in_linear_time(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    started = time.perf_counter()
    assert "".join(pieces(text, 350)) == text.strip()
    assert time.perf_counter() - started < 5


class Copying(str):
    """A text that counts the characters copied out of it."""

    __slots__ = ("copied",)

    def __new__(cls, text: str) -> Copying:
        made = super().__new__(cls, text)
        made.copied = 0
        return made

    def __getitem__(self, place: SupportsIndex | slice) -> str:
        found = super().__getitem__(place)
        self.copied += len(found)
        return found


def test_what_is_copied_to_cut_a_text_grows_no_faster_than_the_text() -> None:
    def copied(words: int) -> float:
        text = Copying("word " * words)
        assert len(list(cut_long(text, 0, len(text), 350))) > words // 350
        return text.copied / len(text)

    assert copied(20_000) < 1.1 * copied(2_000)
