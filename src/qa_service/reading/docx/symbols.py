"""Characters of the symbol fonts, and equations as a line of text."""

from __future__ import annotations

from collections.abc import Callable

from qa_service.reading.docx.package import Element, attribute, child, name_of

# Adobe's Symbol encoding; a blank stands for what is only a piece of a larger sign.
_SYMBOL_LOW = (
    " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_"
    " αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"
)
_SYMBOL_HIGH = (
    "ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…  ↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑           〉∫"
)
_SYMBOL = dict(enumerate(_SYMBOL_LOW, 0x20)) | dict(enumerate(_SYMBOL_HIGH, 0xA1))
_WINGDINGS = {
    0x4A: "☺",
    0x6C: "•",
    0x6E: "■",
    0x6F: "□",
    0x71: "□",
    0x72: "□",
    0x76: "❖",
    0x9F: "•",
    0xA7: "▪",
    0xA8: "□",
    0xD8: "➢",
    0xDF: "←",
    0xE0: "→",
    0xE1: "↑",
    0xE2: "↓",
    0xE8: "→",
    0xFB: "✗",
    0xFC: "✓",
    0xFD: "☒",
    0xFE: "☑",
}
_FONTS = {"symbol": _SYMBOL, "wingdings": _WINGDINGS}
_MISSING = "\ufffd"


def symbol(font: str, code: int) -> str:
    """Return the character at ``code`` of a symbol font, U+FFFD where Unicode has none for it.

    Such fonts occupy U+F020 to U+F0FF; other codes and other fonts are Unicode already.
    """
    table = _FONTS.get(font.casefold())
    low = code - 0xF000 if 0xF000 <= code <= 0xF0FF else code
    if table is not None and low < 0x100:
        return table.get(low, _MISSING)
    valid = 0x20 <= code < 0x110000 and not 0xD800 <= code < 0xE000
    return chr(code) if valid and not 0xE000 <= code < 0xF900 else _MISSING


def without_symbol_codes(text: str, font: str) -> str:
    """Return ``text`` with the codes that a symbol font gives a meaning as characters."""
    if font.casefold() not in _FONTS:
        return text
    return "".join(symbol(font, ord(c)) if "\uf020" <= c <= "\uf0ff" else c for c in text)


def equation(element: Element, text_of: Callable[[Element], str]) -> str:
    """Return an Office Math element (ECMA-376 part 1, 22.1) as one line, such as "x^2/(a+b)".

    ``text_of`` gives the text of what is no mathematics inside it.
    """

    def part(local: str) -> str:
        found = child(element, local)
        return "" if found is None else equation(found, text_of)

    def property_of(owner: str, local: str, default: str) -> str:
        found = child(element, owner, local)
        return default if found is None else attribute(found, "val")

    match name_of(element):
        case "m:f":
            return f"{_grouped(part('num'))}/{_grouped(part('den'))}"
        case "m:sSup":
            return f"{part('e')}^{_grouped(part('sup'))}"
        case "m:sSub":
            return f"{part('e')}_{_grouped(part('sub'))}"
        case "m:sSubSup":
            return f"{part('e')}_{_grouped(part('sub'))}^{_grouped(part('sup'))}"
        case "m:rad":
            return f"{part('deg')}√{_grouped(part('e'))}"
        case "m:nary":
            low, high = (_grouped(part(local)) for local in ("sub", "sup"))
            limits = (f"_{low}" if low else "") + (f"^{high}" if high else "")
            return f"{property_of('naryPr', 'chr', '∫')}{limits} {part('e')}"
        case "m:d":
            divider = property_of("dPr", "sepChr", "|")
            inner = divider.join(equation(e, text_of) for e in element.iterchildren("{*}e"))
            return f"{property_of('dPr', 'begChr', '(')}{inner}{property_of('dPr', 'endChr', ')')}"
        case "m:func":
            return f"{part('fName')} {part('e')}"
        case "m:mr":
            return ", ".join(equation(e, text_of) for e in element.iterchildren("{*}e"))
        case "m:m" | "m:eqArr":
            return "; ".join(filter(None, (equation(e, text_of) for e in element)))
        case "m:t":
            return element.text or ""
        case name if name.startswith("m:"):
            return "" if name.endswith("Pr") else "".join(equation(e, text_of) for e in element)
        case _:
            return text_of(element)


def _grouped(text: str) -> str:
    """Return the text in parentheses unless it is one number or word."""
    text = text.strip()
    return text if text.isalnum() or len(text) <= 1 else f"({text})"
