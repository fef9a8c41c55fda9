from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.reading.boilerplate import navigation_spans
from qa_service.reading.repeated import as_read, mark_repeated
from qa_service.reading.text.plain import with_boilerplate
from qa_service.records import Document, Heading, Span

MENU = "Acme Works | Products | Forge"
COOKIES = "We use cookies to improve your experience. Accept all cookies"
SHARE = "Share on Facebook | Tweet"


def page(name: str, *paragraphs: str, gap: str = "\n\n") -> Document:
    """A document as its reader gives it, of these paragraphs."""
    text = gap.join(paragraphs) + "\n"
    found = Document(name, "", text, name)
    if name.endswith(".txt"):
        return with_boilerplate(found, navigation_spans(text))
    return found


def body(name: str) -> str:
    return f"The page called {name} speaks of {name} alone, and of it at some length: " + name * 60


def site(count: int = 4, suffix: str = ".html", folder: str = "") -> list[Document]:
    names = [f"{folder}{chr(97 + n)}{suffix}" for n in range(count)]
    return [page(name, MENU, body(name), SHARE, COOKIES) for name in names]


def marked(document: Document) -> list[str]:
    return [document.text[span.start : span.end] for span in document.repeated]


@pytest.mark.parametrize("suffix", [".html", ".md", ".txt", ".docx"])
def test_a_sites_own_lines_are_marked_on_every_page(suffix: str) -> None:
    for document in mark_repeated(site(suffix=suffix)):
        read = [document.text[span.start : span.end] for span in document.boilerplate]
        assert sorted(read) == sorted([MENU, SHARE, COOKIES])
        assert set(document.repeated) <= set(document.boilerplate)
        assert list(document.boilerplate) == sorted(document.boilerplate, key=lambda s: s.start)


def test_the_text_and_all_else_stay_as_they_are() -> None:
    before = site()
    for one, other in zip(before, mark_repeated(before), strict=True):
        assert (one.text, one.title, one.headings) == (other.text, other.title, other.headings)


def test_fewer_than_three_or_than_a_fifth_of_the_documents_repeat_nothing() -> None:
    assert mark_repeated(site(2)) == site(2)
    others = [page(f"{n}.html", body(f"no{n}")) for n in range(30)]
    assert len(others) + 7 < 5 * 8  # seven of 37 are a bit less than a fifth
    assert mark_repeated([*site(7), *others]) == [*site(7), *others]
    assert mark_repeated([*site(8), *others[:32]]) != [*site(8), *others[:32]]


def test_other_formats_and_other_folders_do_not_count() -> None:
    others = [page(f"notes/{n}.txt", body(f"no{n}")) for n in range(30)]
    found = mark_repeated([*site(folder="site/"), *others])
    assert all(marked(document) for document in found[:4])
    mixed = [*site(1), *site(1, ".md"), *site(1, ".docx")]
    assert mark_repeated(mixed) == mixed


def test_pages_in_folders_of_their_own_count_in_the_folder_above() -> None:
    pages = [page(f"shop/{n}/index.html", MENU, body(f"no{n}")) for n in range(3)]
    others = [page(f"{n}.html", body(f"other{n}")) for n in range(30)]
    assert [marked(document) for document in mark_repeated([*pages, *others])[:3]] == [[MENU]] * 3


@pytest.mark.parametrize(
    "line",
    [
        "Shipping takes three days.",
        "Warranty: two years",
        "Wear safety goggles",
        "Phone 030 123456 | info@acme.example",
        "Contact us: 030 123456",
        "Bake the cookies at 180 degrees",
        "Introduction",
        "| Name | Height | Weight |",
        "Anna Holm, Otto Brandt",
        "He asked for more, and then he left the house for good | nobody knows why he did",
    ],
)
def test_what_may_be_an_answer_is_not_marked_however_often_it_is_repeated(line: str) -> None:
    pages = [page(f"{n}.html", MENU, line, body(f"no{n}"), line) for n in range(5)]
    assert [marked(document) for document in mark_repeated(pages)] == [[MENU]] * 5


@pytest.mark.parametrize(
    "line",
    [
        "Home > Products > Catalogue",
        "[Home](/) | [Our works](/works?id=7)",
        "Back to the catalogue | Print",
        "Wir verwenden Cookies. Alle akzeptieren",
        "Мы используем cookie, чтобы сайт работал лучше",
        "Subscribe to our newsletter",
        "Powered by Acme CMS",
        "Related news: read more",
    ],
)
def test_lines_about_the_site_are(line: str) -> None:
    pages = [page(f"{n}.html", body(f"no{n}"), line) for n in range(5)]
    assert [marked(document) for document in mark_repeated(pages)] == [[line]] * 5


def test_a_line_inside_the_text_is_not_marked() -> None:
    pages = [page(f"{n}.html", body(f"no{n}"), MENU, body(f"more{n}")) for n in range(5)]
    assert mark_repeated(pages) == pages


def test_a_line_beside_other_boilerplate_is() -> None:
    pages = []
    for n in range(5):
        before, navigation = body(f"no{n}"), "Back | Print"
        start = len(before) + 2
        span = Span(start, start + len(navigation))
        text = (before, navigation, MENU, body(f"more{n}"))
        pages.append(replace(page(f"{n}.html", *text), boilerplate=(span,)))
    assert [marked(document) for document in mark_repeated(pages)] == [[MENU]] * 5


def test_headings_are_passed_over_and_never_marked() -> None:
    pages = []
    for n in range(5):
        heading = Heading(1, "News and contact", 0, len("News and contact"))
        text = ("News and contact", MENU, body(f"no{n}"))
        pages.append(replace(page(f"{n}.html", *text), headings=(heading,)))
    assert [marked(document) for document in mark_repeated(pages)] == [[MENU]] * 5


def test_code_is_never_marked() -> None:
    block = (Span(0, len(MENU)),)
    pages = [replace(page(f"{n}.md", MENU, body(f"no{n}")), blocks=block) for n in range(5)]
    assert mark_repeated(pages) == pages


def test_a_wrapped_paragraph_is_marked_whole_or_not_at_all() -> None:
    crumbs = "Home > Products > Catalogue"
    whole = f"{MENU}\n{crumbs}"
    begun = f"{crumbs}\nand so on, says page"
    wrapped = [page(f"{n}.txt", whole, f"Page {n}.", f"{begun} {n}") for n in range(5)]
    for document in mark_repeated(wrapped):
        assert marked(document) == [MENU, crumbs]
    # A line of 250 characters shows that lines are paragraphs here.
    unwrapped = [page(f"{n}.txt", MENU, body(f"no{n}"), gap="\n") for n in range(5)]
    assert [marked(document) for document in mark_repeated(unwrapped)] == [[MENU]] * 5


def test_a_title_guessed_from_a_sites_line_gives_way_to_the_next() -> None:
    pages = [page(f"{n}.txt", MENU, f"Anvil number {'I' * (n + 1)}", body("")) for n in range(4)]
    assert {document.title for document in pages} == {MENU}
    assert mark_repeated(pages) == pages  # four copies of one body are one page
    pages = [page(f"{n}.txt", MENU, f"Anvil {'I' * (n + 1)}", body(f"no{n}")) for n in range(4)]
    found = mark_repeated(pages)
    assert [document.title for document in found] == [
        "Anvil I",
        "Anvil II",
        "Anvil III",
        "Anvil IIII",
    ]
    assert [document.headings[0].text for document in found] == [one.title for one in found]


def test_copies_of_one_document_count_once() -> None:
    copies = [page(f"{n}.html", MENU, body("same")) for n in range(9)]
    assert mark_repeated(copies) == copies


def test_a_document_that_holds_nothing_else_keeps_its_lines() -> None:
    pages = [*site(), page("z.html", MENU, COOKIES)]
    assert marked(mark_repeated(pages)[-1]) == []


LINES = [MENU, SHARE, COOKIES, "Back | Print", "Shipping takes three days.", "# Anvils", ""]


@st.composite
def corpora(draw: st.DrawFn) -> list[Document]:
    suffix = draw(st.sampled_from([".txt", ".html"]))
    documents = []
    for n in range(draw(st.integers(1, 6))):
        lines = draw(st.lists(st.sampled_from([*LINES, body(f"no{n}")]), min_size=1, max_size=6))
        gap = draw(st.sampled_from(["\n", "\n\n"]))
        documents.append(page(f"{n}{suffix}", *lines, gap=gap))
    return documents


@given(corpora(), st.data())
def test_the_marks_depend_on_the_set_of_documents_alone(
    documents: list[Document], data: st.DataObject
) -> None:
    found = mark_repeated(documents)
    assert [as_read(document) for document in found] == documents
    assert mark_repeated([as_read(document) for document in found]) == found
    kept = data.draw(st.lists(st.sampled_from(range(len(documents))), unique=True))
    assert mark_repeated([as_read(found[n]) for n in kept]) == mark_repeated(
        [documents[n] for n in kept]
    )
    order = data.draw(st.permutations(range(len(documents))))
    assert mark_repeated([documents[n] for n in order]) == [found[n] for n in order]


@given(corpora())
def test_only_whole_lines_are_marked_and_something_is_left(documents: list[Document]) -> None:
    for document in mark_repeated(documents):
        for span in document.repeated:
            assert span.start == 0 or document.text[span.start - 1] == "\n"
            assert document.text[span.end] == "\n"
        if document.repeated:
            left = list(document.text)
            for span in document.boilerplate:
                left[span.start : span.end] = " " * (span.end - span.start)
            assert "".join(left).strip()
