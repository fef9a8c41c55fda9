from __future__ import annotations

import pikepdf
import pypdfium2 as pdfium
import pytest
from tests.reading.make_pdfs import Paper, changed

import qa_service.reading.pdf.words as module
from qa_service.reading.pdf.words import Canvas, Words, around, on_one_line


def words(data: bytes) -> list[tuple[str, bool]]:
    with pdfium.PdfDocument(data) as document:
        page = document[0]
        text_page = page.get_textpage()
        canvas = Canvas(page.get_bbox(), page.get_rotation())
        found = [(word.text, word.glued) for word in Words(text_page.raw, canvas)]
        text_page.close()
        page.close()
    return found


def styles(data: bytes) -> list[tuple[float, bool, bool]]:
    with pdfium.PdfDocument(data) as document:
        page = document[0]
        text_page = page.get_textpage()
        canvas = Canvas(page.get_bbox(), page.get_rotation())
        found = [(w.style.size, w.style.bold, w.style.fixed) for w in Words(text_page.raw, canvas)]
        text_page.close()
        page.close()
    return found


def test_words_end_at_spaces_and_after_hyphens() -> None:
    paper = Paper()
    paper.put(50, 100, "a well-known word")
    assert words(paper.written()) == [
        ("a", False),
        ("well-", False),
        ("known", True),
        ("word", False),
    ]


def test_the_halves_of_a_word_on_two_lines_are_two_words() -> None:
    paper = Paper()
    paper.put(50, 100, "the transpor-")
    paper.put(50, 112, "tation")
    assert [text for text, _ in words(paper.written())] == ["the", "transpor-", "tation"]


def test_letters_held_as_they_stand_on_the_page_are_put_in_the_order_of_reading(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paper = Paper()
    paper.put(50, 100, "abcd 12")
    # Three Hebrew letters and a vowel sign, which belongs to the letter before it.
    monkeypatch.setattr(module, "_characters", lambda handle: "גב\u05b8א 12")
    assert words(paper.written()) == [("אב\u05b8ג", False), ("12", False)]


def test_styles_are_the_fonts_scaled_as_shown() -> None:
    paper = Paper()
    paper.put(50, 100, "plain", 10)
    paper.put(50, 130, "strong", 14, "B", font="Helvetica")
    paper.put(50, 160, "code", 9, font="Courier")
    assert styles(paper.written()) == [(10, False, False), (14, True, False), (9, False, True)]

    def enlarge(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].contents_add(pdf.make_stream(b"0.5 0 0 0.5 0 0 cm"), prepend=True)

    halved = styles(changed(paper.written(), enlarge))
    assert [size for size, _, _ in halved] == pytest.approx([5, 7, 4.5])


def with_unicode(code: str) -> bytes:
    """A page whose letter "a" means the characters of ``code`` (UTF-16 in hexadecimal digits)."""
    paper = Paper()
    paper.put(50, 100, "a b")

    def map_letter(pdf: pikepdf.Pdf) -> None:
        table = (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap "
            "1 begincodespacerange <00> <ff> endcodespacerange "
            f"1 beginbfchar <61> <{code}> endbfchar endcmap end end"
        )
        (font,) = pdf.pages[0].Resources.Font.values()
        font.ToUnicode = pdf.make_stream(table.encode())

    return changed(paper.written(), map_letter)


def test_characters_beyond_the_first_plane_ligatures_and_lone_surrogates_are_read() -> None:
    assert [text for text, _ in words(with_unicode("d83ddea2"))] == ["🚢", "b"]
    assert [text for text, _ in words(with_unicode("fb03"))] == ["ffi", "b"]
    assert [text for text, _ in words(with_unicode("006600660069"))] == ["ffi", "b"]
    lone = words(with_unicode("d83d"))
    assert [text for text, _ in lone][-1] == "b"
    "".join(text for text, _ in lone).encode()


@pytest.mark.parametrize(
    ("rotation", "box"),
    [
        (0, (10, 20, 30, 60)),
        (90, (140, 10, 180, 30)),
        (180, (70, 140, 90, 180)),
        (270, (20, 70, 60, 90)),
    ],
)
def test_boxes_are_turned_with_the_page(
    rotation: int, box: tuple[float, float, float, float]
) -> None:
    canvas = Canvas((100, 0, 200, 200), rotation)
    assert canvas.upright(110, 140, 130, 180, 0) == box
    assert (canvas.width, canvas.height) == ((200, 100) if rotation in (90, 270) else (100, 200))


def test_boxes_are_on_one_line_where_they_share_half_of_their_height() -> None:
    assert on_one_line((0, 0, 5, 10), (9, 4, 12, 9))
    assert not on_one_line((0, 0, 5, 10), (9, 6, 12, 18))
    assert around((0, 0, 5, 10), (9, 4, 12, 19)) == (0, 0, 12, 19)
