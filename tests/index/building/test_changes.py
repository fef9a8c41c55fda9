from __future__ import annotations

from qa_service.index.building.changes import Changes, changes_between


def test_each_document_is_in_exactly_one_list() -> None:
    before = {"a": "1", "b": "2", "c": "3", "old/d": "4"}
    now = {"a": "1", "b": "changed", "e": "5", "new/d": "4"}
    assert changes_between(before, now) == Changes(
        added=("e",), changed=("b",), removed=("c",), moved=(("old/d", "new/d"),), unchanged=1
    )


def test_a_copy_is_added_while_its_original_is_there() -> None:
    assert changes_between({"a": "1"}, {"a": "1", "b": "1"}).added == ("b",)


def test_several_files_of_the_same_bytes_are_paired_in_order() -> None:
    found = changes_between({"a": "1", "b": "1", "c": "1"}, {"x": "1", "y": "1"})
    assert found.moved == (("a", "x"), ("b", "y"))
    assert found.removed == ("c",)
    assert found.added == ()


def test_two_names_that_swap_their_bytes_are_changed() -> None:
    assert changes_between({"a": "1", "b": "2"}, {"a": "2", "b": "1"}).changed == ("a", "b")


def test_nothing_changed_is_none() -> None:
    assert changes_between({"a": "1"}, {"a": "1"}).none
    assert not changes_between({"a": "1"}, {"b": "1"}).none
    assert not changes_between({}, {"b": "1"}).none
