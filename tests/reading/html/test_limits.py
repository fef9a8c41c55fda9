from __future__ import annotations

import gc
import time
from collections.abc import Callable

import pytest
from selectolax.lexbor import LexborHTMLParser
from tests.reading.html_pages import read

from qa_service.reading.html.limits import within_limits


def depth(html: str) -> int:
    node, deepest, level = LexborHTMLParser(html).root, 0, 1
    while node is not None:
        deepest = max(deepest, level)
        following = node.first_child
        level += following is not None
        while following is None and node is not None:
            following = node.next
            if following is None:
                node = node.parent
                level -= 1
        node = following
    return deepest


def test_an_ordinary_page_is_left_as_it_is() -> None:
    rows = "<tr><td>a<td><b>b</b><p>c<p>d</td></tr>" * 500
    nested = "<div><span>" * 100 + "x" + "</span></div>" * 100
    script = "<script>" + "'<div>';" * 100 + "</script>"  # three of them would nest too deep
    html = f"<!-- <div> --><table>{rows}</table>{nested}{script}" * 3
    assert within_limits(html) is html


def test_deep_blocks_become_lines() -> None:
    html = "".join(f"<div>line {i}" for i in range(2_000)) + "</div>" * 2_000 + "<p>after"
    limited = within_limits(html)
    assert depth(limited) < 300
    text = read(html).text
    assert text.split("\n")[-3:] == ["line 1999", "", "after"]
    assert all(f"line {i}" in text for i in range(2_000))


HOSTILE: dict[str, Callable[[int], str]] = {
    "blocks": lambda n: "<div>" * n + "x",
    "inline": lambda n: "<span>" * n + "<p>x</p>" * n,
    "custom": lambda n: "<x-y/>" * n,
    "lists": lambda n: "<ul><li>" * n,
    "tables": lambda n: "<table><td>" * n,
    "cells": lambda n: "<div><table><td></div>" * n,
    "links": lambda n: "<a href=x><div>" * n,
    "forms": lambda n: "<form><div></form>" * n,
    "formatting": lambda n: "".join(f"<b id={i}><p>" for i in range(n)),
    "misnested": lambda n: "<b><div></b>" * n,
    "attributes": lambda n: "<p " + " ".join(f"a{i}=1" for i in range(n)) + ">x",
    "svg": lambda n: "<svg><a>" * n,
    "svg script": lambda n: "<svg><script><g>" * n,
    "svg comment": lambda n: "<svg><![CDATA[><!--]]><p>" + "<div>" * n,
    "html in svg": lambda n: "<svg><foreignObject><div/>" * n,
    "quotes": lambda n: '<p x"><div>' * n,
    "unclosed": lambda n: "<a " * n,
    "unclosed value": lambda n: '<p a="' + "<div>" * n,
    "comments": lambda n: "<!--" * n,
    "options": lambda n: "<select><option><div>" * n,
    "headings": lambda n: "<h1><div><h2>" * n,
    "ruby": lambda n: "<ruby><rt>" * n,
    "text": lambda n: "x&#xD800;\0<" * n,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_markup_nests_deeper_than_the_limits_allow(name: str) -> None:
    # A counted level may bring a few with it that the parser closes by itself, such as table cells.
    assert depth(within_limits(HOSTILE[name](8_000))) < 2_000


@pytest.mark.parametrize("name", HOSTILE)
def test_no_markup_takes_more_than_linear_time(name: str) -> None:
    make = HOSTILE[name]
    read(make(300))
    durations = []
    gc.disable()  # a collection would look through whatever other tests have left
    try:
        for n in (1_000, 8_000):
            start = time.process_time()
            read(make(n))
            durations.append(time.process_time() - start)
    finally:
        gc.enable()
    # Quadratic growth would be 64-fold; far below it, noise and fixed costs have room.
    assert durations[1] < max(24 * durations[0], 0.5)


def test_too_many_attributes_go_and_the_element_stays() -> None:
    html = "<p " + " ".join(f"data-{i}=1" for i in range(5_000)) + " hidden>shown</p>"
    assert within_limits(html) == "<p>shown</p>"


def test_many_formatting_elements_left_open_lose_their_tags_only() -> None:
    html = "".join(f"<b id={i}>word{i} " for i in range(1_000))
    assert read(html).text == " ".join(f"word{i}" for i in range(1_000))


def test_a_small_page_of_many_tags_is_limited_too() -> None:
    html = "".join(f"<b id={i}><p>" for i in range(1_000))
    assert within_limits(html).count("<b") <= 256
