from __future__ import annotations

import pytest
from tests.reading.html_pages import read

from qa_service.errors import DocumentBlank


def page(content: str, words: str = "Redirecting to the new page.") -> str:
    return f'<title>x</title><meta http-equiv=Refresh content="{content}"><p>{words}</p>'


@pytest.mark.parametrize(
    ("content", "address"),
    [
        ("0; URL=ch18.html", "ch18.html"),
        ("0;url='../new/'", "../new/"),
        (" 5 , url = https://example.org/a b ", "https://example.org/a b"),
        ("0.5; Url=x", "x"),
        ("0 url=x", "x"),
        ("0;url=a\u202eb\x07c", "a\\u202eb\\x07c"),
        ("0;url=" + "x" * 5_000, "x" * 200),
    ],
)
def test_a_page_that_only_leads_elsewhere_is_left_out_and_says_where(
    content: str, address: str
) -> None:
    with pytest.raises(DocumentBlank) as caught:
        read(page(content))
    assert caught.value.message == f"some-page.html: only leads to {address}"
    assert caught.value.hint


@pytest.mark.parametrize(
    "content", ["300", "300; url=x", "0; url=", "0; url=''", "soon; url=x", ""]
)
def test_a_page_that_renews_itself_or_waits_stays(content: str) -> None:
    assert read(page(content)).text == "Redirecting to the new page."


def test_a_long_blank_content_is_looked_through_in_no_time() -> None:
    assert read(page("0" + " " * 1_000_000 + "x")).text == "Redirecting to the new page."


def test_a_page_that_says_more_than_where_to_go_stays() -> None:
    assert read(page("0; url=x", "A long text. " * 30)).text.startswith("A long text.")
