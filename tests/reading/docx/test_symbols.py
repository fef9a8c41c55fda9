from __future__ import annotations

import pytest

from qa_service.reading.docx.symbols import symbol, without_symbol_codes
from word_files import p, read_word


@pytest.mark.parametrize(
    ("font", "code", "expected"),
    [
        ("Symbol", 0xF061, "α"),
        ("symbol", 0x61, "α"),
        ("Symbol", 0xF0B7, "•"),
        ("Symbol", 0xF0A3, "≤"),
        ("Symbol", 0xF0F2, "∫"),
        ("Wingdings", 0xF0FC, "✓"),
        ("Wingdings", 0xF001, "\ufffd"),
        ("Arial", 0x2192, "→"),
        ("Arial", 0xF061, "\ufffd"),
        ("Arial", 0xD800, "\ufffd"),
        ("Arial", 0x110000, "\ufffd"),
        ("Arial", 0x0, "\ufffd"),
    ],
)
def test_a_symbol_is_the_character_it_looks_like(font: str, code: int, expected: str) -> None:
    assert symbol(font, code) == expected


def test_only_the_codes_of_a_symbol_font_are_changed() -> None:
    assert without_symbol_codes("a\uf062", "Symbol") == "aβ"
    assert without_symbol_codes("a\uf062", "Arial") == "a\uf062"


def m(name: str, *content: str) -> str:
    return f"<m:{name}>{''.join(content)}</m:{name}>"


def t(text: str) -> str:
    return m("r", m("t", text))


E, NUM, DEN = (lambda x: m("e", x)), (lambda x: m("num", x)), (lambda x: m("den", x))


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        (t("E=m") + m("sSup", E(t("c")), m("sup", t("2"))), "E=mc^2"),
        (m("f", NUM(t("a+b")), DEN(t("2"))), "(a+b)/2"),
        (m("sSub", E(t("x")), m("sub", t("i+1"))), "x_(i+1)"),
        (m("sSubSup", E(t("x")), m("sub", t("i")), m("sup", t("2"))), "x_i^2"),
        (m("rad", m("deg"), E(t("x+1"))), "√(x+1)"),
        (m("d", E(t("a")), E(t("b"))), "(a|b)"),
        (m("d", '<m:dPr><m:begChr m:val="["/><m:endChr m:val="]"/></m:dPr>', E(t("a"))), "[a]"),
        (m("func", m("fName", t("sin")), E(t("x"))), "sin x"),
        (
            m("nary", '<m:naryPr><m:chr m:val="∑"/></m:naryPr>', m("sub", t("i=1")))
            + m("r", m("t", "x")),
            "∑_(i=1) x",
        ),
        (m("m", m("mr", E(t("a")), E(t("b"))), m("mr", E(t("c")), E(t("d")))), "a, b; c, d"),
        (m("acc", E(t("x"))), "x"),
        ("<w:r><w:t>word</w:t></w:r>" + t("x"), "wordx"),
    ],
)
def test_an_equation_is_a_line_of_text(xml: str, text: str) -> None:
    assert read_word(p(m("oMathPara", m("oMath", xml)))).text == f"{text}\n"
