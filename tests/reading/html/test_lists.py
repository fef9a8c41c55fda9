from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser

from qa_service.reading.html.lists import OpenList, item_marker


def list_of(html: str) -> OpenList:
    node = LexborHTMLParser(html).css_first("ol, ul")
    assert node is not None
    return OpenList.of(node)


def test_numbers_are_those_a_browser_shows() -> None:
    lists = [list_of("<ol start=' 5'>")]
    assert [item_marker(lists, value) for value in (None, "9", "x", None)] == [
        "5. ",
        "9. ",
        "10. ",
        "11. ",
    ]
    lists = [list_of("<ol reversed><li>a<li>b<li>c")]
    assert [item_marker(lists, None) for _ in range(3)] == ["3. ", "2. ", "1. "]


def test_levels_are_indented_up_to_a_limit() -> None:
    bullets = OpenList()
    assert item_marker([], None) == "- "
    assert item_marker([bullets], "7") == "- "
    assert item_marker([bullets] * 3, None) == "    - "
    assert item_marker([bullets] * 50, None) == " " * 14 + "- "
