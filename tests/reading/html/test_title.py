from __future__ import annotations

import pytest
from tests.reading.html_pages import read


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>Harbour - The Daily</title><body><h1>Harbour</h1>", "Harbour"),
        ("<title>The Daily | Harbour</title><body><h1>Harbour</h1>", "Harbour"),
        ("<title>The Daily: Harbour</title><body><h1>harbour</h1>", "Harbour"),
        ("<title>Well-known - The Daily</title><body><h1>Well</h1>", "Well-known - The Daily"),
        ("<title>  Fish &amp; \n chips </title>", "Fish & chips"),
        (
            "<title>Harbour - Daily</title><meta property=og:title content=Harbour>",
            "Harbour",
        ),
        (
            "<title>Harbour – Daily</title><meta property=og:site_name content=Daily>",
            "Harbour",
        ),
        ("<title>Daily</title><body><h1>Daily</h1><h1>Other</h1>", "Daily"),
        ("<title> </title><meta property=og:title content=Shared><h1>x</h1>", "Shared"),
        ("<h1>First <i>one</i></h1>", "First one"),
        ("<p>text", "Some page"),
    ],
)
def test_the_title_is_the_pages_own(head: str, title: str) -> None:
    assert read(f"{head}<p>text").title == title


BAR = "<div id=menu-bar><h1 class=menu-title>The Book</h1><button>Search</button></div>"
TEXT = "<p>Text enough to be the content of this page, and then some more of it.</p>" * 5


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (f"<title>Slices - The Book</title>{BAR}<main><h1>Slices</h1>", "Slices"),
        (f"<title>Slices - The Book</title>{BAR}<main><h2>Slices</h2>", "Slices"),
        (f"<title>FAQ - The Book</title>{BAR}<main><h1>Asked often</h1>", "FAQ"),
        (f"<title>The Book: FAQ</title>{BAR}<main><h1>Asked often</h1>", "FAQ"),
        (f"<title>The Book</title>{BAR}<main><h1>Welcome</h1>", "The Book"),
        (f"<title>Slices - The Book</title>{BAR}<main>", "Slices"),
        ("<title>Slices - The Book</title><h1 class=masthead>Slices</h1><main>", "Slices"),
        ("<title>Daily | Harbour</title><h1>Harbour</h1><main><h2>News</h2>", "Harbour"),
        ("<title>Harbour | Daily</title><h1>Harbour</h1><main><h2>News</h2>", "Harbour"),
        ("<title>Files | Manual</title><h1>Manual</h1><h2>More</h2><h2>Files</h2>", "Files"),
        ("<title>Files | Manual</title><h1>Manual</h1><h2>Files<a>#</a></h2>", "Files"),
        ("<title>Files — Manual</title><main><h1>Files<a>¶</a></h1>", "Files"),
        ("<title>Speaking C# | Manual</title><main><h1>Speaking C#</h1>", "Speaking C#"),
        ("<title>Files | Manual</title><h1>Manual</h1><h2>Other files</h2>", "Manual"),
        (f"<title> </title>{BAR}<main><h1>Slices</h1>", "Slices"),
    ],
)
def test_a_heading_in_the_main_part_comes_before_the_sites_own(head: str, title: str) -> None:
    assert read(f"{head}{TEXT}").title == title


@pytest.mark.parametrize("heading", ["h1", "h2"])
def test_the_sites_name_is_no_heading_of_a_page(heading: str) -> None:
    document = read(
        f"<title>Slices - The Book</title>{BAR}<main><{heading}>Slices</{heading}>{TEXT}"
    )
    assert [one.text for one in document.headings] == ["Slices"]
    [marked] = document.boilerplate
    assert document.text[marked.start : marked.end] == "The Book\n\nSearch"


def test_a_title_outside_the_main_part_stays_a_heading() -> None:
    document = read(f"<title>Harbour - Daily</title><h1>Harbour</h1><main><h2>News</h2>{TEXT}")
    assert [one.text for one in document.headings] == ["Harbour", "News"]
