from __future__ import annotations

import pytest
from tests.reading.html_pages import text_of


def text(html: str) -> str:
    return text_of(html).text


def test_paragraphs_are_divided_by_blank_lines_and_br_ends_a_line() -> None:
    assert text("<p>One\n two<br>three<p>four<div>five</div>six<br><br>seven") == (
        "One two\nthree\n\nfour\n\nfive\n\nsix\n\nseven"
    )


def test_white_space_collapses_as_in_a_browser() -> None:
    assert text("<p> a\n\t <b> b</b> c<i>d</i> &nbsp;e </p>  ") == "a b cd \xa0e"


def test_entities_are_decoded_and_soft_hyphens_dropped() -> None:
    assert text("<p>&lt;a&gt; &amp;amp; caf&eacute; &#x2014; Donau&shy;dampf") == (
        "<a> &amp; café — Donaudampf"
    )


def test_what_a_browser_does_not_show_is_left_out() -> None:
    html = (
        "<head><title>t</title><style>s</style></head><p>a<script>b</script><style>c</style>"
        "<template>d</template><noscript>e</noscript><svg><text>f</text></svg><!-- g -->"
        "<span hidden>h</span><i aria-hidden=true>i</i><b style='color:red; display: none'>j</b>"
        "<u style=visibility:hidden>k</u><textarea hidden>l</textarea>z"
    )
    assert text(html) == "az"


def test_a_page_hidden_until_its_script_has_run_is_read() -> None:
    assert text("<body style='visibility:hidden' hidden><p>shown later") == "shown later"


def test_list_items_are_lines_with_markers_and_nested_lists_are_indented() -> None:
    assert text(
        "<p>x<ul><li>a<li><p>b</p><p>c</p><li>d<ol start=3><li>e<li value=7>f<li>g</ol></ul><p>y"
    ) == ("x\n\n- a\n- b\n\nc\n- d\n  3. e\n  7. f\n  8. g\n\ny")
    assert text("<ol reversed><li>a<li>b") == "2. a\n1. b"
    assert text("<li>stray") == "- stray"


def test_an_item_that_only_holds_a_list_shows_no_marker() -> None:
    assert text("<ul><li><ul><li>a</ul><li>b</ul>") == "  - a\n- b"


def test_terms_and_definitions_are_lines() -> None:
    assert text("<dl><dt>T<dd>D<dt>U<dd>E</dl>") == "T\nD\nU\nE"


def test_a_table_is_one_row_a_line_and_a_block() -> None:
    page = text_of(
        "<p>x<table><caption>Cap</caption><thead><tr><th>A<th>B<th>C</thead>"
        "<tr><td>1<td><td><p>2<br>3</p></table><p>y"
    )
    assert page.text == "x\n\nCap\nA | B | C\n1 | | 2 3\n\ny"
    assert [page.text[b.start : b.end] for b in page.blocks] == ["Cap\nA | B | C\n1 | | 2 3"]


def test_a_table_that_lays_out_a_page_is_paragraphs() -> None:
    page = text_of(
        "<table><tr><td>Menu<td><h2>Head</h2><p>a<p>b<table><tr><td>1<td>2<tr><td>3<td>4</table>"
    )
    assert page.text == "Menu\n\nHead\n\na\n\nb\n\n1 | 2\n3 | 4"
    assert [page.text[b.start : b.end] for b in page.blocks] == ["1 | 2\n3 | 4"]


def test_preformatted_text_keeps_its_lines_and_is_a_block() -> None:
    page = text_of("<p>x<pre>\n  a  b\n\n<b>c</b><br>d<div>e</div>\n</pre>y")
    assert page.text == "x\n\n  a  b\n\nc\nd\ne\n\ny"
    assert [page.text[b.start : b.end] for b in page.blocks] == ["  a  b\n\nc\nd\ne"]


def test_headings_are_lines_of_their_own_with_levels() -> None:
    page = text_of("<div>x<h2>The <i>second</i><br>kind</h2>y<h6><div>Six</div></h6></div>")
    assert page.text == "x\n\nThe second kind\n\ny\n\nSix"
    assert [(h.level, h.text, page.text[h.start : h.end]) for h in page.headings] == [
        (2, "The second kind", "The second kind"),
        (6, "Six", "Six"),
    ]


def test_a_heading_in_a_list_item_keeps_the_marker_in_its_line_only() -> None:
    page = text_of("<ul><li><h3>Card</h3><p>text</ul>")
    assert page.text == "- Card\n\ntext"
    assert [(h.text, page.text[h.start : h.end]) for h in page.headings] == [("Card", "- Card")]


def test_headings_in_quotations_are_no_sections() -> None:
    assert text_of("<blockquote><h2>Theirs</h2>x</blockquote><h2>Ours</h2>").headings[0].text == (
        "Ours"
    )


def test_what_software_adds_to_headings_is_left_out() -> None:
    html = (
        "<h2>History<a class=headerlink href=#h>¶</a></h2><h2>Trade"
        "<span class=mw-editsection>[<a href=e>edit</a>]</span></h2>"
        "<h2>Crew <button>Copy path</button></h2><h2>Cargo<a class=hash-link href=#c>link</a></h2>"
        "<h2>Wind<a href=#w>\u200b</a></h2>"
    )
    headings = [h.text for h in text_of(html).headings]
    assert headings == ["History", "Trade", "Crew", "Cargo", "Wind"]


def test_a_button_that_is_the_heading_stays() -> None:
    page = text_of("<h3><button>What does it cost?</button></h3><p>Nothing.</p>")
    assert [h.text for h in page.headings] == ["What does it cost?"]
    assert page.text == "What does it cost?\n\nNothing."


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("10<sup>6</sup>", "10^6"),
        ("10<sup>−3</sup>", "10^−3"),
        ("km<sup>2</sup>", "km2"),
        ("1<sup>st</sup>", "1st"),
        ("H<sub>2</sub>O", "H2O"),
        ("in 1995<sup><a href=#n3>3</a></sup>", "in 1995[3]"),
        ("so<sup class=reference><a href=#1>[1]</a></sup>", "so[1]"),
        ("<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字<rt>じ</rt></ruby>です", "漢字(かんじ)です"),
        ("<math alttext='x^2'><mi>x</mi><mn>2</mn></math>", "x^2"),
        ("<math><mi>x</mi><mo>=</mo><mn>2</mn></math>", "x=2"),
    ],
)
def test_raised_lowered_and_annotated_text_stays_readable(html: str, expected: str) -> None:
    assert text(f"<p>{html}") == expected


def test_alternative_texts_are_read_where_they_say_something() -> None:
    html = (
        "<p>See <img src=a alt='a steam engine'> and<img alt=image><img alt=x.png>"
        "<img alt=dot width=1> more<figure><img alt='The log'><figcaption>The log, open.</figure>"
    )
    assert text(html) == "See a steam engine and more\n\nThe log, open."


def test_links_side_by_side_are_parted() -> None:
    assert text("<a href=1>Home</a><a href=2>News</a>") == "Home News"
    assert text("<p>un<a href=1>link</a>ed") == "unlinked"


def test_places_name_the_innermost_block_in_order_without_overlap() -> None:
    page = text_of(
        "<body><main><h1>T</h1><p>a<br>b<p>c<ul><li>d<ul><li>e</ul>f</ul>"
        "<table><tr><th>1<th>2<tr><td>3<td>4</table><o:p><div>g</div></o:p>"
    )
    assert [(page.text[p.start : p.end], p.path) for p in page.places] == [
        ("T", "/html/body/main/h1"),
        ("a\nb", "/html/body/main/p[1]"),
        ("c", "/html/body/main/p[2]"),
        ("- d", "/html/body/main/ul/li"),
        ("  - e", "/html/body/main/ul/li/ul/li"),
        ("f", "/html/body/main/ul/li"),
        ("1 | 2", "/html/body/main/table/tbody/tr[1]"),
        ("3 | 4", "/html/body/main/table/tbody/tr[2]"),
        ("g", "/html/body/main/*[6]/div"),
    ]


def test_a_page_without_elements_is_empty() -> None:
    assert text_of("").text == ""
    assert text_of("<frameset><frame src=a></frameset>").text == ""
