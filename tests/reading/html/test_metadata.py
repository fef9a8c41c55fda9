from __future__ import annotations

import json

import pytest
from tests.reading.html_pages import read

from qa_service.reading.html.metadata import iso_date


def test_metadata_is_read_from_meta_elements() -> None:
    document = read(
        "<html lang=de-AT><head><meta name=author content='Ann'><meta name=Author content='Bob'>"
        "<meta property='article:published_time' content='2024-05-01T10:00:00+02:00'>"
        "<meta name=description content=' About  it '><meta name=keywords content='a, b,a'>"
        "<meta property=article:tag content=c><link rel=canonical href='https://example.org/x'>"
        "<body><p>text"
    )
    assert document.metadata == {
        "author": ["Ann", "Bob"],
        "date": "2024-05-01T10:00:00+02:00",
        "description": "About it",
        "tags": ["a", "b", "c"],
        "language": "de-AT",
        "url": "https://example.org/x",
    }
    assert document.language == "de"


def test_structured_data_and_time_elements_fill_in() -> None:
    data = {
        "@graph": [{"@type": "WebSite"}, {"datePublished": "2020-02-03", "author": {"name": "Eva"}}]
    }
    script = f"<script type='application/ld+json'>{json.dumps(data)}</script>"
    assert read(f"{script}<p>x").metadata == {"author": "Eva", "date": "2020-02-03"}
    assert read("<article><time datetime='2021-03-04'>4 March</time>x").metadata == {
        "date": "2021-03-04"
    }


@pytest.mark.parametrize(
    "source",
    ["{", "[" * 100_000, '{"datePublished": "\\ud800"}', "9" * 10_000, '{"datePublished": {}}'],
)
def test_broken_structured_data_is_passed_over(source: str) -> None:
    document = read(f"<script type=application/ld+json>{source}</script><p>x")
    json.dumps(document.metadata).encode()
    assert document.text == "x"


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2024-05-01", "2024-05-01"),
        ("2024-05-01T10:00:00Z", "2024-05-01T10:00:00+00:00"),
        ("2024-05-01 10:30", "2024-05-01T10:30:00"),
        ("20240501", "2024-05-01"),
        ("May 1, 2024", "2024-05-01"),
        ("1 May 2024", "2024-05-01"),
        ("01.05.2024", "2024-05-01"),
        ("Wed, 01 May 2024 10:00:00 +0200", "2024-05-01T10:00:00+02:00"),
        ("yesterday", ""),
        ("2024-13-45", ""),
        ("", ""),
    ],
)
def test_dates_become_iso_8601_where_they_can_be_read(written: str, iso: str) -> None:
    assert iso_date(written) == iso


def test_a_date_that_cannot_be_read_stays_as_written() -> None:
    assert read("<meta name=date content='Spring 1999'><p>x").metadata == {"date": "Spring 1999"}


@pytest.mark.parametrize(
    ("stated", "code"), [("EN", "en"), ("zh-Hans", "zh"), ("x", ""), ("deu", ""), ("", "")]
)
def test_the_language_is_the_primary_subtag(stated: str, code: str) -> None:
    assert read(f"<html lang='{stated}'><p>x").language == code
