from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from qa_service.reading.html.tables import layout_tables

ROWS = "<tr><td>a<td>b<tr><td>c<td>d"


def layouts(html: str) -> list[bool]:
    page = LexborHTMLParser(html)
    found = layout_tables(page.root)
    return [node.mem_id in found for node in page.css("table")]


@pytest.mark.parametrize(
    ("table", "is_layout"),
    [
        (f"<table>{ROWS}</table>", False),
        (f"<table><tr><th>x<th>y{ROWS}</table>", False),
        (f"<table><tr><th>x<th>y<tr><td><ul><li>a</ul><td><p>b<p>{'c' * 700}</table>", False),
        (f"<table role=presentation>{ROWS}</table>", True),
        ("<table><tr><td>one cell</table>", True),
        ("<table><tr><td>one<td>row</table>", True),
        (f"<table>{ROWS}<tr><td><p>a<p>b<td></table>", True),
        (f"<table>{ROWS}<tr><td><h2>a</h2></table>", True),
        (f"<table><tr><th>x<th>y{ROWS}<tr><td><pre>a</pre></table>", True),
        (f"<table>{ROWS}<tr><td>{'a' * 700}</table>", True),
        (f"<table><tr><th>x<th>y<tr><td>{'a' * 2_500}</table>", True),
    ],
)
def test_tables_of_data_are_told_from_layout(table: str, is_layout: bool) -> None:
    assert layouts(table) == [is_layout]


def test_a_table_around_another_is_layout() -> None:
    assert layouts(f"<table>{ROWS}<tr><td><table>{ROWS}</table></table><table>{ROWS}</table>") == [
        True,
        False,
        False,
    ]


def test_a_page_without_elements_has_none() -> None:
    assert layout_tables(None) == frozenset()
