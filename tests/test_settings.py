from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from annotated_types import Ge, Le, MinLen
from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo

from qa_service.errors import InvalidSettings
from qa_service.settings import Settings

FIELDS = Settings.model_fields
DOCUMENT = Path(__file__).parents[1] / "docs" / "settings.md"


def bound(field: FieldInfo, kind: type) -> Any:
    """The field's lower (Ge) or upper (Le) bound, None where it has none."""
    found = [entry for entry in field.metadata if isinstance(entry, kind)]
    return (found[0].ge if kind is Ge else found[0].le) if found else None


def is_number(field: FieldInfo) -> bool:
    kinds = {field.annotation, *get_args(field.annotation)}
    return bool(kinds & {int, float}) and get_origin(field.annotation) is not Literal


NUMBERS = [name for name, field in FIELDS.items() if is_number(field)]


def limits(field: FieldInfo) -> str:
    """What a value may be, as the documentation says it."""
    if get_origin(field.annotation) is Literal:
        return " or ".join(f"`{value}`" for value in get_args(field.annotation))
    if field.annotation is bool:
        return "`true` or `false`"
    if is_number(field):
        return f"{bound(field, Ge):,} to {bound(field, Le):,}"
    return "a folder" if field.annotation is Path else "not empty"


def default(name: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", "/home/me")
    value = getattr(Settings(), name)
    if value is None:
        return "unset"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, int | float):
        return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"
    return f"`{str(value).replace('/home/me', '~')}`"


@pytest.mark.parametrize("name", FIELDS)
def test_every_setting_is_described_and_bounded(name: str) -> None:
    field = FIELDS[name]
    assert field.description
    assert field.description.endswith((".", ")", ")."))
    if name in NUMBERS:
        assert bound(field, Ge) is not None
        assert bound(field, Le) is not None
    elif field.annotation in (str, str | None, SecretStr | None):
        assert any(isinstance(entry, MinLen) and entry.min_length for entry in field.metadata)
    else:
        assert field.annotation in (bool, Path) or get_origin(field.annotation) is Literal


def test_the_documentation_has_exactly_one_true_line_for_every_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = re.findall(r"^\| `QA_.*$", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    assert rows == [
        f"| `QA_{name.upper()}` | {default(name, monkeypatch)} | {limits(field)} | "
        f"{field.description} |"
        for name, field in FIELDS.items()
    ]


def test_the_documentation_names_no_setting_that_does_not_exist() -> None:
    named = set(re.findall(r"QA_[A-Z_]+\b", DOCUMENT.read_text("utf-8")))
    assert named == {f"QA_{name.upper()}" for name in FIELDS}


def test_other_documentation_names_no_setting_that_does_not_exist() -> None:
    known = {f"QA_{name.upper()}" for name in FIELDS}
    for path in (DOCUMENT.parents[1] / "README.md", *DOCUMENT.parent.glob("*.md")):
        if path.exists():
            named = set(re.findall(r"QA_[A-Z]+(?:_[A-Z]+)*\b(?!_)", path.read_text("utf-8")))
            assert named <= known, path.name


def test_variables_are_read_and_typed() -> None:
    settings = Settings.from_environment(
        {
            "QA_CORPUS": "/srv/documents",
            "QA_PORT": "9000",
            "QA_SKIP_UNREADABLE": "true",
            "QA_THRESHOLD": "0.25",
            "QA_PRECISION": "float32",
            "PATH": "/bin",
            "qa_port": "1",
        }
    )
    assert settings.corpus == Path("/srv/documents")
    assert settings.port == 9000
    assert settings.skip_unreadable is True
    assert settings.threshold == 0.25
    assert settings.precision == "float32"


def test_no_variable_at_all_gives_the_defaults() -> None:
    assert Settings.from_environment({}) == Settings()
    assert Settings.create() == Settings()


def test_an_empty_variable_is_an_unset_one() -> None:
    assert Settings.from_environment({"QA_PORT": "", "QA_MODEL": ""}) == Settings()


def test_an_option_goes_before_its_variable_and_none_is_no_option() -> None:
    environ = {"QA_PORT": "9000", "QA_HOST": "::1"}
    settings = Settings.from_environment(environ, port=7000, host=None)
    assert (settings.port, settings.host) == (7000, "::1")
    assert Settings.from_environment({"QA_PORT": "x"}, port=0).port == 0


@pytest.mark.parametrize(
    ("variable", "near"),
    [("QA_MODLE", "QA_MODEL"), ("QA_PORTS", "QA_PORT"), ("QA_MAX_DOCUMENT_BYTE", "QA_MAX_DOC")],
)
def test_an_unknown_variable_is_refused_with_the_near_name(variable: str, near: str) -> None:
    with pytest.raises(InvalidSettings, match=f"{variable}: unknown setting") as caught:
        Settings.from_environment({variable: "1"})
    assert f"did you mean {near}" in caught.value.hint


def test_an_unknown_variable_like_none_of_ours_is_refused_too() -> None:
    with pytest.raises(InvalidSettings) as caught:
        Settings.from_environment({"QA_ZZZZZZZZZZZZ": "1"})
    assert "doctor" in caught.value.hint


@pytest.mark.parametrize("name", NUMBERS)
def test_bounds_are_inclusive_and_what_lies_beyond_names_the_variable(name: str) -> None:
    variable = f"QA_{name.upper()}"
    field = FIELDS[name]
    low, high = bound(field, Ge), bound(field, Le)
    for value in (low, high):
        assert getattr(Settings.from_environment({variable: str(value)}), name) == value
    for text in (str(low - 1), str(high + 1), "many", "nan", "1e999", "0x10", "[]"):
        with pytest.raises(InvalidSettings) as caught:
            Settings.from_environment({variable: text})
        assert caught.value.message.startswith(f"{variable}={text!r}: ")
        assert caught.value.hint == field.description


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("QA_RUNTIME", "tensorrt"),
        ("QA_PRECISION", "int4"),
        ("QA_TOKEN_ENCODING", "p50k_base"),
        ("QA_SKIP_UNREADABLE", "perhaps"),
    ],
)
def test_a_choice_that_is_none_names_the_variable(variable: str, text: str) -> None:
    with pytest.raises(InvalidSettings, match=f"{variable}='{text}'"):
        Settings.from_environment({variable: text})


def test_a_wrong_option_is_named_as_an_option() -> None:
    with pytest.raises(InvalidSettings) as caught:
        Settings.from_environment({"QA_HOST": "::1"}, port=70_000)
    assert caught.value.message.startswith("port=70000: ")


def test_an_unknown_keyword_is_refused() -> None:
    with pytest.raises(InvalidSettings, match="modle='x'"):
        Settings.create(modle="x")


def test_int8_needs_the_runtime_that_has_it() -> None:
    assert Settings.create(runtime="onnxruntime").precision == "float32"
    with pytest.raises(InvalidSettings, match="precision='int8'") as caught:
        Settings.create(runtime="onnxruntime", precision="int8")
    assert caught.value.hint == "set precision=float32"
    with pytest.raises(InvalidSettings, match="QA_PRECISION='int8'"):
        Settings.from_environment({"QA_RUNTIME": "onnxruntime", "QA_PRECISION": "int8"})


def test_an_int8_reranker_needs_the_runtime_that_has_it() -> None:
    assert Settings.create(rerank_precision="int8").rerank_precision == "int8"
    with pytest.raises(InvalidSettings, match="QA_RERANK_PRECISION='int8'") as caught:
        Settings.from_environment({"QA_RUNTIME": "onnxruntime", "QA_RERANK_PRECISION": "int8"})
    assert caught.value.hint == "set QA_RERANK_PRECISION=float32"


def test_origins_are_taken_as_a_browser_sends_them() -> None:
    given = "https://Intranet.example/, http://127.0.0.1:9000,http://[::1]:80"
    settings = Settings.from_environment({"QA_WIDGET_ORIGINS": given})
    assert settings.allowed_origins == {
        "https://intranet.example",
        "http://127.0.0.1:9000",
        "http://[::1]:80",
    }
    assert Settings().allowed_origins == frozenset()


@pytest.mark.parametrize(
    "given",
    ["*", "null", "intranet.example", "https://a.example/x", "https://me@a.example", "file://"],
)
def test_what_is_no_origin_is_refused(given: str) -> None:
    with pytest.raises(InvalidSettings, match=r"QA_WIDGET_ORIGINS=.* is not an origin"):
        Settings.from_environment({"QA_WIDGET_ORIGINS": f"https://a.example,{given}"})


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1


def test_the_cache_follows_the_systems_convention(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/cache/me")
    assert Settings().cache_dir == Path("/var/cache/me/qa-service")
