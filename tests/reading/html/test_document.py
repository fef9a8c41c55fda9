from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser
from tests.reading.html_pages import boilerplate, read, select

from qa_service.embedding.hashing import HashingEmbedder
from qa_service.errors import DocumentBlank
from qa_service.index.build import build_index
from qa_service.reading.files import CorpusFile
from qa_service.reading.formats import parse, supported_suffixes
from qa_service.retrieval.retriever import Retriever
from qa_service.settings import Settings

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Lindholm harbour | The Coast</title>
<meta name="author" content="Jane Doe"><meta property="article:published_time" content="2024-05-01">
<script>var menu = "<p>not text</p>";</script></head>
<body class="has-sidebar">
<header class="site-header"><a class="logo" href="/">The Coast</a>
<nav><ul><li><a href="/h">Harbours</a></li><li><a href="/l">Lighthouses</a></li></ul></nav></header>
<main><article>
<h1>Lindholm harbour</h1>
<p>The harbour of Lindholm 🏗️ was rebuilt after the flood of 1953.<br>The new sea wall is
4.2&nbsp;km long.</p>
<div class="share-buttons"><a href="#">Facebook</a> <a href="#">Telegram</a></div>
<h2 id="trade">Trade<a class="headerlink" href="#trade">¶</a></h2>
<p>The first ship to enter the new basin was the Marta. She carried timber from Riga.</p>
<table><caption>Freight in tonnes</caption><tr><th>Year</th><th>Tonnes</th></tr>
<tr><td>1960</td><td>12,000</td></tr><tr><td>1970</td><td>24,000</td></tr></table>
<ul><li>Timber comes <b>from Riga</b>.</li><li>Herring goes to Bergen.</li></ul>
<pre><code>moor(ship,
     pier=4)</code></pre>
<blockquote><p>The keeper wrote every storm down.</p></blockquote>
<h3>Related articles</h3>
<ul><li><a href="/1">The lamp</a></li><li><a href="/2">The log</a></li></ul>
</article></main>
<aside class="sidebar"><h2>Most read</h2><ol><li><a href="/3">Ten walks</a></li></ol></aside>
<footer><p>Quay 4, Lindholm. All rights reserved.</p></footer>
<div id="cookie-banner">We use cookies to count visits. <button>Accept</button></div>
</body></html>
"""
AROUND = (
    "Harbours",
    "Facebook",
    "Related articles",
    "The lamp",
    "Most read",
    "Ten walks",
    "Quay 4",
    "cookies",
)


def test_a_page_becomes_a_document() -> None:
    document = read(PAGE)
    assert document.id == "some-page.html"
    assert document.title == "Lindholm harbour"
    assert document.sha256 == hashlib.sha256(PAGE.encode()).hexdigest()
    assert document.language == "en"
    assert document.metadata == {"author": "Jane Doe", "date": "2024-05-01", "language": "en"}
    assert [(h.level, h.text) for h in document.headings] == [
        (1, "Lindholm harbour"),
        (2, "Trade"),
    ]
    assert [document.text[b.start : b.end] for b in document.blocks] == [
        "Freight in tonnes\nYear | Tonnes\n1960 | 12,000\n1970 | 24,000",
        "moor(ship,\n     pier=4)",
    ]
    marked = "\n".join(boilerplate(document))
    assert all(words in marked for words in AROUND)


def test_every_path_selects_exactly_the_element_its_text_came_from() -> None:
    document = read(PAGE)
    page = LexborHTMLParser(PAGE)
    for place in document.places:
        assert place.path is not None
        found = select(page, place.path)
        assert len(found) == 1
        shown = "".join(found[0].text().split())
        for word in document.text[place.start : place.end].replace("|", " ").split():
            assert word in shown or word in ("-", "1.", "2.")
    trade = next(p for p in document.places if document.text[p.start : p.end] == "Trade")
    assert trade.path == "/html/body/main/article/h2"


def test_places_cover_all_text_in_order() -> None:
    document = read(PAGE)
    end = 0
    for place in document.places:
        assert document.text[end : place.start].strip() == ""
        assert end <= place.start < place.end
        end = place.end
    assert document.text[end:].strip() == ""


def test_passages_are_slices_of_the_page_and_hold_none_of_its_boilerplate(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "harbour.html").write_text(PAGE, encoding="utf-8")
    settings = Settings.create(
        corpus=corpus, index=tmp_path / "index", model="hashing", passage_tokens=40
    )
    build_index(settings, HashingEmbedder())
    text = read(PAGE, "harbour.html").text
    with Retriever.open(settings.index, settings) as retriever:
        retrieval = retriever.retrieve("Which ship entered the new basin first?", top_k=50)
    passages = [evidence.passage for evidence in retrieval.evidence]
    assert len(passages) >= 3
    assert "Marta" in passages[0].text
    for passage in passages:
        assert passage.text == text[passage.start : passage.end]
        assert not any(words in passage.text for words in AROUND)
        assert passage.places
        assert all(place.path for place in passage.places)


@pytest.mark.parametrize("suffix", [".html", ".htm", ".xhtml"])
def test_web_pages_are_known_by_their_suffixes(suffix: str) -> None:
    assert suffix in supported_suffixes()
    document = parse(CorpusFile(f"a{suffix}", Path("/x"), 1), b"<p>text")
    assert document.text == "text"


@pytest.mark.parametrize("data", [b"", b" \n", b"<script>x</script>", b"<p>&nbsp;</p>", b"<br>"])
def test_a_page_without_text_is_blank(data: bytes) -> None:
    with pytest.raises(DocumentBlank):
        parse(CorpusFile("a.html", Path("/x"), 1), data)


def test_damaged_markup_is_read_as_a_browser_would() -> None:
    html = "<p>a\0b&#xD800;c&#0;<b>d<i>e</b>f<table>g<tr><td>h"
    assert read(html).text == "ab\ufffdc\ufffddefg\n\nh"
    assert read("plain text\nonly").text == "plain text only"
