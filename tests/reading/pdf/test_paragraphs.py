from __future__ import annotations

import pytest
from tests.reading.pdf_parts import line

from qa_service.reading.pdf.lines import Line
from qa_service.reading.pdf.paragraphs import Block, blocks_of, joined

FULL = "a line of prose that fills the whole width of its column"


def shown(lines: list[Line], *, code: bool = False) -> list[str]:
    """Each block as text, its joints as they are written."""
    return [written(block) for block in blocks_of(lines, code=code)]


def written(block: Block) -> str:
    joints = [joint.value for joint in block.joints] + [""]
    return "".join(part.text + joint for part, joint in zip(block.lines, joints, strict=True))


def test_wrapped_lines_are_one_paragraph() -> None:
    assert shown([line(FULL, 50, 100 + 12 * i) for i in range(3)]) == [" ".join([FULL] * 3)]


@pytest.mark.parametrize(
    ("last", "following"),
    [
        (line("It ends here.", 50, 112), line(FULL, 50, 124)),  # a short line that ends a sentence
        (line(FULL, 50, 112), line(FULL, 50, 135)),  # more space than between lines
        (line(f"{FULL}.", 50, 112), line(FULL, 70, 124)),  # an indent
        (line(FULL, 50, 112), line("A Heading", 50, 126, size=13)),  # another size
        (line("A heading", 50, 112, bold=True), line(FULL, 50, 124)),  # bold to plain
        (line(FULL, 50, 112), line("1 | 2", 50, 124, row=True)),  # a table
    ],
)
def test_paragraphs_divide(last: Line, following: Line) -> None:
    lines = [line(FULL, 50, 88 + 12 * i) for i in range(2)] + [last, following]
    lines += [line(FULL, 50, following.box[1] + 12 * i) for i in range(1, 4)]
    assert any(text.startswith(following.text) for text in shown(lines))


def test_a_first_line_that_is_indented_belongs_to_its_paragraph() -> None:
    lines = [line(FULL, 65, 100), line(FULL, 50, 112), line(FULL, 50, 124)]
    assert len(shown(lines)) == 1


def test_hanging_entries_are_paragraphs_of_their_own() -> None:
    lines = [
        line(FULL, 50 + 15 * (i % 2), 100 + 12 * i, width=280 - 15 * (i % 2)) for i in range(6)
    ]
    assert shown(lines) == [f"{FULL} {FULL}"] * 3


def test_items_of_a_list_stay_on_lines_of_their_own() -> None:
    lines = [
        line("We bring:", 50, 100),
        line(f"• first {FULL}", 60, 112),
        line("that goes on", 70, 124),
        line("• second", 60, 136),
        line("3. third", 60, 148),
    ]
    assert shown(lines)[-1].split("\n")[-3:] == [
        f"• first {FULL} that goes on",
        "• second",
        "3. third",
    ]


def test_short_lines_stay_on_lines_of_their_own() -> None:
    lines = [line(FULL, 50, 60), line("Anna Author", 50, 100), line("Pier Four", 50, 112)]
    assert shown(lines)[1] == "Anna Author\nPier Four"


def test_a_centred_heading_of_two_lines_is_one_block() -> None:
    lines = [line("The longer line of a centred title", 100, 100), line("and the rest", 155, 112)]
    assert shown(lines) == ["The longer line of a centred title and the rest"]


def test_a_line_that_ends_in_a_hyphen_goes_on() -> None:
    lines = [line(FULL, 50, 88), line("the transpor-", 50, 100), line("tation", 50, 112)]
    assert shown(lines)[0].endswith("the transpor- tation")


def test_listings_keep_their_lines_where_the_body_is_not_typewritten() -> None:
    lines = [line(t, 50, 100 + 12 * i, fixed=True) for i, t in enumerate(["a = 1", "b = 2 +", "c"])]
    assert shown([line(FULL, 50, 88), *lines], code=True) == [FULL, "a = 1\nb = 2 +\nc"]
    typewritten = [line(FULL, 50, 100 + 12 * i, fixed=True) for i in range(3)]
    assert shown(typewritten, code=False) == [" ".join([FULL] * 3)]


def paragraph(text: str, page: int = 1, size: float = 10) -> Block:
    """A paragraph of two full lines and a last one."""
    lines = [line(FULL, 50, 100, page=page, size=size), line(text, 50, 112, page=page, size=size)]
    return blocks_of(lines, code=False)[0]


def test_a_paragraph_goes_on_in_the_next_region_past_footnotes_and_captions() -> None:
    begun = paragraph("and then the text breaks off in the middle of some")
    footnote = Block((line("1 A footnote.", 50, 700, size=8),))
    caption = Block((line("Figure 3. Freight by year", 50, 650),))
    rest = Block((line("sentence and ends.", 50, 90, page=2),))
    blocks = joined([[begun, footnote], [caption, rest]], 10)
    assert [written(block)[-18:] for block in blocks] == [
        "sentence and ends.",
        "1 A footnote."[-18:],
        "Figure 3. Freight by year"[-18:],
    ]
    assert [part.page for part in blocks[0].lines] == [1, 1, 2]


@pytest.mark.parametrize(
    ("begun", "rest"),
    [
        (paragraph("and this is where the first paragraph comes to its end."), "then more"),
        (paragraph("and then the text breaks off in the middle of some"), "• then more"),
        (paragraph("and then the text breaks off in the middle of some"), "Then more"),
        (paragraph("and then the text breaks off in the middle", page=1, size=14), "then more"),
    ],
)
def test_other_paragraphs_do_not_go_on(begun: Block, rest: str) -> None:
    assert len(joined([[begun], [Block((line(rest, 50, 90, page=2),))]], 10)) == 2


def test_no_paragraph_goes_on_beyond_the_next_page() -> None:
    begun = paragraph("and then the text breaks off in the middle of some")
    assert len(joined([[begun], [Block((line("sentence.", 50, 90, page=3),))]], 10)) == 2


def test_every_line_is_in_exactly_one_block() -> None:
    texts = [f"{i} {FULL}"[: 5 + 7 * (i % 8)] for i in range(40)]
    lines = [line(text, 50 + i % 3 * 9, 100 + 11 * i) for i, text in enumerate(texts)]
    blocks = blocks_of(lines, code=False)
    assert [part for block in blocks for part in block.lines] == lines
    assert all(len(block.joints) == len(block.lines) - 1 for block in blocks)
    assert blocks_of([], code=False) == []
