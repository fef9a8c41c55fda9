from __future__ import annotations

import pytest

from qa_service.answering.quotes import find_quote, quotes

SOURCE = (
    "She carried  timber\nfrom Riga, and “left with herring”. It’s 4.2 km [12] long – as\n"
    "planned. The party 😀 saw art."
)


@pytest.mark.parametrize(
    "text",
    [
        "It says “left with herring” there.",
        'It says "left with herring" there.',
        "Es heißt „left with herring“ dort.",
        "Il dit «left with herring» ici.",
        "Es heißt »left with herring« dort.",
        "It says ‘left with herring’ there.",
        "It says 'left with herring' there.",
        "そこに「left with herring」とある。",
    ],
)
def test_quotation_marks_of_every_style_are_seen(text: str) -> None:
    [quote] = quotes(text)
    assert quote.text == "left with herring"
    assert text[quote.start + 1 : quote.end - 1] == quote.text


def test_apostrophes_are_no_quotation_marks() -> None:
    assert quotes("Watt's engine didn't burn the miners' coal, it’s said; the owners’ too.") == []
    assert quotes('He said "...".') == []


@pytest.mark.parametrize(
    ("quoted", "found"),
    [
        ("timber from Riga", "timber\nfrom Riga"),
        ("Timber from Riga.", "timber\nfrom Riga"),
        ("left with herring", "left with herring"),
        ('and "left with herring"', "and “left with herring”"),
        ("It's 4.2 km long", "It’s 4.2 km [12] long"),
        ("long - as planned", "long – as\nplanned"),
        ("She carried … from Riga", "She carried  timber\nfrom Riga"),
        ("The party 😀 saw", "The party 😀 saw"),
    ],
)
def test_words_are_found_at_their_exact_place(quoted: str, found: str) -> None:
    span = find_quote(quoted, SOURCE)
    assert span is not None
    assert SOURCE[span.start : span.end] == found


@pytest.mark.parametrize(
    "quoted",
    [
        "timber from Rigas",
        "carried wood from Riga",
        "the part",
        "from Riga … She carried",
        "4.2 km wide",
        "HERRING",
        "…",
    ],
)
def test_other_words_are_not_found(quoted: str) -> None:
    assert find_quote(quoted, SOURCE) is None
