from __future__ import annotations

import pytest
from tests.reading.html_pages import boilerplate, content, read

PROSE = (
    "The harbour was rebuilt after the flood. Engineers from three countries worked on it. "
    "The first ship to enter the new basin was the Marta. "
)
LONG = PROSE * 4
LINKS = "<ul><li><a href=1>Lamps</a><li><a href=2>Ropes</a><li><a href=3>Oils</a></ul>"


def test_semantic_elements_around_the_main_one_are_marked_and_stay_in_the_text() -> None:
    document = read(
        f"<header><a href=/>The Daily</a><nav>{LINKS}</nav></header><main><h1>Harbour</h1>"
        f"<p>{LONG}</p></main><aside><h2>Most read</h2><p>Walks</p></aside>"
        "<footer>Town hall</footer>"
    )
    assert boilerplate(document) == [
        "The Daily\n\n- Lamps\n- Ropes\n- Oils",
        "Most read\n\nWalks\n\nTown hall",
    ]
    assert [heading.text for heading in document.headings] == ["Harbour"]


@pytest.mark.parametrize(
    "part",
    [
        f"<div role=navigation>{LINKS}</div>",
        f"<div class=site-footer>{LINKS}</div>",
        f"<div id=mainNav>{LINKS}</div>",
        f"<div class=sidebar_left>{LINKS}</div>",
        "<div class=cookie-notice>We use cookies. You may refuse them. Read our policy.</div>",
        "<p class=breadcrumbs><a href=1>Lamps</a> &gt; Brass</p>",
        "<div class=share-buttons>Share <a href=1>there</a></div>",
        "<div class=подвал>Тираж 100 штук</div>",
        "<div id=seitenleiste>Werbung und mehr</div>",
        "<div class='newsletter'>Get it every morning.</div>",
        "<form action=/s><label>Your name</label><select><option>Mr<option>Ms</select></form>",
        "<button>Add to cart</button>",
        "<dialog>Are you sure?</dialog>",
        f"<h3>Related articles</h3>{LINKS}",
        f"<h3>Читайте также:</h3>{LINKS}",
        f"<h3>Das könnte Sie auch interessieren</h3>{LINKS}",
        f"<h3>相关阅读</h3>{LINKS}",
        "<p>Вернуться назад Распечатать</p>",
        "<p>© 2024 The Daily. All rights reserved.</p>",
    ],
)
def test_what_names_itself_as_surroundings_is_marked(part: str) -> None:
    document = read(f"<h1>Harbour</h1><p>{PROSE}</p>{part}<p>{PROSE}</p>")
    assert content(document) == f"Harbour {PROSE}{PROSE}".strip()
    assert len(boilerplate(document)) == 1


@pytest.mark.parametrize(
    "page",
    [
        f"<h1>Tool</h1><p>{PROSE}</p><h2>Links</h2>{LINKS}<h2>Menu</h2><p>{PROSE}</p>",
        f"<p>{PROSE}</p>{LINKS}<p>{PROSE}</p>",
        f"{PROSE}<br><br>{PROSE}",
        "<h1>News</h1><p>One line.</p>",
        f"<h1>Harbours</h1>{LINKS * 10}",
        f"<form><h1>Town</h1><p>{LONG}</p></form>",
        f"<header><h1>The Herring</h1><p>{PROSE}</p></header><p>Quay 4</p>",
        "<div class=menu><h2>Starters</h2><p>Fish soup, 6.50</p><p>Herring, 5.00</p></div>",
        f"<body class='has-sidebar no-nav'><div class='with-sidebar'><p>{PROSE}</p></div>",
        f"<div class='content sidebar-right'><p>{PROSE}</p></div>",
        f"<article><header><h1>T</h1><p>By Ann</p></header><p>{PROSE}</p>"
        "<aside><p>A note on the pier.</p></aside><footer>Checked in May.</footer></article>",
        "<table><tr><th>Name<th>Site<tr><td><a href=1>A</a><td><a href=2>B</a></table>",
        f"<main><p>{LONG}</p></main><div>{LONG}</div>",
        f"<main></main><div>{PROSE}</div>",
        "<div><button>When does it open?</button><p>At ten.</p></div>",
        "<pre>Home | Next | Previous</pre>",
    ],
)
def test_in_doubt_text_is_content(page: str) -> None:
    document = read(page)
    assert boilerplate(document) == []
    assert document.text.strip()


def test_navigation_of_a_page_laid_out_by_tables_is_marked() -> None:
    document = read(
        "<TABLE><TR><TD><A HREF=1>Home</A><BR><A HREF=2>Races</A><BR><A HREF=3>Boats</A></TD>"
        f"<TD>{PROSE}<BR><BR>{PROSE}</TD></TR></TABLE>"
        "<CENTER><A HREF=1>Home</A> | <A HREF=2>Races</A> | <A HREF=3>Boats</A></CENTER>"
    )
    assert boilerplate(document) == ["Home\nRaces\nBoats", "Home | Races | Boats"]


def test_lists_of_links_before_the_first_paragraph_lead_elsewhere() -> None:
    document = read(f"{LINKS}<h1>Harbour</h1><p>{PROSE}</p><p>{PROSE}</p>")
    assert boilerplate(document) == ["- Lamps\n- Ropes\n- Oils"]


def test_links_beside_the_only_article_are_marked_with_their_heading() -> None:
    document = read(
        f"<article><h1>Log</h1><p>{LONG}</p></article>"
        "<div><h2>More from Ann</h2><div><a href=1>Why I sail</a></div></div>"
    )
    assert boilerplate(document) == ["More from Ann\n\nWhy I sail"]


def test_a_page_that_would_lose_everything_keeps_it() -> None:
    document = read("<nav>Town hall</nav><footer>Market 1</footer>")
    assert content(document) == "Town hall Market 1"


def test_spans_are_trimmed_in_order_and_parted_by_content() -> None:
    document = read(f"<nav>{LINKS}</nav><nav>{LINKS}</nav><p>{PROSE}</p><footer>end</footer>")
    spans = document.boilerplate
    assert len(spans) == 2
    assert spans[0].end < spans[1].start
    assert all(piece == piece.strip() for piece in boilerplate(document))
