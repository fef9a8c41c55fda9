from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from qa_service.reading.html.elements import (
    alternative_text,
    beginning_of,
    caption_of,
    is_block,
    is_hidden,
    line_ends,
)


@pytest.mark.parametrize(
    ("attributes", "hidden"),
    [
        ({"hidden": None}, True),
        ({"hidden": "until-found"}, False),
        ({"aria-hidden": " TRUE "}, True),
        ({"aria-hidden": "false"}, False),
        ({"style": "color:red;DISPLAY : none"}, True),
        ({"style": "x-display:none"}, False),
        ({"style": None}, False),
    ],
)
def test_hidden_elements_say_so(attributes: dict[str, str | None], hidden: bool) -> None:
    assert is_hidden("p", attributes) is hidden
    assert not is_hidden("body", attributes)


def test_custom_elements_and_controls_are_blocks() -> None:
    assert is_block("my-card", {})
    assert is_block("button", {})
    assert is_block("a", {"class": "skip-link"})
    assert not is_block("a", {"class": "blue"})
    assert not is_block("unknown", {})


def test_only_paragraphs_stand_apart_inside_a_list_item() -> None:
    assert [line_ends(tag, True) for tag in ("p", "div", "li")] == [2, 1, 1]
    assert [line_ends(tag, False) for tag in ("p", "div", "tr")] == [2, 2, 1]


def test_an_alternative_text_that_says_nothing_is_none() -> None:
    assert alternative_text({"alt": " A  lamp "}) == "A lamp"
    for attributes in ({}, {"alt": None}, {"alt": "Logo"}, {"alt": "a_b.png"}):
        assert alternative_text(attributes) == ""
    assert alternative_text({"alt": "A lamp", "height": "1"}) == ""


def test_the_beginning_of_an_element_is_read_no_further_than_needed() -> None:
    page = LexborHTMLParser("<div>a <b>b</b><a href=x>c<img alt=d></a>" + "<i>e</i>" * 1_000)
    node = page.css_first("div")
    assert node is not None
    text, has_link = beginning_of(node)
    assert text.startswith("a bcde")
    assert len(text) < 100
    assert has_link


def test_a_caption_is_the_figures_own() -> None:
    page = LexborHTMLParser("<figure><img><figcaption>The <i>log</i></figcaption></figure><figure>")
    assert [caption_of(node) for node in page.css("figure")] == ["The log", ""]
