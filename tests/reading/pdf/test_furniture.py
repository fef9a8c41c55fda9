from __future__ import annotations

from tests.reading.pdf_parts import page, run

from qa_service.reading.pdf.furniture import body_size, is_fixed, part_furniture
from qa_service.reading.pdf.page import Group, Page
from qa_service.reading.pdf.words import SLANTING

BODY = "The body of the page, which is never the same."


def furniture(*pages: Page) -> list[list[str]]:
    return [[line.text for line in parted.furniture] for parted in part_furniture(pages, 10)]


def test_the_same_line_at_the_same_height_in_a_margin_is_furniture() -> None:
    pages = [page(n, run("Journal of Harbours", 50 + 200 * (n % 2), 30)) for n in range(1, 5)]
    assert furniture(*pages) == [["Journal of Harbours"]] * 4


def test_numbers_that_count_the_pages_are_furniture_in_digits_and_in_roman() -> None:
    digits = [page(n, run(f"Page {n + 11} of 90", 300, 770)) for n in range(1, 4)]
    assert furniture(*digits) == [["Page 12 of 90"], ["Page 13 of 90"], ["Page 14 of 90"]]
    roman = [page(n, run(text, 300, 770)) for n, text in enumerate(["iii", "iv", "v"], 1)]
    assert furniture(*roman) == [["iii"], ["iv"], ["v"]]


def test_other_numbers_and_other_heights_are_not() -> None:
    assert furniture(*(page(n, run(f"Total {7 * n * n}", 50, 30)) for n in range(1, 5))) == [[]] * 4
    assert furniture(*(page(n, run("Total", 50, 20 + 9 * n)) for n in range(1, 5))) == [[]] * 4
    assert furniture(*(page(n, run("Total", 50, 400)) for n in range(1, 5))) == [[]] * 4


def test_large_headings_that_count_with_the_pages_are_not() -> None:
    pages = [page(n, run(f"Chapter {n}", 50, 40, size=16)) for n in range(1, 5)]
    assert furniture(*pages) == [[]] * 4


def test_a_page_s_own_number_alone_in_a_margin_is_furniture_even_once() -> None:
    assert furniture(page(1, run("– 1 –", 300, 770), run(BODY, 50, 300))) == [["– 1 –"]]
    assert furniture(page(1, run("2", 300, 770))) == [[]]


def test_words_of_the_body_that_happen_to_repeat_are_not() -> None:
    pages = [
        page(n, *(run(w, 50 + 35 * i, 60) for i, w in enumerate(["of", "the", f"w{n * n}"])))
        for n in range(1, 6)
    ]
    assert furniture(*pages) == [[]] * 5


def test_parts_of_a_header_far_apart_are_told_one_by_one() -> None:
    pages = [
        page(n, run("Harbours", 50, 30), run("abcd"[n - 1] * 9, 300, 30), run(str(n), 540, 30))
        for n in range(1, 5)
    ]
    assert furniture(*pages) == [[f"Harbours {n}"] for n in range(1, 5)]


def test_slanting_or_huge_text_on_half_of_the_pages_is_a_watermark() -> None:
    def marked(n: int, turn: int, size: float) -> Page:
        mark = Group(turn, (run("DRAFT", 200, 300, size=size),))
        body = Group(0, (run(f"{BODY} {n}", 50, 200 + n),))
        return Page(n, 612, 792, (body, mark), pictured=False)

    assert furniture(*(marked(n, SLANTING, 10) for n in range(1, 5))) == [["DRAFT"]] * 4
    assert furniture(*(marked(n, 1, 30) for n in range(1, 5))) == [["DRAFT"]] * 4
    assert furniture(*(marked(n, 1, 10) for n in range(1, 5))) == [[]] * 4


def test_pages_keep_everything_else() -> None:
    pages = [page(n, run("Header", 50, 30), run(f"{BODY} {n * n}", 50, 300)) for n in range(1, 4)]
    for parted in part_furniture(pages, 10):
        texts = [r.text for group in parted.page.groups for r in group.runs]
        assert texts == [f"{BODY} {parted.page.number**2}"]


def test_the_body_s_size_is_that_of_most_characters() -> None:
    assert body_size([page(1, run("Big", 50, 50, size=20), run(BODY, 50, 100, size=9))]) == 9
    assert body_size([page(1)]) == 0


def test_a_typewritten_document_is_told_from_one_with_listings() -> None:
    prose, listing = run(BODY, 50, 50), run("x = 1", 50, 80, fixed=True)
    assert not is_fixed([page(1, prose, listing)])
    assert is_fixed([page(1, listing)])
