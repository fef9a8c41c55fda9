from __future__ import annotations

import dataclasses
import inspect
from types import MappingProxyType

import pytest

import qa_service.records as records
from qa_service.records import Passage, Span, as_plain, passage_id

KINDS = [
    kind
    for _, kind in inspect.getmembers(records, inspect.isclass)
    if kind.__module__ == records.__name__
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_record_is_frozen_and_has_no_room_for_more(kind: type) -> None:
    assert dataclasses.is_dataclass(kind)
    assert vars(kind)["__dataclass_params__"].frozen
    assert "__slots__" in vars(kind)
    assert kind.__doc__


def test_a_record_cannot_be_changed() -> None:
    span = Span(1, 2)
    for field in dataclasses.fields(span):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(span, field.name, 0)
    assert span == Span(1, 2)


def test_records_with_equal_values_are_equal() -> None:
    one, other = (Passage("i", "d", "T", 0, 1, "x", 1) for _ in range(2))
    assert one == other
    assert len({one, other}) == 1


def test_a_passage_id_is_its_document_and_its_range() -> None:
    assert passage_id("a/b c.txt", 12, 80) == "a/b c.txt#char=12,80"


def test_plain_values_are_dicts_and_lists_all_the_way_down() -> None:
    nested = MappingProxyType({"a": (1, [MappingProxyType({"b": None})]), 2: "x"})
    plain = as_plain(nested)
    assert plain == {"a": [1, [{"b": None}]], "2": "x"}
    assert type(plain) is dict
    assert type(plain["a"]) is list
    assert type(plain["a"][1][0]) is dict
