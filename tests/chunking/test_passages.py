from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from qa_service.chunking.passages import make_passages
from qa_service.errors import WindowExceeded
from qa_service.records import Document, Heading, Passage, Place, Span, passage_id

from .counting import chunked, document, prose, utf8_bytes, words


def texts(passages: list[Passage]) -> list[str]:
    return [passage.text for passage in passages]


def headed(text: str, *lines: tuple[int, str]) -> Document:
    headings = tuple(
        Heading(level, line.strip("# "), text.index(line), text.index(line) + len(line))
        for level, line in lines
    )
    return document(text, headings=headings)


def test_passages_and_sentences_are_slices_with_ids_and_counts() -> None:
    text = f"\n  {prose(3)}\n\n{prose(9)}\n"
    passages = chunked(text)
    assert len(passages) > 1
    for passage in passages:
        assert passage.text == text[passage.start : passage.end]
        assert passage.id == passage_id("d.txt", passage.start, passage.end)
        assert (passage.document_id, passage.title) == ("d.txt", "T")
        assert passage.tokens == words([passage.text])[0]
        assert passage.sentences[0].start == passage.start
        assert passage.sentences[-1].end == passage.end
        for sentence in passage.sentences:
            assert sentence.text == text[sentence.start : sentence.end]


def test_a_paragraph_that_fits_stays_whole_and_apart() -> None:
    first, second = prose(4), prose(3)
    assert texts(chunked(f"{first}\n\n{second}")) == [first, second]


def test_short_paragraphs_are_joined_until_there_is_enough() -> None:
    a, b, c = prose(1), prose(1), prose(2)
    # 5 words are fewer than 8: joined; 10 are enough.
    assert texts(chunked(f"{a}\n\n{b}\n\n{c}")) == [f"{a}\n\n{b}", c]


def test_a_paragraph_with_enough_in_it_is_not_joined() -> None:
    a, b = prose(2), prose(1)  # 10 words are enough, though 15 would fit
    assert texts(chunked(f"{a}\n\n{b}")) == [a, b]


def test_a_join_never_exceeds_the_budget() -> None:
    a, b = prose(1), prose(4)  # 5 + 20 > 20
    assert texts(chunked(f"{a}\n\n{b}")) == [a, b]


def test_a_longer_paragraph_is_cut_between_sentences_into_near_equal_pieces() -> None:
    passages = chunked(prose(9))  # 45 words, 20 a passage: 15 + 15 + 15, not 20 + 20 + 5
    assert [passage.tokens for passage in passages] == [15, 15, 15]


def test_a_heading_goes_with_the_paragraph_after_it_and_names_the_section() -> None:
    body, more = prose(2), prose(3)
    text = f"# One\n\n{body}\n\n## Two\n{more}\n\n# Three\n\n{body}"
    passages = chunked(headed(text, (1, "# One"), (2, "## Two"), (1, "# Three")))
    assert texts(passages) == [f"# One\n\n{body}", f"## Two\n{more}", f"# Three\n\n{body}"]
    assert [passage.section for passage in passages] == [("One",), ("One", "Two"), ("Three",)]


def test_short_paragraphs_of_two_sections_are_not_joined() -> None:
    text = f"{prose(1)}\n\n# Next\n\n{prose(1)}"
    assert len(chunked(headed(text, (1, "# Next")))) == 2


def test_consecutive_headings_go_together_and_a_last_one_stands_alone() -> None:
    text = f"# One\n\n## Two\n\n{prose(2)}\n\n# End"
    passages = chunked(headed(text, (1, "# One"), (2, "## Two"), (1, "# End")))
    assert texts(passages) == [f"# One\n\n## Two\n\n{prose(2)}", "# End"]
    assert passages[0].section == ("One", "Two")
    assert passages[0].sentences[0].text == "# One"


def test_a_heading_is_not_left_alone_when_its_paragraph_is_cut() -> None:
    text = f"# One\n\n{prose(8)}"
    passages = chunked(headed(text, (1, "# One")))
    assert passages[0].text.startswith("# One\n\nThe0")
    assert all(passage.section == ("One",) for passage in passages)


def test_a_heading_of_several_sentences_is_one_sentence() -> None:
    text = f"Dr. Who? A life. And more.\n\n{prose(2)}"
    (passage,) = chunked(headed(text, (1, "Dr. Who? A life. And more.")))
    assert passage.sentences[0].text == "Dr. Who? A life. And more."


def test_boilerplate_is_in_no_passage_and_no_passage_crosses_it() -> None:
    text = f"Back Print\n\n{prose(1)}\nShare\n{prose(1)}\n\nHome"
    holes = tuple(
        Span(text.index(line), text.index(line) + len(line))
        for line in ("Home", "Back Print", "Share")
    )
    passages = chunked(document(text, boilerplate=holes))
    assert texts(passages) == [prose(1), prose(1)]


def test_overlapping_boilerplate_is_taken_together() -> None:
    passages = chunked(document("abc def ghi", boilerplate=(Span(0, 6), Span(2, 4), Span(4, 7))))
    assert texts(passages) == ["ghi"]


def test_headings_inside_boilerplate_or_blocks_are_no_sections() -> None:
    text = "# Nav\n\n# code\nx = 1\n\nBody text here."
    source = document(
        text,
        headings=(Heading(1, "Nav", 0, 5), Heading(1, "code", 7, 13)),
        boilerplate=(Span(0, 5),),
        blocks=(Span(7, 19),),
    )
    assert {passage.section for passage in chunked(source)} == {()}


def test_a_block_that_fits_stays_whole_whatever_stands_in_it() -> None:
    code = "```\nif x. Then y!\n\nz = 1\n```"
    text = f"{prose(3)}\n\n{code}\n\n{prose(3)}"
    start = text.index(code)
    passages = chunked(document(text, blocks=(Span(start, start + len(code)),)))
    assert code in texts(passages)
    (passage,) = [passage for passage in passages if passage.text == code]
    assert [sentence.text for sentence in passage.sentences] == [code]


def test_a_block_that_would_be_torn_by_its_heading_stands_apart() -> None:
    code = "\n".join(["a b c d e"] * 4)
    text = f"# Head\n\n{code}"
    source = document(text, headings=(Heading(1, "Head", 0, 6),), blocks=(Span(8, len(text)),))
    assert texts(chunked(source)) == ["# Head", code]


def test_a_longer_block_is_cut_at_line_ends() -> None:
    rows = [f"line {i} of code" for i in range(30)]
    text = "\n".join(rows)
    passages = chunked(document(text, blocks=(Span(0, len(text)),)), sentence_characters=60)
    assert len(passages) > 3
    assert "\n".join(texts(passages)) == text
    for passage in passages:
        for sentence in passage.sentences:
            assert set(sentence.text.split("\n")) <= set(rows)


def test_every_sentence_and_passage_fits_the_window_too() -> None:
    passages = chunked("中文" * 300 + "。" + "短。" * 50, max_tokens=50, window=64)
    for passage in passages:
        assert utf8_bytes([passage.text])[0] <= 64
        assert all(utf8_bytes([sentence.text])[0] <= 64 for sentence in passage.sentences)


def test_a_grapheme_cluster_larger_than_the_window_is_cut_rather_than_refused() -> None:
    zalgo = "a" + "\u0301" * 200
    passages = chunked(zalgo, window=32)
    assert "".join(texts(passages)) == zalgo


def test_a_character_larger_than_the_window_is_an_error_that_names_it() -> None:
    with pytest.raises(WindowExceeded, match="'中' at 3"):
        chunked("ab 中", window=4)


def test_text_that_counts_more_as_a_whole_than_in_parts_is_still_cut_to_fit() -> None:
    def greedy(items: Sequence[str]) -> list[int]:
        return [len(text) // 4 + text.count(". ") * 5 for text in items]

    passages = make_passages(
        document(prose(30)),
        max_tokens=20,
        min_tokens=8,
        sentence_characters=350,
        count=greedy,
        window=10_000,
        window_count=utf8_bytes,
    )
    assert all(passage.tokens <= 20 for passage in passages)
    assert passages[-1].end == len(prose(30))


def test_blank_text_has_no_passages() -> None:
    assert chunked("") == []
    assert chunked(" \n\t\n ") == []


def test_a_gulf_of_whitespace_is_in_no_passage() -> None:
    text = "One." + " " * 1_200_000 + "Two.\n" + "\n" * 50_000 + "Three."
    assert texts(chunked(text)) == ["One.", "Two.", "Three."]


def test_many_headings_blocks_and_navigation_lines_take_linear_time() -> None:
    part = "# H\n\nBack\n\ncode\n\n"
    text = part * 8_000
    starts = range(0, len(text), len(part))
    source = document(
        text,
        headings=tuple(Heading(1, "H", i, i + 3) for i in starts),
        boilerplate=tuple(Span(i + 5, i + 9) for i in starts),
        blocks=tuple(Span(i + 11, i + 15) for i in starts),
    )
    assert len(chunked(source)) == 16_000


def test_places_are_cut_to_the_passage() -> None:
    first, second = prose(4), prose(3)
    text = f"{first}\n\n{second}"
    middle = len(first) + 2 + 5
    places = (
        Place(0, 7, page=1, box=(1.0, 2.0, 3.0, 4.0)),
        Place(7, middle, page=1),
        Place(middle, len(text), page=2, path="/p"),
    )
    one, two = chunked(replace(document(text), places=places))
    assert one.places == (places[0], replace(places[1], end=len(first)))
    assert two.places == (replace(places[1], start=len(first) + 2), places[2])
    assert chunked(text)[0].places == ()
