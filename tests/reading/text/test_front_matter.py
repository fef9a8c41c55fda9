from __future__ import annotations

import pytest

from qa_service.errors import DocumentError
from qa_service.reading.text.front_matter import FrontMatter, read_front_matter


def metadata(yaml: str) -> dict[str, object]:
    return dict(read_front_matter(f"---\n{yaml}\n---\nbody", "a.md").metadata)


def test_values_become_plain_and_flat() -> None:
    assert metadata(
        "s: text\ni: 3\nf: 1.5\nb: true\nd: 2024-05-01\nt: 2024-05-01 10:00:00\nnothing:\n"
        "list: [a, 1, true, 2024-05-01]\nauthor:\n  name: Bob\n  born: {year: 1970}\n2: two"
    ) == {
        "s": "text",
        "i": 3,
        "f": 1.5,
        "b": True,
        "d": "2024-05-01",
        "t": "2024-05-01T10:00:00",
        "list": ["a", "1", "true", "2024-05-01"],
        "author.name": "Bob",
        "author.born.year": 1970,
        "2": "two",
    }


def test_values_that_json_cannot_hold_become_strings() -> None:
    assert metadata('a: .nan\nb: .inf\nc: 99999999999999999999\nd: "\\ud800"\ne: !!set {y, x}') == {
        "a": "nan",
        "b": "inf",
        "c": "99999999999999999999",
        "d": "?",
        "e": ["x", "y"],
    }


def test_the_end_is_behind_the_closing_line() -> None:
    assert read_front_matter("---\na: 1\n---\nbody", "a.md").end == 13
    assert read_front_matter("---\na: 1\n...", "a.md").end == 12
    assert read_front_matter("---\n---\nbody", "a.md") == FrontMatter({}, 8)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "body",
        "a\n---\nb: 1\n---\n",
        "---\na: 1\nnever closed",
        "---\n\nJust prose between two rulers.\n\n---\nmore",
        "----\na: 1\n----\n",
    ],
)
def test_other_texts_have_none(text: str) -> None:
    assert read_front_matter(text, "a.md") == FrontMatter()


@pytest.mark.parametrize(
    ("yaml", "says"),
    [
        ("a: 1\nb: [", "line 4"),
        ("a: b: c", "line 2"),
        ("a: 1\n\tb: 2", "line 3"),
        ("a: &x [1]\nb: *x", "line 3: aliases"),
        ("a: !!python/object/apply:os.system [ls]", "line 2"),
        ("date: 2024-13-45", "front matter"),
        ("a: !!timestamp x", "front matter"),
        ("a: !!int x", "front matter"),
        ("a: \x01", "front matter"),
        ("a: " + "[" * 20_000, "front matter"),
        ("a: " + "x" * 70_000, "70,004 characters"),
        ("a: 1\n- b", "line 3"),
    ],
)
def test_broken_front_matter_is_a_document_error_that_says_where(yaml: str, says: str) -> None:
    with pytest.raises(DocumentError) as caught:
        metadata(yaml)
    assert caught.value.message.startswith("a.md: front matter")
    assert says in caught.value.message
    assert "\n" not in str(caught.value)


def test_a_number_of_too_many_digits_to_write_down_is_refused() -> None:
    number = ":".join(["59"] * 5_000)  # in base 60, as YAML 1.1 has it
    with pytest.raises(DocumentError, match=r"a\.md: front matter: Exceeds the limit"):
        read_front_matter(f"---\na: {number}\n---\n", "a.md")
