from __future__ import annotations

import pytest

from qa_service.index.lexical.analysis import analyze
from qa_service.retrieval.opposites import holds_opposite, is_negated


@pytest.mark.parametrize(
    "text",
    ["What was not built?", "Who didn't come?", "Who didn’t come?", "He never left.", "None came."],
)
def test_denials_are_noticed(text: str) -> None:
    assert is_negated(text)


@pytest.mark.parametrize(
    "text", ["What was built?", "A notable knot in the north", "Nora noted it"]
)
def test_words_that_hold_a_denial_are_not_one(text: str) -> None:
    assert not is_negated(text)


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("latest", "The earliest engines were slow."),
        ("increased", "Output decreased."),
        ("increase", "Output decreased."),
        ("violent", "A nonviolent protest"),
        ("unfruitful", "It was fruitful."),
        ("fruitful", "It was unfruitful."),
        ("symmetric", "an antisymmetric form"),
        ("northern", "the southern shore"),
    ],
)
def test_an_opposite_is_found_by_pair_or_by_prefix(asked: str, text: str) -> None:
    [term] = analyze(asked)
    assert holds_opposite(term, set(analyze(text)))


@pytest.mark.parametrize(
    ("asked", "text"),
    [("form", "in use"), ("ear", "unear"), ("latest", "The latest engines"), ("coal", "steam")],
)
def test_no_opposite_is_seen_where_there_is_none(asked: str, text: str) -> None:
    [term] = analyze(asked)
    assert not holds_opposite(term, set(analyze(text)))


def test_opposites_go_both_ways() -> None:
    for one, other in (("first", "last"), ("import", "export"), ("war", "peace")):
        assert holds_opposite(analyze(one)[0], set(analyze(other)))
        assert holds_opposite(analyze(other)[0], set(analyze(one)))
