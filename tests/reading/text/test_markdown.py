from __future__ import annotations

from pathlib import Path

from qa_service.reading.files import CorpusFile
from qa_service.reading.text.markdown import read_markdown
from qa_service.records import Document


def read(text: str, name: str = "user-guide.md") -> Document:
    return read_markdown(CorpusFile(name, Path("/x") / name, 1), text.encode())


def headings(document: Document) -> list[tuple[int, str, str]]:
    return [(h.level, h.text, document.text[h.start : h.end]) for h in document.headings]


def blocks(document: Document) -> list[str]:
    return [document.text[span.start : span.end] for span in document.blocks]


def test_the_text_is_the_file_character_for_character() -> None:
    text = "# A\r\n\n* b *c*\n\n<!-- d -->\n&amp; [e](f)\n"
    assert read(text).text == text.replace("\r\n", "\n")


def test_headings_carry_level_plain_text_and_line() -> None:
    document = read(
        "# The *first* `one`\n\ntext\n\n## Second ##\ntext\n\n"
        "Third\nline\n---\n\n#\n\n###### [Six](x)\n"
    )
    assert headings(document) == [
        (1, "The first one", "# The *first* `one`"),
        (2, "Second", "## Second ##"),
        (2, "Third line", "Third\nline\n---"),
        (6, "Six", "###### [Six](x)"),
    ]


def test_offsets_hold_after_front_matter_and_lone_carriage_returns() -> None:
    document = read("---\ntitle: T\n---\na\rb\r\rc\n\n# Head\n\n```\ncode\n```\nafter")
    assert headings(document) == [(1, "Head", "# Head")]
    assert blocks(document) == ["```\ncode\n```\n"]


def test_headings_in_quotations_and_lists_are_no_sections() -> None:
    document = read("> # quoted\n\n- # item\n\n1. ## item\n\n# real")
    assert headings(document) == [(1, "real", "# real")]


def test_code_is_kept_as_blocks_and_holds_no_headings() -> None:
    document = read(
        "a\n\n```sh\n# not a heading\n\nback\n```\n\n    indented\n\n- x\n  ~~~\n  y\n  ~~~\n"
    )
    assert headings(document) == []
    assert blocks(document) == [
        "```sh\n# not a heading\n\nback\n```\n",
        "    indented\n",
        "  ~~~\n  y\n  ~~~\n",
    ]
    assert document.boilerplate == ()


def test_an_unclosed_fence_reaches_to_the_end() -> None:
    assert blocks(read("a\n\n```\nb\n# c")) == ["```\nb\n# c"]


def test_the_title_is_the_front_matters_then_the_first_top_heading_then_the_file_name() -> None:
    assert read("---\ntitle: ' Stated '\n---\n# Head\n").title == "Stated"
    assert read("---\ntitle: 7\n---\n## Sub\n\n# Head\n").title == "Head"
    assert read("## Sub\n\ntext").title == "User guide"


def test_front_matter_becomes_metadata_and_boilerplate() -> None:
    document = read("---\ntitle: T\ntags: [a, b]\n---\nBody.\n")
    assert document.metadata == {"title": "T", "tags": ["a", "b"]}
    assert [document.text[s.start : s.end] for s in document.boilerplate] == [
        "---\ntitle: T\ntags: [a, b]\n---\n"
    ]


def test_navigation_lines_are_boilerplate_too() -> None:
    document = read("Back | Print\n\n# Head\n\nBody.\n")
    assert [document.text[s.start : s.end] for s in document.boilerplate] == ["Back | Print"]


def test_a_stated_title_is_one_line() -> None:
    assert read('---\ntitle: "One\\ntwo\\u2028 three"\n---\ntext\n').title == "One two three"
