from __future__ import annotations

from tests.reading.html_pages import text_of

from qa_service.reading.html.page import PageText
from qa_service.reading.html.regions import Surroundings

PROSE = "It rains. It snows. It blows. " * 20


def test_regions_know_what_is_in_around_and_beside_them() -> None:
    around = Surroundings(
        text_of(f"<main><article><h1>T</h1><p>{PROSE}</p></article></main><div>x</div><div>y</div>")
    )
    nodes = {node.tag: node for node in around.nodes}
    assert nodes["body"].holds_content
    assert nodes["body"].holds_title
    assert nodes["p"].in_main
    assert nodes["p"].in_article
    assert nodes["p"].in_content
    assert nodes["p"].is_prose
    assert around.nodes[nodes["div"].previous].tag == "div"
    assert around.has_main
    assert around.title_in_main
    assert around.has_one_article
    assert around.titles == 1


def test_roles_stand_for_elements() -> None:
    around = Surroundings(text_of(f"<div role=main>{PROSE}</div><div role=contentinfo>x</div>"))
    assert [node.tag for node in around.nodes] == ["html", "body", "main", "footer"]
    assert around.has_main


def test_only_chosen_regions_outside_all_others_are_outermost() -> None:
    around = Surroundings(text_of("<div><p>a</p></div><p>b</p>"))
    chosen = [i for i, node in enumerate(around.nodes) if node.tag in ("div", "p")]
    outer = list(around.outermost(chosen.__contains__))
    assert [around.nodes[i].tag for i in outer] == ["div", "p"]
    assert around.left(set(outer)) == 0
    assert [around.nodes[i].tag for i in around.outermost(chosen.__contains__, {outer[0]})] == ["p"]


def test_a_page_without_elements_has_no_regions() -> None:
    assert Surroundings(PageText("", (), (), (), ())).total == 0
