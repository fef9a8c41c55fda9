"""Restrict a question to some documents, in the filter shape of OpenAI's vector store search.

A comparison is ``{"type": "eq"|"ne"|"gt"|"gte"|"lt"|"lte"|"in"|"nin", "key": ..., "value": ...}``,
a compound ``{"type": "and"|"or", "filters": [...]}``. Keys are ``document_id``, ``title``,
``language`` (a code of ISO 639-1, and beside it what the metadata has under that name) and the
documents' metadata. On a list (tags) a comparison holds when it holds for any of its items, and
``ne`` and ``nin`` when it holds for all. A document without the key matches only ``ne`` and
``nin``; values of different types are unequal and have no order.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from qa_service.errors import InvalidFilter
from qa_service.records import DocumentInfo

_MAX_DEPTH = 8
_MAX_NODES = 200
_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
_COMPARISONS = ("eq", "ne", *_ORDER, "in", "nin")
_HINT = (
    'for example {"type": "eq", "key": "document_id", "value": "report.txt"} or '
    '{"type": "and", "filters": [...]}'
)

Test = Callable[[DocumentInfo], bool]


def matching_documents(
    filters: Mapping[str, Any] | None, documents: Callable[[], Sequence[DocumentInfo]]
) -> list[str] | None:
    """Return the ids of the documents that the filters admit; None where there is no filter.

    Raises InvalidFilter naming the place of what is wrong.
    """
    if filters is None:
        return None
    test = _compile(filters, "filters", 0, [0])
    return [info.id for info in documents() if test(info)]


def _compile(node: Any, where: str, depth: int, seen: list[int]) -> Test:
    seen[0] += 1
    if depth > _MAX_DEPTH or seen[0] > _MAX_NODES:
        raise InvalidFilter(
            f"{where}: more than {_MAX_DEPTH} levels or {_MAX_NODES} conditions", "ask for less"
        )
    if not isinstance(node, Mapping):
        raise InvalidFilter(f"{where}: {type(node).__name__}, not an object", _HINT)
    kind = node.get("type")
    if kind in ("and", "or"):
        _only(node, {"type", "filters"}, where)
        children = node.get("filters")
        if not isinstance(children, list) or not children:
            raise InvalidFilter(f"{where}.filters: not a list of at least one filter", _HINT)
        tests = [
            _compile(child, f"{where}.filters[{place}]", depth + 1, seen)
            for place, child in enumerate(children)
        ]
        combine = all if kind == "and" else any
        return lambda info: combine(test(info) for test in tests)
    if kind not in _COMPARISONS:
        raise InvalidFilter(
            f"{where}.type: {kind!r} is none of {', '.join((*_COMPARISONS, 'and', 'or'))}", _HINT
        )
    _only(node, {"type", "key", "value"}, where)
    key, value = node.get("key"), node.get("value")
    if not isinstance(key, str) or not key:
        raise InvalidFilter(f"{where}.key: not a name", _HINT)
    _check_value(kind, value, f"{where}.value")
    return lambda info: _holds(kind, _items(info, key), value)


def _only(node: Mapping[str, Any], allowed: set[str], where: str) -> None:
    unknown = sorted(str(key) for key in node.keys() - allowed)
    if unknown:
        raise InvalidFilter(f"{where}: unknown field {unknown[0]!r}", _HINT)


def _check_value(kind: str, value: Any, where: str) -> None:
    if kind in ("in", "nin"):
        if not isinstance(value, list) or not all(_is_scalar(item) for item in value):
            raise InvalidFilter(
                f"{where}: {kind} needs a list of strings, numbers or booleans",
                f'for example {{"type": "{kind}", "key": "year", "value": [2023, 2024]}}',
            )
    elif not _is_scalar(value):
        raise InvalidFilter(f"{where}: {kind} needs a string, a number or a boolean", _HINT)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float | bool)


def _items(info: DocumentInfo, key: str) -> list[Any]:
    if key == "document_id":
        return [info.id]
    if key == "title":
        return [info.title]
    value = info.metadata.get(key)
    items = [] if value is None else list(value) if isinstance(value, list) else [value]
    if key == "language" and info.language and info.language not in items:
        items.append(info.language)  # "en-GB", or whatever the file has, is found by "en" as well
    return items


def _holds(kind: str, items: list[Any], value: Any) -> bool:
    if kind == "eq":
        return any(_equal(item, value) for item in items)
    if kind == "ne":
        return not any(_equal(item, value) for item in items)
    if kind == "in":
        return any(_equal(item, wanted) for item in items for wanted in value)
    if kind == "nin":
        return not any(_equal(item, wanted) for item in items for wanted in value)
    return any(_comparable(item, value) and _ORDER[kind](item, value) for item in items)


def _equal(item: Any, value: Any) -> bool:
    # True == 1 in Python; in JSON they are different things.
    return isinstance(item, bool) == isinstance(value, bool) and item == value


def _comparable(item: Any, value: Any) -> bool:
    if isinstance(item, str) or isinstance(value, str):
        return isinstance(item, str) and isinstance(value, str)
    return isinstance(item, bool) == isinstance(value, bool)
