"""``docs/http.md`` is complete: every route, field and error code is in it."""

from __future__ import annotations

import re
from pathlib import Path

from qa_service import errors
from qa_service.settings import Settings
from qa_service.web.errors import status_of
from web.client import app_of, call
from web.test_errors import every_error

PAGE = (Path(__file__).parents[2] / "docs" / "http.md").read_text(encoding="utf-8")


def test_every_route_is_documented_with_its_method() -> None:
    for route in app_of().routes:
        path = re.sub(r":path}", "}", str(getattr(route, "path", "")))
        for method in set(getattr(route, "methods", None) or ()) - {"HEAD"}:
            assert f"| `{method} {path}` |" in PAGE, f"docs/http.md lacks {method} {path}"


def test_every_documented_route_exists() -> None:
    known = {re.sub(r":path}", "}", str(getattr(route, "path", ""))) for route in app_of().routes}
    for path in re.findall(r"^\| `[A-Z]+ (\S+)` \|", PAGE, re.MULTILINE):
        assert path in known


def test_every_error_code_is_documented_with_its_status() -> None:
    rows = re.findall(r"^\| (\d{3}) \| (.*?) \| ", PAGE, re.MULTILINE)
    documented = {code: int(status) for status, codes in rows for code in codes.split("`")[1::2]}
    for kind in set(every_error(errors.QaServiceError)):
        status = documented.get(kind.code)
        if status is None:
            assert f"`{kind.code}`" in PAGE, f"docs/http.md lacks the error code {kind.code}"
            status = 500  # the paragraph below the table
        assert status_of(kind("m", "h")) == status, kind.code


def test_every_field_of_every_model_is_documented() -> None:
    schemas = call(app_of(), "GET", "/openapi.json").json()["components"]["schemas"]
    for name, schema in schemas.items():
        for field in schema.get("properties", {}):
            known = f"`{field}`" in PAGE or f'"{field}"' in PAGE
            assert known, f"docs/http.md lacks {name}.{field}"


def test_the_limits_named_are_the_settings_defaults() -> None:
    settings = Settings(model="hashing")
    for name in ("max_request_bytes", "max_concurrency", "max_question_characters"):
        assert f"`QA_{name.upper()}` ({getattr(settings, name):,})" in PAGE


def test_every_metric_is_documented() -> None:
    text = call(app_of(), "GET", "/metrics").text
    for name in re.findall(r"^# TYPE (\S+)", text, re.MULTILINE):
        assert f"`{name}`" in PAGE
