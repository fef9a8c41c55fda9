"""What holds for any page: nothing lost or twice, every place true, passages on their pages."""

from __future__ import annotations

import re
from collections import Counter

import pypdfium2 as pdfium
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.property.test_text_invariants import utf8_bytes, words
from tests.reading.make_pdfs import Paper, page_texts, read

from qa_service.chunking.passages import make_passages
from qa_service.reading.pdf.characters import cleaned
from qa_service.records import Document, Passage

PIECES = [
    *["harbour", "The", "freight", "of", "sedi-", "ment", "well-known", "1953", "4.2", "km", "a"],
    *["Stop.", "(12)", "No", "·", "1.", "Straße", "café", "e.g.", "|", "$", "x = y", "-", "END"],
]
# What a reader adds or takes away: spaces, hyphens that divided a word, the dividers of cells.
_FREE = re.compile(r"[\s\x00-\x1f\ufffe\u00ad|-]")


@st.composite
def pdfs(draw: st.DrawFn) -> bytes:
    """Pages with lines in one to three columns, loose pieces at any place, and turned text."""
    paper = Paper(0)
    for _ in range(draw(st.integers(1, 3))):
        paper.add_page()
        columns = draw(st.integers(1, 3))
        size = draw(st.sampled_from([8, 10, 12]))
        for column in range(columns):
            for row in range(draw(st.integers(0, 8))):
                line = " ".join(draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=8)))
                paper.put(50 + column * 520 / columns, 90 + row * size * 1.2, line, size)
        for _ in range(draw(st.integers(0, 4))):
            x, y = draw(st.integers(0, 600)), draw(st.integers(10, 780))
            angle = draw(st.sampled_from([0, 0, 0, 90, 180, 270, 45]))
            style = draw(st.sampled_from(["", "B"]))
            with paper.rotation(angle, x, y):
                text = " ".join(draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=3)))
                paper.put(x, y, text, draw(st.integers(5, 30)), style)
        if draw(st.booleans()):
            paper.put(50, 30, f"Running header {paper.page_no()}", 8)
    return paper.written()


def letters(text: str) -> str:
    return _FREE.sub("", cleaned(text))


def passages_of(document: Document) -> list[Passage]:
    return make_passages(
        document,
        max_tokens=40,
        min_tokens=20,
        sentence_characters=200,
        count=words,
        window=2000,
        window_count=utf8_bytes,
    )


@given(pdfs())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_pdfium_extracts_is_in_the_text_exactly_once(data: bytes) -> None:
    document = read(data)
    assert Counter(letters(document.text)) == Counter(letters("".join(page_texts(data))))


@given(pdfs())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_places_cover_the_text_in_order_and_passages_stand_on_their_pages(data: bytes) -> None:
    document = read(data)
    text = document.text
    assert text == text.strip()
    covered = bytearray(len(text))
    end = 0
    for place in document.places:
        assert end <= place.start < place.end <= len(text)
        covered[place.start : place.end] = b"\1" * (place.end - place.start)
        assert place.page is not None
        assert place.box is not None
        assert place.box[0] <= place.box[2]
        assert place.box[1] <= place.box[3]
        end = place.end
    assert all(seen or c.isspace() for seen, c in zip(covered, text, strict=True))
    for part in (*document.headings, *document.boilerplate, *document.blocks):
        assert 0 <= part.start < part.end <= len(text)
        assert text[part.start : part.end].strip()
    pages = [letters(page) for page in page_texts(data)]
    for passage in passages_of(document):
        said = "".join(pages[n - 1] for n in sorted({p.page or 0 for p in passage.places}))
        assert not Counter(letters(passage.text)) - Counter(said)


@given(pdfs())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_line_lies_within_its_box(data: bytes) -> None:
    document = read(data)
    with pdfium.PdfDocument(data) as pdf:
        texts = []
        for page in pdf:
            text_page = page.get_textpage()
            texts.append((text_page, page.get_height()))
        for place in document.places:
            assert place.page is not None
            assert place.box is not None
            text_page, height = texts[place.page - 1]
            left, top, right, bottom = place.box
            said = text_page.get_text_bounded(
                left - 1, height - bottom - 1, right + 1, height - top + 1
            )
            line = document.text[place.start : place.end]
            assert not Counter(letters(line)) - Counter(letters(said))
