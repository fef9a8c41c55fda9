from __future__ import annotations

from tests.reading.pdf_parts import line

from qa_service.reading.pdf.headings import folded, heading_levels, heading_text, title_blocks
from qa_service.reading.pdf.paragraphs import Block

PROSE = Block(
    tuple(line("Prose of the body that goes on and on for a whole line.", 50, 0) for _ in range(9))
)


def block(text: str, size: float = 10, *, bold: bool = False) -> Block:
    return Block((line(text, 50, 100, size=size, bold=bold),))


def levels(*blocks: Block, titles: tuple[int, ...] = (), **bookmarks: int) -> list[int]:
    return heading_levels(blocks, titles, 10, bookmarks)


def test_levels_follow_the_rank_of_sizes_and_weights() -> None:
    blocks = [block("The title", 20), PROSE, block("Large", 14), PROSE, block("Small", 12), PROSE]
    blocks += [block("Bold as the body", bold=True), PROSE]
    assert levels(*blocks, titles=(0,)) == [1, 0, 2, 0, 3, 0, 4, 0]


def test_numbers_say_their_level() -> None:
    blocks = [block("2 Methods", 14), PROSE, block("2.1.3 Sites", 14), PROSE]
    blocks += [block("3. End"), PROSE]
    assert levels(*blocks) == [2, 0, 4, 0, 2, 0]


def test_bookmarks_say_their_level() -> None:
    assert levels(block("Of Freight"), PROSE, offreight=1) == [3, 0]


def test_what_is_no_heading() -> None:
    for text in ("Figure 3. Freight", "12 34 56", "Contents . . . . . 7", "a, b and c,"):
        assert levels(block(text, 14), PROSE) == [0, 0], text
    assert levels(block("A bold sentence that ends.", bold=True), PROSE) == [0, 0]
    assert levels(block("3. small letters after a number"), PROSE) == [0, 0]
    assert levels(block("1 Alone"), block("no prose below")) == [0, 0]


def test_authors_below_the_title_are_no_headings() -> None:
    blocks = [block("The title", 20), block("Anna Author", 12), PROSE, block("Part", 14), PROSE]
    assert levels(*blocks, titles=(0,)) == [1, 0, 0, 2, 0]


def test_a_style_of_much_of_the_text_is_no_style_of_headings() -> None:
    slides = [block("words of a slide that are large", 14) for _ in range(30)]
    assert set(levels(*slides, PROSE)) == {0}


def test_the_title_is_the_stated_one_where_it_stands_on_the_first_page() -> None:
    blocks = [block("Largest", 24), block("The Harbour"), block("of Lindholm"), PROSE]
    assert title_blocks(blocks, "The harbour of Lindholm", 10) == [1, 2]
    assert title_blocks(blocks, "The Harbour", 10) == [1]
    assert title_blocks(blocks, "Not on the page", 10) == []
    assert title_blocks(blocks, "", 10) == [0]


def test_no_title_is_found_in_plain_text_or_nothing() -> None:
    assert title_blocks([PROSE], "", 10) == []
    assert title_blocks([], "", 10) == []


def test_a_heading_s_words_are_on_one_line() -> None:
    two = Block((line("The harbour", 50, 100), line("of Lindholm", 50, 112)))
    assert heading_text(two) == "The harbour of Lindholm"
    assert folded("The harbour, of  Lindholm!") == "theharbouroflindholm"
