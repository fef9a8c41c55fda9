"""The YAML block that may open a Markdown file, as flat metadata."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from qa_service.errors import DocumentError
from qa_service.records import Metadata, MetadataValue

_MOST_CHARACTERS = 65_536
_OPENING = re.compile(r"---[ \t]*\n")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE)
_KEY = re.compile(r"(?:[^\S\n]*+(?:#[^\n]*)?\n)*[\w\"'][^\n:]*:(?:\s|$)")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """Metadata and where it ends in the text; ``end`` is 0 where there is none."""

    metadata: Metadata = field(default_factory=dict)
    end: int = 0


class _Loader(yaml.SafeLoader):
    """Plain data only, and each part once: repeated aliases can grow beyond any memory."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        events: Any = self  # the parser's own methods are untyped
        if events.check_event(yaml.AliasEvent):
            mark = events.peek_event().start_mark
            raise yaml.MarkedYAMLError(problem="aliases are not supported", problem_mark=mark)
        return super().compose_node(parent, index)


def read_front_matter(text: str, document_id: str) -> FrontMatter:
    """Return the front matter that opens ``text``, if any does.

    Values are strings, finite numbers, booleans and lists of strings; dates become ISO strings,
    nested keys are joined by dots, empty values are left out. Two rulers with prose in between are
    no front matter. Raises DocumentError, with the line, when it is broken or too long.
    """
    opening = _OPENING.match(text)
    closing = _CLOSING.search(text, opening.end()) if opening else None
    if opening is None or closing is None:
        return FrontMatter()
    source = text[opening.end() : closing.start()]
    if not source.strip():
        return FrontMatter({}, closing.end())
    if not _KEY.match(source):
        return FrontMatter()
    if len(source) > _MOST_CHARACTERS:
        raise DocumentError(
            f"{document_id}: front matter of {len(source):,} characters exceeds "
            f"{_MOST_CHARACTERS:,}",
            "move what is not metadata below it",
        )
    return FrontMatter(_parsed(source, document_id), closing.end())


def _parsed(source: str, document_id: str) -> dict[str, MetadataValue]:
    hint = "correct the YAML between the two --- lines, or remove it"
    try:
        data = yaml.load(source, Loader=_Loader)
        if isinstance(data, dict):
            return _flat(data)
    except yaml.MarkedYAMLError as error:
        # The mark counts from 0, and the opening --- is line 1.
        line = error.problem_mark.line + 2 if error.problem_mark else 2
        problem = " ".join(str(error.problem or "not YAML").split())
        raise DocumentError(f"{document_id}: front matter, line {line}: {problem}", hint) from None
    # The loader's constructors raise these for impossible dates, numbers and tags, and a number
    # of too many digits does when it is written down.
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError,
            RecursionError) as error:  # fmt: skip
        problem = " ".join(str(error).split()) or type(error).__name__
        raise DocumentError(f"{document_id}: front matter: {problem}", hint) from None
    raise DocumentError(f"{document_id}: front matter: no `key: value` pairs", hint)


def _flat(data: dict[Any, Any]) -> dict[str, MetadataValue]:
    return dict(_pairs(data, ""))


def _pairs(data: dict[Any, Any], prefix: str) -> Iterator[tuple[str, MetadataValue]]:
    for key, value in data.items():
        name = prefix + _string(key)
        if isinstance(value, dict):
            yield from _pairs(value, f"{name}.")
        elif isinstance(value, set):
            yield name, sorted(map(_string, value))
        elif isinstance(value, list | tuple):
            yield name, list(map(_string, value))
        elif value is not None:
            yield name, value if _is_number(value) else _string(value)


def _is_number(value: Any) -> bool:
    """Tell whether a value is a truth value or a number that JSON and SQLite can hold."""
    if isinstance(value, int):  # booleans too
        return abs(value) < 2**63
    return isinstance(value, float) and math.isfinite(value)


def _string(value: Any) -> str:
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    # YAML can escape half a surrogate pair, which no encoder takes.
    return str(value).encode("utf-8", "replace").decode("utf-8")
