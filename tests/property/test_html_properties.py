"""What holds for any web page whatever: true spans, paths that select one element, no crash."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser
from tests.reading.html_pages import read, select

from qa_service.errors import DocumentError
from qa_service.reading.html.limits import within_limits

NAMES = """a b blockquote body br button caption dd details div dl dt figure footer form h1 h2
header html img li main math nav ol option p pre rt ruby script section select span sup svg table
tbody td template textarea th title tr ul x-y o:p"""
TAGS = NAMES.split()
ATTRIBUTES = ["", " hidden", " class=nav", " id=content", " role=main", " href=x", " alt='a b'"]
OPENING = st.builds("<{}{}>".format, st.sampled_from(TAGS), st.sampled_from(ATTRIBUTES))
CLOSING = st.builds("</{}>".format, st.sampled_from(TAGS))
TEXT = st.one_of(
    st.sampled_from(["word", " ", "\n", "Home", "It rains. ", "&amp;", "&#xD800;", "\0", "¶"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)
PAGES = (
    st.lists(st.one_of(OPENING, OPENING, CLOSING, TEXT), max_size=60)
    .map("".join)
    .filter(lambda page: not page.startswith(("\0<", "<\0")))  # that is read as UTF-16
)


@given(PAGES)
@settings(max_examples=300, deadline=None)
def test_spans_are_true_and_every_path_selects_one_element(html: str) -> None:
    document = read(html)
    text = document.text
    text.encode()
    page = LexborHTMLParser(html.replace("\r\n", "\n"))
    end = 0
    for place in document.places:
        assert end <= place.start < place.end <= len(text)
        assert text[end : place.start].strip() == ""
        end = place.end
        assert place.path is not None
        assert len(select(page, place.path)) == 1
    assert text[end:].strip() == ""
    end = 0
    for span in document.boilerplate:
        assert end <= span.start < span.end <= len(text)
        assert text[span.start : span.end] == text[span.start : span.end].strip()
        end = span.end
    for part in (*document.headings, *document.blocks):
        assert 0 <= part.start < part.end <= len(text)
        assert text[part.start : part.end].strip()
    assert text == text.strip("\n")
    assert "\n\n\n" not in text or document.blocks
    assert document.title.strip()
    assert read(html) == document


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_a_page_or_a_document_error(data: bytes) -> None:
    try:
        document = read(data)
    except DocumentError:
        return
    document.text.encode()


@given(PAGES)
@settings(max_examples=200, deadline=None)
def test_limits_change_no_page_within_them(html: str) -> None:
    padding = f"<!--{'x' * 20_000}-->"  # long enough to be scanned
    assert within_limits(html + padding) == html + padding
