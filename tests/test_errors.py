from __future__ import annotations

import re

import pytest

import qa_service.errors as module
from qa_service.errors import QaServiceError


def descendants(kind: type[QaServiceError]) -> list[type[QaServiceError]]:
    """Every error class of the module, a parent before its children."""
    own = [child for child in kind.__subclasses__() if child.__module__ == module.__name__]
    return [kind, *(found for child in own for found in descendants(child))]


def drawn() -> list[tuple[int, str]]:
    """The tree in the module's docstring as (depth, name), top to bottom."""
    assert module.__doc__ is not None
    lines = re.findall(r"^    ([│├└─ ]*)(\w+)(?: {2,}.*)?$", module.__doc__, re.MULTILINE)
    return [(len(branch) // 4, name) for branch, name in lines if name[0].isupper()]


def test_the_drawing_is_the_tree() -> None:
    path: list[str] = []
    parents: dict[str, str | None] = {}
    for depth, name in drawn():
        path[depth:] = [name]
        parents[name] = path[depth - 1] if depth else None
    real = {
        kind.__name__: None if kind is QaServiceError else kind.__mro__[1].__name__
        for kind in descendants(QaServiceError)
    }
    assert parents == real
    assert len(drawn()) == len(real)


def test_codes_are_distinct_and_snake_case() -> None:
    codes = [kind.code for kind in descendants(QaServiceError)]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z]+(?:_[a-z]+)*", code) for code in codes)


@pytest.mark.parametrize("kind", descendants(QaServiceError))
def test_every_error_carries_a_message_and_a_hint(kind: type[QaServiceError]) -> None:
    assert "code" in vars(kind)
    error = kind("a.txt: is odd", "mend it")
    assert (error.message, error.hint) == ("a.txt: is odd", "mend it")
    assert str(error) == "a.txt: is odd; mend it"
    assert str(kind("a.txt: is odd")) == "a.txt: is odd"


def test_no_error_hides_a_built_in_one() -> None:
    import builtins

    assert not {kind.__name__ for kind in descendants(QaServiceError)} & set(dir(builtins))
