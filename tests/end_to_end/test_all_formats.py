"""One corpus of every format: what is true of offsets, pages and places in the finished index."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pypdfium2
import pytest
from fpdf import FPDF
from tests.word_files import p, styled, table, word_file

from qa_service.embedding.hashing import HashingEmbedder
from qa_service.index.build import build_index
from qa_service.records import Passage, Place
from qa_service.retrieval.retriever import Retriever
from qa_service.settings import Settings

TOPICS = ("harbour", "ferry", "lighthouse", "museum", "railway", "garden", "mill", "bridge")


def prose(topic: str, number: int) -> str:
    return (
        f"The {topic} of district {number} was opened in {1850 + number} by the town council. "
        f"It has {number + 3} rooms, a well-known clock and a view of the river. Visitors come "
        f"from {number + 10} countries, most of them in the warm months between May and October."
    )


def pdf() -> bytes:
    made = FPDF()
    made.set_title("The buildings of the town")
    for page in range(4):
        made.add_page()
        made.set_font("Helvetica", size=9)
        made.cell(0, 8, f"Yearbook of the town - page {page + 1}", new_x="LMARGIN", new_y="NEXT")
        made.set_font("Helvetica", "B", size=15)
        made.cell(0, 12, f"Chapter {page + 1}", new_x="LMARGIN", new_y="NEXT")
        made.set_font("Helvetica", size=11)
        for topic in TOPICS:
            made.multi_cell(0, 6, prose(topic, 10 * page + len(topic)))
            made.ln(4)
    return bytes(made.output())


def html() -> str:
    body = "".join(f"<h2>The {t} 🚢</h2><p>{prose(t, i)}</p>" for i, t in enumerate(TOPICS))
    return (
        "<html lang=en><title>Town guide</title><nav><a href=/>Home</a> <a href=/x>Contact us</a>"
        f"</nav><main><h1>Town guide</h1>{body}<table><tr><th>Year<th>Guests<tr><td>1999<td>12"
        "</table></main><footer>Cookie settings</footer></html>"
    )


def docx() -> bytes:
    parts = [styled("Heading1", "Minutes of the council")]
    parts += [p(prose(topic, 40 + i)) for i, topic in enumerate(TOPICS)]
    return word_file("".join(parts) + table(["Name", "Votes"], ["Anna Falk", "17"]))


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    root = tmp_path_factory.mktemp("formats")
    corpus = root / "corpus"
    corpus.mkdir()
    (corpus / "yearbook.pdf").write_bytes(pdf())
    (corpus / "guide.html").write_text(html(), encoding="utf-8")
    (corpus / "minutes.docx").write_bytes(docx())
    notes = "---\nyear: 1999\n---\n# Notes 𝕃\n\n" + "\n\n".join(prose(t, 70) for t in TOPICS)
    (corpus / "notes.md").write_text(notes, encoding="utf-8")
    old = "Заметки о городе\n\n" + "Город стоит на берегу реки, и его гавань известна всем. " * 6
    (corpus / "old.txt").write_bytes(old.encode("windows-1251"))
    settings = Settings.create(corpus=corpus, index=root / "index", model="hashing", threshold=0)
    report = build_index(settings, HashingEmbedder())
    assert (report.documents, report.skipped, report.failed) == (5, (), ())
    with Retriever.open(settings.index, settings) as opened:
        yield opened


def all_passages(retriever: Retriever) -> list[Passage]:
    return retriever.index.passages(range(retriever.index.passage_count))


def letters(text: str) -> str:
    """Return a text as two readers of one page agree on it: no spaces, no hyphens."""
    return re.sub(r"[\s\-\xad\u2010\ufffe\x02]+", "", text)


def test_every_passage_sentence_and_place_is_its_slice(retriever: Retriever) -> None:
    for passage in all_passages(retriever):
        text = retriever.index.document(passage.document_id).text
        assert text[passage.start : passage.end] == passage.text
        for sentence in passage.sentences:
            assert text[sentence.start : sentence.end] == sentence.text
        for place in passage.places:
            assert passage.start <= place.start < place.end <= passage.end


@pytest.mark.parametrize("topic", TOPICS)
def test_every_highlight_is_its_slice(retriever: Retriever, topic: str) -> None:
    reply = retriever.retrieve(f"When was the {topic} opened?", top_k=50)
    assert len({one.passage.document_id for one in reply.evidence}) >= 4
    for one in reply.evidence:
        text = retriever.index.document(one.passage.document_id).text
        for highlight in one.highlights:
            assert text[highlight.start : highlight.end] == highlight.text


def test_every_pdf_passage_is_found_on_its_pages_inside_its_boxes(retriever: Retriever) -> None:
    found = [each for each in all_passages(retriever) if each.document_id == "yearbook.pdf"]
    assert {place.page for each in found for place in each.places} == {1, 2, 3, 4}
    document = pypdfium2.PdfDocument(pdf())
    try:
        for passage in found:
            assert passage.places
            for place in passage.places:
                on_page, in_box = page_texts(document, place)
                said = letters(
                    passage.text[place.start - passage.start :][: place.end - place.start]
                )
                assert said in on_page
                assert said in in_box
    finally:
        document.close()


def page_texts(document: pypdfium2.PdfDocument, place: Place) -> tuple[str, str]:
    """Return the letters of a place's page, and those inside its box, as PDFium reads them."""
    assert place.page is not None
    assert place.box is not None
    page = document[place.page - 1]
    text = page.get_textpage()
    try:
        left, top, right, bottom = place.box
        height = page.get_height()
        inside = text.get_text_bounded(left - 1, height - bottom - 1, right + 1, height - top + 1)
        return letters(text.get_text_range()), letters(inside)
    finally:
        text.close()
        page.close()


def test_what_surrounds_the_content_is_never_a_passage(retriever: Retriever) -> None:
    texts = " ".join(passage.text for passage in all_passages(retriever))
    for outside in ("Yearbook of the town", "Contact us", "Cookie settings", "year: 1999"):
        assert outside not in texts
    whole = " ".join(retriever.index.document(i.id).text for i in retriever.index.documents())
    assert "Yearbook of the town" in whole
    assert "Cookie settings" in whole


def test_text_in_a_legacy_encoding_is_read_and_its_language_known(retriever: Retriever) -> None:
    old = retriever.index.document("old.txt")
    assert old.text.startswith("Заметки о городе")
    assert old.metadata["encoding"] == "windows-1251"
    assert old.language == "ru"
