from __future__ import annotations

import pytest

from word_files import p, read_word

BULLETS = ("bullet", "\uf0b7")
NUMBERS = ("decimal", "%1.")


def level(index: int, form: str, text: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def numbering(*levels: tuple[str, str], lists: str = "", more: tuple[str, ...] = ()) -> str:
    written = "".join(
        level(i, form, text, more[i] if i < len(more) else "")
        for i, (form, text) in enumerate(levels)
    )
    plain = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    return f'<w:abstractNum w:abstractNumId="0">{written}</w:abstractNum>{plain}{lists}'


def item(text: str, depth: int = 0, number: int = 1) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')


def lines(body: str, numbers: str) -> list[str]:
    return read_word(body, numbering=numbers).text.split("\n")[:-1]


def test_bullets_are_hyphens_and_numbers_are_counted() -> None:
    assert lines(item("a") + item("b"), numbering(BULLETS)) == ["- a", "- b"]
    assert lines(item("a") + item("b"), numbering(NUMBERS)) == ["1. a", "2. b"]


@pytest.mark.parametrize(
    ("form", "markers"),
    [
        ("lowerLetter", ["a", "b", "c"]),
        ("upperLetter", ["A", "B", "C"]),
        ("lowerRoman", ["i", "ii", "iii"]),
        ("upperRoman", ["I", "II", "III"]),
        ("russianLower", ["а", "б", "в"]),
        ("decimalZero", ["01", "02", "03"]),
        ("chineseCounting", ["一", "二", "三"]),
        ("somethingRare", ["1", "2", "3"]),
    ],
)
def test_numbers_have_the_form_of_their_list(form: str, markers: list[str]) -> None:
    body = item("x") + item("x") + item("x")
    assert lines(body, numbering((form, "(%1)"))) == [f"({marker}) x" for marker in markers]


def test_letters_repeat_after_z_and_romans_subtract() -> None:
    numbers = lines("".join(item("x") for _ in range(49)), numbering(("lowerLetter", "%1)")))
    assert [numbers[25], numbers[26], numbers[27]] == ["z) x", "aa) x", "bb) x"]
    romans = lines("".join(item("x") for _ in range(49)), numbering(("upperRoman", "%1.")))
    assert [romans[3], romans[8], romans[48]] == ["IV. x", "IX. x", "XLIX. x"]
    chinese = lines("".join(item("x") for _ in range(21)), numbering(("chineseCounting", "%1、")))
    assert [chinese[9], chinese[10], chinese[19]] == ["十、 x", "十一、 x", "二十、 x"]


def test_deeper_levels_show_the_numbers_above_and_start_again() -> None:
    body = item("a") + item("b", 1) + item("c", 1) + item("d") + item("e", 1)
    numbers = numbering(NUMBERS, ("decimal", "%1.%2."))
    assert lines(body, numbers) == ["1. a", "1.1. b", "1.2. c", "2. d", "2.1. e"]


def test_nested_bullets_are_indented_and_places_begin_after_the_indent() -> None:
    document = read_word(
        item("a") + item("b", 1) + item("c"), numbering=numbering(BULLETS, BULLETS)
    )
    assert document.text == "- a\n  - b\n- c\n"
    assert [document.text[place.start : place.end] for place in document.places] == [
        "- a",
        "- b",
        "- c",
    ]


def test_a_level_may_go_on_counting() -> None:
    body = item("a") + item("b", 1) + item("c") + item("d", 1)
    numbers = numbering(NUMBERS, ("decimal", "%2)"), more=("", '<w:lvlRestart w:val="0"/>'))
    assert lines(body, numbers) == ["1. a", "1) b", "2. c", "2) d"]


def test_legal_numbering_is_decimal_throughout() -> None:
    body = item("a") + item("b", 1)
    numbers = numbering(("upperRoman", "%1."), ("decimal", "%1.%2"), more=("", "<w:isLgl/>"))
    assert lines(body, numbers) == ["I. a", "1.1 b"]


def test_a_list_may_start_again_and_two_lists_may_share_their_count() -> None:
    lists = (
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="5"/></w:lvlOverride></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/></w:num>'
    )
    body = item("a") + item("b", number=3) + item("c", number=2) + item("d", number=2)
    assert lines(body, numbering(NUMBERS, lists=lists)) == ["1. a", "2. b", "5. c", "6. d"]


def test_a_list_may_take_its_levels_from_a_style() -> None:
    styles = (
        '<w:style w:styleId="L" w:type="numbering"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr>'
        "</w:pPr></w:style>"
    )
    lists = (
        '<w:abstractNum w:abstractNumId="9"><w:numStyleLink w:val="L"/></w:abstractNum>'
        '<w:num w:numId="2"><w:abstractNumId w:val="9"/></w:num>'
    )
    numbers = numbering(("upperLetter", "%1."), lists=lists)
    assert read_word(item("a", number=2), styles=styles, numbering=numbers).text == "A. a\n"


def test_number_zero_and_unknown_lists_are_no_lists() -> None:
    body = item("a", number=0) + item("b", number=99)
    assert read_word(body, numbering=numbering(BULLETS)).text == "a\n\nb\n"


def test_an_unheard_of_level_is_numbered_plainly() -> None:
    assert lines(item("a", 8), numbering(NUMBERS)) == ["1. a"]


def test_a_headings_number_is_part_of_its_text_and_not_of_the_title() -> None:
    head = p("Scope", '<w:pStyle w:val="Heading1"/><w:numPr><w:numId w:val="1"/></w:numPr>')
    document = read_word(head, numbering=numbering(NUMBERS))
    assert document.text == "1. Scope\n"
    assert document.headings[0].text == "1. Scope"
    assert document.title == "Scope"
    assert read_word(head, numbering=numbering(BULLETS)).text == "Scope\n"
