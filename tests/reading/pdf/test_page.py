from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pikepdf
import pypdfium2 as pdfium
import pytest
from tests.reading.make_pdfs import HEIGHT, WIDTH, Paper, changed

from qa_service.reading.pdf.page import Page, read_page
from qa_service.reading.pdf.words import SLANTING


@contextmanager
def opened(data: bytes) -> Iterator[pdfium.PdfDocument]:
    document = pdfium.PdfDocument(data)
    try:
        yield document
    finally:
        document.close()


def first_page(data: bytes) -> Page:
    with opened(data) as document:
        page = read_page(document, 0, 10_000)
    assert page is not None
    return page


def test_text_is_grouped_by_the_way_it_is_turned_on_the_displayed_page() -> None:
    paper = Paper()
    paper.put(100, 100, "upright")
    for i, angle in enumerate((90, 180, 270, 30)):
        with paper.rotation(angle, 300, 200 + 100 * i):
            paper.put(300, 200 + 100 * i, f"by {angle}")
    turns = {g.turn: [r.text for r in g.runs] for g in first_page(paper.written()).groups}
    assert turns == {
        0: ["upright"],
        3: ["by 90"],
        2: ["by 180"],
        1: ["by 270"],
        SLANTING: ["by 30"],
    }


def test_a_turned_page_turns_its_text() -> None:
    paper = Paper()
    paper.put(100, 100, "upright")
    data = changed(paper.written(), lambda pdf: pdf.pages[0].rotate(90, relative=False))
    page = first_page(data)
    assert (page.width, page.height) == (HEIGHT, WIDTH)
    (group,) = page.groups
    assert group.turn == 1
    run = group.runs[0]
    box = page.displayed((run.x0, run.y0, run.x1, run.y1), group.turn)
    # The baseline, 100 points from the top, is now as far from the right edge.
    assert box[0] < HEIGHT - 100 < box[2]
    assert 100 - 1 < box[1] < box[3]


def test_places_count_from_the_corner_of_what_is_shown() -> None:
    paper = Paper()
    paper.put(100, 100, "upright")

    def crop(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].cropbox = pikepdf.Array([60, 20, 600, 752])

    whole, cropped = first_page(paper.written()), first_page(changed(paper.written(), crop))
    assert cropped.groups[0].runs[0].x0 == pytest.approx(whole.groups[0].runs[0].x0 - 60)
    assert cropped.groups[0].runs[0].y0 == pytest.approx(whole.groups[0].runs[0].y0 - 40)
    assert (cropped.width, cropped.height) == (540, 732)


def test_a_page_beyond_the_limit_is_not_read() -> None:
    paper = Paper()
    paper.put(100, 100, "twelve chars")
    with opened(paper.written()) as document:
        assert read_page(document, 0, 5) is None


def test_a_page_of_pictures_and_hardly_any_text_is_pictured() -> None:
    def drawn(rectangles: int, text: str = "") -> Page:
        paper = Paper()
        for i in range(rectangles):
            paper.rect(10 + i, 10, 5, 5, style="F")
        paper.put(50, 100, text)
        return first_page(paper.written())

    assert drawn(250).pictured
    assert drawn(250).groups == ()
    assert drawn(250, "Downloaded from the archive").pictured
    assert not drawn(250, "word " * 80).pictured
    assert not drawn(3).pictured


def test_pages_are_closed_again() -> None:
    from pypdfium2.internal.bases import ObjectTracker

    with opened(Paper(3).written()) as document:
        for index in range(3):
            read_page(document, index, 100)
        open_pages = sum(len(v) for k, v in ObjectTracker.items() if "Page" in k.__name__)
    assert open_pages == 0
