from __future__ import annotations

import pikepdf
import pypdfium2 as pdfium
import pytest
from tests.reading.make_pdfs import Paper, changed

from qa_service.reading.pdf.properties import (
    bookmarks,
    iso_date,
    properties,
    stated_language,
    stated_title,
)


def with_info(**info: str) -> bytes:
    def state(pdf: pikepdf.Pdf) -> None:
        stated = {f"/{key}": pikepdf.String(value) for key, value in info.items()}
        pdf.trailer.Info = pdf.make_indirect(pikepdf.Dictionary(stated))

    return changed(Paper().written(), state)


def title(data: bytes, name: str = "report 7.pdf") -> str:
    with pdfium.PdfDocument(data) as document:
        return stated_title(document, data, name)


@pytest.mark.parametrize(
    "stated", ["The harbour", "Über Häfen", "Node.js in practice", "R", "COVID-19 and ports"]
)
def test_a_stated_title_is_taken(stated: str) -> None:
    assert title(with_info(Title=stated)) == stated


@pytest.mark.parametrize(
    "stated",
    [
        *["", "  ", "Microsoft Word - report.doc", "paper_final.tex", "untitled", "Slide 1"],
        *["document1", "report-7", "scan.html", "x" * 301, "***", "PowerPoint Presentation.pptx"],
    ],
)
def test_what_is_a_file_s_name_or_nothing_is_no_title(stated: str) -> None:
    assert title(with_info(Title=stated)) == ""


def test_the_title_of_xmp_counts_where_it_is_the_only_one() -> None:
    def state(pdf: pikepdf.Pdf) -> None:
        with pdf.open_metadata(update_docinfo=False) as xmp:
            xmp["dc:title"] = "Ports &  harbours"

    data = changed(Paper().written(), state)
    assert title(data) == "Ports & harbours"
    assert title(data + b"<x:xmpmeta") == ""


def test_properties_are_what_is_stated() -> None:
    data = with_info(
        Author="Anna\nAuthor",
        CreationDate="D:20240131120000+01'00'",
        Keywords="a; b,a",
        Subject="s",
    )
    with pdfium.PdfDocument(data) as document:
        assert properties(document) == {
            "pages": 1,
            "author": "Anna Author",
            "date": "2024-01-31",
            "tags": ["s", "a", "b"],
        }
    with pdfium.PdfDocument(with_info()) as document:
        assert properties(document) == {"pages": 1}


@pytest.mark.parametrize(
    ("stated", "date"),
    [
        ("D:20240131120000Z", "2024-01-31"),
        ("D:202401", "2024-01"),
        ("2024", "2024"),
        ("2024-01-31T12:00", "2024-01-31"),
        ("D:20241399", "2024"),
        ("D:00000000", ""),
        ("yesterday", ""),
        ("", ""),
    ],
)
def test_dates_are_iso_and_as_exact_as_stated(stated: str, date: str) -> None:
    assert iso_date(stated) == date


def test_the_language_is_a_code_or_nothing() -> None:
    for stated, code in (("de-AT", "de"), ("eng", "en"), ("gibberish", ""), ("", "")):
        paper = Paper()
        if stated:
            paper.set_lang(stated)
        with pdfium.PdfDocument(paper.written()) as document:
            assert stated_language(document) == code


def test_bookmarks_are_folded_titles_with_their_depth() -> None:
    def mark(pdf: pikepdf.Pdf) -> None:
        with pdf.open_outline() as outline:
            part = pikepdf.OutlineItem("Part One", 0)
            part.children.append(pikepdf.OutlineItem("1.1 Ships", 0))
            outline.root.append(part)

    with pdfium.PdfDocument(changed(Paper().written(), mark)) as document:
        assert bookmarks(document) == {"partone": 0, "11ships": 1}


def test_half_a_surrogate_pair_is_nothing() -> None:
    def spoil(pdf: pikepdf.Pdf) -> None:
        half = pikepdf.Object.parse(b"<FEFFD83D0041>")
        item = pdf.make_indirect(pikepdf.Dictionary(Title=half))
        pdf.Root.Outlines = pikepdf.Dictionary(First=item, Last=item, Count=1)
        pdf.Root.Lang = half
        pdf.trailer.Info = pdf.make_indirect(pikepdf.Dictionary(Title=half, Author=half))

    data = changed(Paper().written(), spoil)
    assert title(data) == ""
    with pdfium.PdfDocument(data) as document:
        assert properties(document) == {"pages": 1}
        assert bookmarks(document) == {}
        assert stated_language(document) == ""
