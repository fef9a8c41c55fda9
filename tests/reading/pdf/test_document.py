from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as api
import pytest
from fpdf.enums import TextMode
from tests.reading.make_pdfs import (
    HEIGHT,
    SENTENCES,
    WIDTH,
    Paper,
    boilerplate,
    changed,
    page_texts,
    paragraphs,
    read,
)

import qa_service.reading.pdf.document as module
from qa_service.errors import (
    DocumentDamaged,
    DocumentError,
    DocumentProtected,
    DocumentScanned,
    DocumentTooLarge,
)

PROSE = " ".join(SENTENCES)


def one_page(text: str = PROSE) -> Paper:
    paper = Paper()
    paper.paragraph(72, 100, text, 460)
    return paper


def pictured(paper: Paper) -> Paper:
    """The same paper with one more page, which is a picture of text."""
    from PIL import Image

    paper.add_page()
    paper.image(Image.new("L", (50, 60), 200), 0, 0, WIDTH, HEIGHT)
    return paper


def test_a_paragraph_is_one_line_and_a_blank_line_divides_it_from_the_next() -> None:
    paper = Paper()
    below = paper.paragraph(72, 100, PROSE, 460)
    paper.paragraph(72, below + 8, SENTENCES[0], 460)
    document = read(paper.written())
    assert document.text == f"{PROSE}\n\n{SENTENCES[0]}"
    assert document.id == "some file.pdf"
    assert document.metadata["pages"] == 1
    assert document.sha256 == hashlib.sha256(paper.written()).hexdigest()


def test_columns_are_read_one_after_the_other_and_a_paragraph_goes_on_over_them() -> None:
    paper = Paper()
    paper.put(72, 70, "A title across both columns", 18)
    lines = paper.wrapped(PROSE, 220)
    # The column ends in the middle of a sentence.
    half = next(
        i for i in range(4, len(lines)) if not lines[i].endswith(".") and lines[i + 1][0].islower()
    )
    paper.lines(72, 100, lines[: half + 1])
    below = paper.lines(320, 100, lines[half + 1 :])
    paper.paragraph(320, below + 8, SENTENCES[3], 220)
    document = read(paper.written())
    assert paragraphs(document) == ["A title across both columns", PROSE, SENTENCES[3]]


def test_a_paragraph_over_a_page_break_is_whole_and_its_places_tell_both_pages() -> None:
    paper = Paper()
    lines = paper.wrapped(PROSE, 460)
    split = next(i for i, line in enumerate(lines) if i and line[0].islower())
    paper.put(72, 100, "Before")
    paper.lines(72, 600, lines[:split])
    paper.put(72, 700, "1 A footnote, smaller than the text around it.", 8)
    paper.add_page()
    paper.lines(72, 100, lines[split:])
    document = read(paper.written())
    start = document.text.index(PROSE)
    places = [p for p in document.places if start <= p.start < start + len(PROSE)]
    assert [place.page for place in places] == [1] * split + [2] * (len(lines) - split)
    assert document.text.endswith("1 A footnote, smaller than the text around it.")


def test_words_divided_at_a_line_end_are_joined_and_real_hyphens_stay() -> None:
    paper = Paper()
    lines = [
        "The long awaited transpor-",
        "tation of sand over the well-",
        "known river began in the year",
        "of the pre- and the post-",
        "war conferences, not in 1950-",
        "1951, as the data-",
        "driven study of the data by a",
        "driven man had it, but later.",
    ]
    paper.lines(72, 100, lines)
    assert read(paper.written()).text == (
        "The long awaited transportation of sand over the well-known river began in the year of "
        "the pre- and the postwar conferences, not in 1950-1951, as the data-driven study of the "
        "data by a driven man had it, but later."
    )


def test_headings_have_levels_by_size_and_number() -> None:
    paper = Paper()
    paper.put(72, 80, "The harbour of Lindholm", 20)
    y = 110.0
    for heading, size in [
        ("1. Freight", 14),
        ("1.1 Ships", 12),
        ("Sand and gravel", 11),
        ("2. People", 14),
    ]:
        paper.put(72, y, heading, size, "B" if size == 12 else "")
        y = paper.paragraph(72, y + 20, PROSE, 460) + 15
    document = read(paper.written())
    assert [(heading.level, heading.text) for heading in document.headings] == [
        (1, "The harbour of Lindholm"),
        (2, "1. Freight"),
        (3, "1.1 Ships"),
        (4, "Sand and gravel"),
        (2, "2. People"),
    ]
    for heading in document.headings:
        assert document.text[heading.start : heading.end] == heading.text


def test_bookmarks_say_what_is_a_heading() -> None:
    paper = Paper()
    paper.put(72, 80, "Of the freight")
    paper.paragraph(72, 110, PROSE, 460)

    def mark(pdf: pikepdf.Pdf) -> None:
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("Of  the Freight", 0))

    assert not read(paper.written()).headings
    assert [h.text for h in read(changed(paper.written(), mark)).headings] == ["Of the freight"]


def test_the_title_is_stated_or_the_largest_text_or_the_file_name() -> None:
    def titled(stated: str, large: str = "") -> str:
        paper = one_page()
        if large:
            paper.put(72, 60, large, 20)
        paper.set_title(stated)
        return read(paper.written()).title

    assert titled("Stated title", "The harbour of Lindholm") == "Stated title"
    assert titled("Microsoft Word - report.doc", "The harbour") == "The harbour"
    assert titled("", "The harbour") == "The harbour"
    assert titled("some_file") == titled("") == "Some file"


def test_running_headers_footers_and_numbers_are_kept_and_never_retrieved() -> None:
    paper = Paper(0)
    for page in range(1, 5):
        paper.add_page()
        paper.put(72, 40, f"Journal of Harbours {2000 + page}")
        paper.put(300, 770, f"Page {page} of 4")
        paper.paragraph(72, 100, SENTENCES[page], 460)
    document = read(paper.written())
    assert boilerplate(document) == [
        line for n in range(1, 5) for line in (f"Journal of Harbours {2000 + n}", f"Page {n} of 4")
    ]
    assert paragraphs(document) == list(SENTENCES[1:])


def test_a_clear_table_keeps_its_rows_and_cells() -> None:
    paper = Paper()
    rows = [("Year", "Ships", "Tonnes"), ("1961", "1,204", "84,000"), ("1962", "99", "91,500")]
    below = paper.paragraph(72, 100, PROSE, 460)
    for i, row in enumerate(rows):
        for x, cell in zip((90, 200, 320), row, strict=True):
            paper.put(x, below + 20 + 14 * i, cell)
    document = read(paper.written())
    table = "Year | Ships | Tonnes\n1961 | 1,204 | 84,000\n1962 | 99 | 91,500"
    assert paragraphs(document) == [PROSE, table]
    assert [document.text[b.start : b.end] for b in document.blocks] == [table]


def test_a_listing_keeps_its_lines_and_its_indents() -> None:
    paper = one_page()
    for i, (x, line) in enumerate([(72, "def f(x):"), (96, "return x"), (72, "f(1)")]):
        paper.put(x, 250 + 12 * i, line, 10, font="Courier")
    document = read(paper.written())
    assert paragraphs(document) == [PROSE, "def f(x):\n    return x\nf(1)"]
    assert len(document.blocks) == 1


def test_metadata_and_language_are_what_the_file_states() -> None:
    paper = one_page()
    paper.set_author("Anna Author")
    paper.set_keywords("harbour, freight; harbour")
    paper.set_lang("en-GB")
    document = read(paper.written())
    assert document.metadata["author"] == "Anna Author"
    assert document.metadata["tags"] == ["harbour", "freight"]
    assert str(document.metadata["date"]).startswith("20")
    assert document.language == "en"


def test_a_pdf_of_pictures_is_refused_with_the_remedy() -> None:
    paper = Paper(0)
    pictured(pictured(paper))
    with pytest.raises(DocumentScanned, match=r"some file\.pdf: no text layer \(2 scanned") as e:
        read(paper.written())
    assert "ocrmypdf" in e.value.hint


def test_single_pages_without_text_are_named_in_the_metadata() -> None:
    document = read(pictured(one_page()).written())
    assert document.metadata["pages_without_text"] == ["2"]
    assert document.text == PROSE
    assert "pages_without_text" not in read(one_page().written()).metadata


def test_stamps_on_scanned_pages_are_no_text_layer() -> None:
    paper = Paper(0)
    for number in (1, 2):
        pictured(paper)
        paper.put(72, 770, f"Downloaded from the archive, page {number}", 8)
    with pytest.raises(DocumentScanned, match="2 scanned pages"):
        read(paper.written())


def test_blank_pages_are_no_scans() -> None:
    assert read(Paper(2).written()).text == ""


def test_the_invisible_text_of_a_scan_is_text() -> None:
    paper = Paper(0)
    pictured(paper)
    paper.text_mode = TextMode.INVISIBLE
    paper.paragraph(72, 100, PROSE, 460)
    assert read(paper.written()).text == PROSE


def test_a_password_is_asked_for_only_where_one_is_needed() -> None:
    paper = one_page()
    paper.set_encryption("owner", "user")
    with pytest.raises(DocumentProtected, match="needs a password"):
        read(paper.written())
    paper = one_page()
    paper.set_encryption("owner", "")
    assert read(paper.written()).text == PROSE


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"no PDF at all", b"\0" * 5000])
def test_what_is_no_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentDamaged, match="not a readable PDF"):
        read(data)


def test_a_pdf_without_pages_is_refused() -> None:
    def empty(pdf: pikepdf.Pdf) -> None:
        del pdf.pages[0]

    with pytest.raises(DocumentDamaged, match=r"some file\.pdf: "):
        read(changed(one_page().written(), empty))


def test_truncated_and_altered_files_are_read_or_refused() -> None:
    paper = pictured(one_page())
    paper.put(72, 50, "More", 18)
    data = paper.written()
    chance = random.Random(7)
    variants = [data[: len(data) * i // 40] for i in range(40)]
    for _ in range(150):
        altered = bytearray(data)
        for _ in range(chance.randrange(1, 20)):
            altered[chance.randrange(len(data))] = chance.randrange(256)
        variants.append(bytes(altered))
    read_whole = 0
    refusals: list[DocumentError] = []
    for variant in variants:
        try:
            read_whole += read(variant).text.startswith("The harbour")
        except DocumentError as error:
            refusals.append(error)
    assert read_whole > 0
    assert refusals
    assert all(refusal.message.startswith("some file.pdf: ") for refusal in refusals)
    assert all(refusal.hint for refusal in refusals)


def test_a_page_tree_and_an_outline_that_lead_back_to_themselves_end() -> None:
    def loop(pdf: pikepdf.Pdf) -> None:
        kid = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Pages, Count=1))
        kid.Kids = pikepdf.Array([pdf.Root.Pages])
        pdf.Root.Pages.Kids.append(kid)
        pdf.Root.Pages.Count = 3
        item = pdf.make_indirect(pikepdf.Dictionary(Title=pikepdf.String("again")))
        item.Next = item
        item.First = item
        pdf.Root.Outlines = pdf.make_indirect(pikepdf.Dictionary(First=item, Last=item, Count=1))

    assert read(changed(one_page().written(), loop)).text == PROSE


def test_too_many_pages_and_too_many_characters_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = Paper(3).written()
    monkeypatch.setattr(module, "MOST_PAGES", 2)
    with pytest.raises(DocumentTooLarge, match="3 pages exceed the limit of 2"):
        read(data)
    monkeypatch.setattr(module, "MOST_CHARACTERS", 100)
    with pytest.raises(DocumentTooLarge, match="more than 100 characters by page 1"):
        read(one_page().written())


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("cropped", [False, True])
def test_every_place_encloses_its_line_on_the_page_as_displayed(
    rotation: int, cropped: bool
) -> None:
    paper = one_page()
    paper.put(72, 400, "A heading", 16)
    with paper.rotation(90, 300, 500):
        paper.put(300, 500, "written upwards")

    def turn(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].rotate(rotation, relative=False)
        if cropped:
            pdf.pages[0].cropbox = pikepdf.Array([40, 60, 590, 770])

    data = changed(paper.written(), turn)
    document = read(data)
    assert "written upwards" in document.text
    assert len(document.places) >= 5
    with pdfium.PdfDocument(data) as pdf:
        page = pdf[0]
        text_page = page.get_textpage()
        for place in document.places:
            assert place.box is not None
            corners = [on_page(page, x, y) for x, y in (place.box[:2], place.box[2:])]
            (x0, y0), (x1, y1) = corners
            inside = text_page.get_text_bounded(
                min(x0, x1) - 1, min(y0, y1) - 1, max(x0, x1) + 1, max(y0, y1) + 1
            )
            assert document.text[place.start : place.end] in inside


def on_page(page: pdfium.PdfPage, x: float, y: float) -> tuple[float, float]:
    """Return a point of the displayed page in the page's own coordinates, as PDFium has it."""
    import ctypes

    width, height = page.get_size()
    found = ctypes.c_double(), ctypes.c_double()
    assert api.FPDF_DeviceToPage(
        page, 0, 0, int(width * 10), int(height * 10), 0, int(x * 10), int(y * 10), *found
    )
    return found[0].value, found[1].value


def test_text_that_is_upright_on_a_turned_page_is_read_in_order() -> None:
    paper = Paper()
    with paper.rotation(90, 306, 396):
        paper.paragraph(-20, 300, PROSE, 460)
    assert read(paper.written()).text == PROSE


FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")


@pytest.mark.skipif(not FONT.exists(), reason=f"{FONT} (fonts-dejavu) is not installed")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("text", "right_to_left"),
    [
        ("שלום עולם, הנמל נבנה מחדש אחרי השיטפון.", True),
        ("ميناء مدينة ساحلية أعيد بناؤه بعد الفيضان", True),
        ("Гавань была перестроена после наводнения.", False),
    ],
    ids=["Hebrew", "Arabic", "Russian"],
)
def test_scripts_are_read_in_logical_order(text: str, right_to_left: bool) -> None:
    paper = Paper()
    paper.add_font("DejaVu", "", str(FONT))
    paper.set_text_shaping(use_shaping_engine=False)
    # Put as it stands on the page: fpdf2 does not order it.
    paper.put(200, 100, text[::-1] if right_to_left else text, 12, font="DejaVu")
    assert read(paper.written()).text == text


def test_ideographs_are_joined_without_a_space() -> None:
    lines = ["港口在洪水之后重建，来自三个国家的工程师", "参与了新海堤的建设。"]

    def chinese(pdf: pikepdf.Pdf) -> None:
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type0,
            BaseFont=pikepdf.Name("/STSong-Light"),
            Encoding=pikepdf.Name("/UniGB-UCS2-H"),
            DescendantFonts=[
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Font,
                    Subtype=pikepdf.Name.CIDFontType0,
                    BaseFont=pikepdf.Name("/STSong-Light"),
                    CIDSystemInfo=pikepdf.Dictionary(
                        Registry="Adobe", Ordering="GB1", Supplement=2
                    ),
                    DW=1000,
                )
            ],
        )
        page = pdf.pages[0]
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        shown = "".join(
            f"BT /F1 12 Tf 72 {700 - 15 * i} Td <{line.encode('utf-16-be').hex()}> Tj ET\n"
            for i, line in enumerate(lines)
        )
        page.Contents = pdf.make_stream(shown.encode())

    document = read(changed(one_page().written(), chinese))
    assert document.text == "".join(lines)
    assert document.places[0].box is not None


def test_nothing_that_pdfium_extracts_is_lost_from_a_whole_paper() -> None:
    paper = Paper(0)
    for page in (1, 2):
        paper.add_page()
        paper.put(72, 70, f"Part {page}", 16)
        paper.paragraph(72, 100, PROSE, 220)
        paper.paragraph(320, 100, PROSE, 220)
    data = paper.written()
    kept = "".join(read(data).text.split())
    said = "".join("".join(page_texts(data)).split())
    assert sorted(kept) == sorted(said)
