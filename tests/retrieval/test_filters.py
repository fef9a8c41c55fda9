from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from qa_service.errors import InvalidFilter
from qa_service.records import DocumentInfo, Metadata
from qa_service.retrieval.filters import matching_documents
from qa_service.retrieval.retriever import Retriever


def info(name: str, **metadata: Any) -> DocumentInfo:
    values: Metadata = metadata
    return DocumentInfo(name, name.title(), "0" * 64, 10, 1, values)


DOCUMENTS = [
    info("alpha", year=2019, tags=["water", "europe"], draft=False),
    info("beta", year=2021, tags=["steam"], draft=True, rating=4.5),
    info("gamma", year="2020"),
    info("delta"),
]


def documents() -> Sequence[DocumentInfo]:
    return DOCUMENTS


def compare(type_: str, key: object, value: object) -> dict[str, Any]:
    return {"type": type_, "key": key, "value": value}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (compare("eq", "year", 2019), "alpha"),
        (compare("eq", "year", 2019.0), "alpha"),
        (compare("ne", "year", 2019), "beta gamma delta"),
        (compare("gt", "year", 2019), "beta"),
        (compare("gte", "year", 2019), "alpha beta"),
        (compare("lt", "year", 2021), "alpha"),
        (compare("lte", "year", 2021), "alpha beta"),
        (compare("in", "year", [2019, "2020"]), "alpha gamma"),
        (compare("in", "year", []), ""),
        (compare("nin", "year", [2019, 2021]), "gamma delta"),
        (compare("nin", "year", []), "alpha beta gamma delta"),
        (compare("eq", "document_id", "delta"), "delta"),
        (compare("gte", "document_id", "beta"), "beta gamma delta"),
        (compare("eq", "title", "Gamma"), "gamma"),
        (compare("lt", "rating", 5), "beta"),
        (compare("eq", "draft", True), "beta"),
        (compare("eq", "draft", False), "alpha"),
        (compare("ne", "draft", True), "alpha gamma delta"),
    ],
)
def test_every_operator_admits_what_it_says(filters: dict[str, Any], expected: str) -> None:
    assert matching_documents(filters, documents) == expected.split()


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (compare("eq", "tags", "water"), "alpha"),
        (compare("eq", "tags", "europe"), "alpha"),
        (compare("ne", "tags", "water"), "beta gamma delta"),
        (compare("in", "tags", ["steam", "europe"]), "alpha beta"),
        (compare("nin", "tags", ["steam", "europe"]), "gamma delta"),
        (compare("gt", "tags", "s"), "alpha beta"),
    ],
)
def test_on_a_list_any_item_counts_and_for_ne_and_nin_all(
    filters: dict[str, Any], expected: str
) -> None:
    assert matching_documents(filters, documents) == expected.split()


@pytest.mark.parametrize("type_", ["eq", "gt", "gte", "lt", "lte", "ne"])
def test_a_document_without_the_key_matches_only_ne(type_: str) -> None:
    found = matching_documents(compare(type_, "absent", 1), documents)
    assert found == ([one.id for one in DOCUMENTS] if type_ == "ne" else [])


@pytest.mark.parametrize(
    "filters",
    [
        compare("eq", "year", "2019"),  # a string is no number
        compare("eq", "draft", 1),  # nor is true 1
        compare("in", "draft", [0, 1]),
        compare("gte", "draft", 0),
        compare("gt", "year", "2018-06-01 and more"),
        compare("lt", "rating", "9"),
    ],
)
def test_values_of_different_types_are_unequal_and_have_no_order(filters: dict[str, Any]) -> None:
    assert not {"alpha", "beta"} & set(matching_documents(filters, documents) or [])


def test_compounds_nest() -> None:
    early = compare("lt", "year", 2020)
    drafts = compare("eq", "draft", True)
    either = {"type": "or", "filters": [early, drafts]}
    assert matching_documents(either, documents) == ["alpha", "beta"]
    both = {"type": "and", "filters": [either, compare("ne", "document_id", "alpha")]}
    assert matching_documents(both, documents) == ["beta"]


def test_no_filter_is_no_restriction_and_lists_nothing() -> None:
    def never() -> Sequence[DocumentInfo]:
        raise AssertionError("documents are listed for nothing")

    assert matching_documents(None, never) is None


@pytest.mark.parametrize(
    ("filters", "place"),
    [
        ([], "filters: list"),
        ("year", "filters: str"),
        ({}, "filters.type: None"),
        (compare("like", "year", 1), "filters.type: 'like'"),
        (compare("eq", "", 1), "filters.key"),
        (compare("eq", 5, 1), "filters.key"),
        ({"type": "eq", "key": "year"}, "filters.value"),
        (compare("eq", "year", None), "filters.value"),
        (compare("eq", "year", [1]), "filters.value"),
        (compare("eq", "year", {}), "filters.value"),
        (compare("in", "year", 1), "filters.value: in"),
        (compare("nin", "year", [[1]]), "filters.value: nin"),
        ({**compare("eq", "year", 1), "filters": []}, "unknown field 'filters'"),
        ({**compare("eq", "year", 1), "vlaue": 1}, "unknown field 'vlaue'"),
        ({"type": "and"}, "filters.filters"),
        ({"type": "or", "filters": []}, "filters.filters"),
        ({"type": "or", "filters": compare("eq", "year", 1)}, "filters.filters"),
        ({"type": "or", "filters": [compare("eq", "year", 1)], "key": "x"}, "unknown field 'key'"),
        (
            {"type": "and", "filters": [compare("eq", "a", 1), {"type": "or", "filters": [3]}]},
            "filters.filters[1].filters[0]: int",
        ),
    ],
)
def test_a_wrong_filter_is_an_error_that_names_the_place(filters: Any, place: str) -> None:
    with pytest.raises(InvalidFilter) as caught:
        matching_documents(filters, documents)
    assert place in caught.value.message
    assert caught.value.hint


def nested(levels: int) -> dict[str, Any]:
    filters = compare("eq", "document_id", "alpha")
    for _ in range(levels):
        filters = {"type": "and", "filters": [filters]}
    return filters


def test_eight_levels_are_deep_enough_and_nine_are_too_deep() -> None:
    assert matching_documents(nested(8), documents) == ["alpha"]
    for levels in (9, 400):
        with pytest.raises(InvalidFilter, match="levels"):
            matching_documents(nested(levels), documents)


def test_two_hundred_conditions_are_enough() -> None:
    def wide(count: int) -> dict[str, Any]:
        return {"type": "or", "filters": [compare("eq", "year", n) for n in range(count)]}

    assert matching_documents(wide(199), documents) == []
    with pytest.raises(InvalidFilter, match="200 conditions"):
        matching_documents(wide(200), documents)


def test_filters_restrict_a_question_to_the_documents_they_admit(retriever: Retriever) -> None:
    for filters, expected in (
        (compare("eq", "tags", "water"), {"rivers/danube.md"}),
        (compare("gte", "year", 2020), {"engines.md"}),
        (compare("nin", "year", [2019, 2021]), {"ports/lindholm harbour.txt", "rivers/ferry.txt"}),
    ):
        found = retriever.retrieve("Who added a condenser?", top_k=50, filters=filters).evidence
        assert {one.passage.document_id for one in found} >= expected
        admitted = matching_documents(filters, retriever.index.documents)
        assert admitted is not None
        assert {one.passage.document_id for one in found} <= set(admitted)


def test_filters_that_admit_nothing_give_an_abstention_that_says_so(retriever: Retriever) -> None:
    reply = retriever.retrieve("Who?", filters=compare("eq", "year", 1066))
    assert not reply.answerable
    assert reply.evidence == ()
    assert reply.confidence == 0
    assert "filters" in (reply.reason or "")


def test_the_language_of_a_document_is_filtered_like_metadata_and_beside_it() -> None:
    found = [
        replace(info("a"), language="de"),
        replace(info("b", language="Deutsch"), language="de"),
        info("c"),
    ]
    for value, ids in (("de", ["a", "b"]), ("Deutsch", ["b"]), ("", [])):
        assert matching_documents(compare("eq", "language", value), lambda: found) == ids
    assert matching_documents(compare("ne", "language", "de"), lambda: found) == ["c"]
