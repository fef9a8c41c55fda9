from __future__ import annotations

import pytest
from lxml import etree

from qa_service.reading.docx.styles import ListPlace, Styles
from word_files import p, part, read_word, styled


def styles_of(*entries: str) -> Styles:
    return Styles(etree.fromstring(part("styles", "".join(entries))))


def style(
    identity: str, name: str, properties: str = "", based_on: str = "", more: str = ""
) -> str:
    parent = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="{identity}" {more}><w:name w:val="{name}"/>'
        f"{parent}<w:pPr>{properties}</w:pPr></w:style>"
    )


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("heading 1", 1),
        ("Heading 3", 3),
        ("Heading2", 2),
        ("Überschrift 2", 2),
        ("Titre 1", 1),
        ("Título 4", 4),
        ("Заголовок 1", 1),
        ("Başlık 2", 2),
        ("标题 1", 1),
        ("見出し 2", 2),
        ("제목 1", 1),
        ("heading", 0),
        ("heading 12", 0),
        ("Normal", 0),
        ("My heading 1", 0),
    ],
)
def test_a_headings_level_is_in_its_styles_name(name: str, level: int) -> None:
    assert styles_of(style("s", name)).look_up("s").level == level
    assert Styles(None).look_up(name).level == level


def test_an_outline_level_makes_any_style_a_headings() -> None:
    styles = styles_of(
        style("a", "Clause", '<w:outlineLvl w:val="1"/>'),
        style("b", "Sub-clause", based_on="a"),
        style("c", "heading 1", '<w:outlineLvl w:val="9"/>'),
        style("d", "Section", based_on="e"),
        style("e", "heading 3"),
        style("f", "Broken", '<w:outlineLvl w:val="x"/>'),
    )
    assert [styles.look_up(i).level for i in "abcdef"] == [2, 2, 0, 3, 3, 0]


def test_a_paragraphs_own_outline_level_outweighs_its_style() -> None:
    body = p("Text.", '<w:pStyle w:val="Heading1"/><w:outlineLvl w:val="9"/>') + p(
        "Head", '<w:outlineLvl w:val="2"/>'
    )
    assert [(h.level, h.text) for h in read_word(body).headings] == [(3, "Head")]


def test_a_loop_of_ancestors_ends() -> None:
    styles = styles_of(style("a", "A", based_on="b"), style("b", "B", based_on="a"))
    assert styles.look_up("a").level == 0


def test_a_subtitle_is_no_title_even_where_it_is_based_on_one() -> None:
    styles = styles_of(
        style("t", "Title"), style("s", "Subtitle", based_on="t"), style("c", "Cover", based_on="t")
    )
    assert [styles.look_up(i).is_title for i in "tsc"] == [True, False, True]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("toc 1", True),
        ("TOC Heading", True),
        ("Contents 2", True),
        ("table of figures", True),
        ("index 1", True),
        ("Table Index 1", True),
        ("Table Contents", False),
        ("Tocqueville", False),
        ("Indexed text", False),
    ],
)
def test_styles_of_contents_are_known_by_name(name: str, expected: bool) -> None:
    assert styles_of(style("s", name)).look_up("s").is_contents is expected


def test_a_bibliography_based_on_an_index_is_no_contents() -> None:
    styles = styles_of(style("i", "Index"), style("b", "Bibliography 1", based_on="i"))
    assert not styles.look_up("b").is_contents


def test_a_style_may_put_its_paragraphs_in_a_list() -> None:
    number = '<w:numPr><w:numId w:val="7"/></w:numPr>'
    level = '<w:numPr><w:ilvl w:val="2"/></w:numPr>'
    styles = styles_of(style("a", "A", number), style("b", "B", level, based_on="a"))
    assert styles.look_up("a").list_place == ListPlace("7", 0)
    assert styles.look_up("b").list_place == ListPlace("7", 2)
    assert styles.look_up("none").list_place is None


def test_a_paragraph_without_a_style_has_the_default_one() -> None:
    default = style("n", "heading 1", more='w:default="1"')
    assert [h.text for h in read_word(p("Head"), styles=default).headings] == ["Head"]


def test_bullets_are_known_by_name_where_no_numbering_is_stored() -> None:
    assert read_word(styled("ListBullet", "a") + styled("List Bullet 2", "b")).text == "- a\n- b\n"


def test_a_long_line_of_ancestors_is_followed_a_short_way() -> None:
    line = [style(f"s{i}", f"S{i}", based_on=f"s{i + 1}") for i in range(100)]
    styles = styles_of(*line, style("s100", "heading 1"))
    assert [styles.look_up(f"s{i}").level for i in (0, 90)] == [0, 1]
    assert sum(styles.look_up(f"s{i}").level for i in range(100)) == 31
