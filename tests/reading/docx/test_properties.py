from __future__ import annotations

from collections import Counter

import pytest

from qa_service.reading.docx.properties import is_sane_title, language_of
from qa_service.records import Document
from word_files import p, read_word, relationships

CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"


def with_properties(**values: str) -> Document:
    items = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    rels = relationships(
        ("r1", "officeDocument", "word/document.xml"), ("r2", "core-properties", "props/core.xml")
    )
    core = f'<coreProperties xmlns="{CORE}">{items}</coreProperties>'.encode()
    return read_word(p("Text."), {"_rels/.rels": rels, "props/core.xml": core})


def test_the_core_properties_are_metadata() -> None:
    document = with_properties(
        title="The  title",
        creator="A. Writer",
        modified="2024-05-01T10:00:00Z",
        created="2020-01-01T00:00:00Z",
        keywords="water; rivers, Water",
        subject="Rivers",
    )
    assert document.title == "The title"
    assert document.metadata == {
        "author": "A. Writer",
        "date": "2024-05-01",
        "tags": ["water", "rivers", "Water"],
        "subject": "Rivers",
    }


def test_a_document_without_properties_has_no_metadata() -> None:
    assert read_word(p("Text.")).metadata == {}
    assert with_properties(title="", creator=" ", keywords=";,").metadata == {}


@pytest.mark.parametrize(
    ("modified", "created", "date"),
    [
        ("", "2020-01-02T00:00:00Z", "2020-01-02"),
        ("2020-13-45T00:00:00Z", "2020-01-02", "2020-01-02"),
        ("1601-01-01T00:00:00Z", "yesterday", None),
    ],
)
def test_the_date_is_the_last_that_can_be_true(
    modified: str, created: str, date: str | None
) -> None:
    assert with_properties(modified=modified, created=created).metadata.get("date") == date


@pytest.mark.parametrize("author", ["python-docx", "Administrator", "User"])
def test_an_author_that_is_nobody_is_left_out(author: str) -> None:
    assert "author" not in with_properties(creator=author).metadata


@pytest.mark.parametrize(
    "title",
    [
        "",
        "Microsoft Word - draft.doc",
        "Document1",
        "document",
        "Untitled",
        "Без названия",
        "[Type the title]",
        "draft_final.docx",
        "A.docx",
        "12345",
        "x" * 301,
    ],
)
def test_a_title_that_names_no_document_is_not_believed(title: str) -> None:
    assert not is_sane_title(title, "a.docx")


def test_a_title_that_only_resembles_a_default_is_believed() -> None:
    assert is_sane_title("Document management in hospitals", "a.docx")
    assert is_sane_title("Annual report 2024", "annual report 2024.docx")
    assert not is_sane_title("Strange Name.v2", "folder/strange name.v2")


def test_the_language_is_that_of_most_characters() -> None:
    counted = Counter({"": 10, "de-DE": 200, "fr": 30})
    assert language_of("Ein Satz.", counted, ("en-US", "")) == "de"
    assert language_of("A sentence.", Counter({"": 10}), ("en-US", "")) == "en"
    assert language_of("A sentence.", Counter({"": 10}), ("", "")) == ""


@pytest.mark.parametrize(
    ("text", "tag", "expected"),
    [
        ("Русский текст", "ru-RU", "ru"),
        ("Русский текст", "en-US", ""),
        ("English text", "ru-RU", ""),
        ("نص عربي", "ar-SA", "ar"),
        ("Ελληνικά", "el-GR", "el"),
        ("Azərbaycan", "az-Latn-AZ", "az"),
        ("English text", "x-none", ""),
        ("12345", "en-US", ""),
    ],
)
def test_a_language_that_the_script_contradicts_is_not_believed(
    text: str, tag: str, expected: str
) -> None:
    assert language_of(text, Counter({tag: 100}), ("", "")) == expected


def test_east_asian_text_has_the_language_of_its_own() -> None:
    assert language_of("中文文本", Counter({"": 9}), ("en-US", "zh-CN")) == "zh"
    assert language_of("日本語のテキスト", Counter({"": 9}), ("en-US", "ja-JP")) == "ja"
    assert language_of("한국어 문서", Counter({"": 9}), ("en-US", "zh-CN")) == ""
