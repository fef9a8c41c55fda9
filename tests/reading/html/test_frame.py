from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode
from tests.reading.html_pages import select

from qa_service.reading.html.frame import Frame


def frames(html: str) -> list[Frame]:
    root = LexborHTMLParser(html).root
    assert root is not None
    found: list[Frame] = []

    def add(node: LexborNode, parent: Frame | None) -> None:
        frame = Frame.of(node, node.tag or "", parent)
        found.append(frame)
        for child in node.iter():
            add(child, frame)

    add(root, None)
    return found


def test_a_path_gives_positions_only_where_there_are_several_of_a_name() -> None:
    paths = [frame.path() for frame in frames("<main><p>a<b>b</b><p>c</main><o:p>d</o:p>")]
    assert paths == [
        "/html",
        "/html/head",
        "/html/body",
        "/html/body/main",
        "/html/body/main/p[1]",
        "/html/body/main/p[1]/b",
        "/html/body/main/p[2]",
        "/html/body/*[2]",
    ]


def test_paths_select_their_own_element() -> None:
    html = "<div><p>a<ul><li>b<li>c</ul><a:b>d</a:b></div><div><p>e</div>"
    page = LexborHTMLParser(html)
    for frame in frames(html):
        assert [node.html for node in select(page, frame.path())] == [frame.node.html]


def test_a_path_that_nobody_could_read_is_empty() -> None:
    assert frames("<div>" * 250)[-1].path() == ""
