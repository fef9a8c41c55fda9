"""What an answer puts in quotation marks, and where a source says exactly that."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa_service.records import Span

# No quote goes over a blank line. Of single quotes only the ones that cannot be apostrophes.
_QUOTED = re.compile(
    r"“((?:(?!\n\n)[^“”])+)”|„((?:(?!\n\n)[^„“”])+)[“”]|«((?:(?!\n\n)[^«»])+)»"
    r"|»((?:(?!\n\n)[^«»])+)«|\"((?:(?!\n\n)[^\"])+)\"|「((?:(?!\n\n)[^「」])+)」"
    r"|『((?:(?!\n\n)[^『』])+)』|‘((?:(?!\n\n)[^‘])+?)’(?!\w)"
    r"|(?<!\w)'((?:(?!\n\n)[^']|(?<=\w)'(?=\w))+(?<!\s))'(?!\w)|``((?:(?!\n\n)[^`])+)(?:``|'')"
)
_LEFT_OUT = re.compile(r"\s*(?:\[?(?:\.\.\.|…)\]?)\s*")
_BLANK_OR_MARK = r"(?:\s*\[\d[\d,;–\- ]*\])?\s+"  # a source's own "[12]" is no part of a quote
_SAME = {"'": "['’‘]", "’": "['’‘]", "‘": "['’‘]", '"': '["“”„«»]', "“": '["“”„«»]'}
_SAME |= {"”": '["“”„«»]', "-": "[-‐‑–]", "–": "[-‐‑–]"}
_FINAL = ".,;:!?"


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation in an answer: its span with the marks around it, and what stands in them."""

    start: int
    end: int
    text: str


def quotes(text: str) -> list[Quote]:
    """Return the quotations of a text that hold a letter or a digit, in order."""
    found = []
    for match in _QUOTED.finditer(text):
        inner = next(group for group in match.groups() if group is not None)
        if any(character.isalnum() for character in inner):
            found.append(Quote(match.start(), match.end(), inner))
    return found


def find_quote(quoted: str, source: str) -> Span | None:
    """Return where ``source`` holds the quoted words, None where it does not.

    The words must be the same, in the same order, and whole; white space may differ, and the
    shape of apostrophes, inner quotation marks and dashes. Final punctuation may be the answer's
    own, and the first letter may be of the other case. Where the quote leaves something out
    ("..."), each part must follow the one before; the span is then from the first to the last.
    """
    parts = [part for part in _LEFT_OUT.split(quoted.strip()) if part.strip(_FINAL + " ")]
    if not parts:
        return None
    places = []
    end = 0
    for part in parts:
        match = _pattern(part).search(source, end)
        if match is None:
            return None
        places.append(match.start())
        end = match.end()
    return Span(places[0], end)


def _pattern(part: str) -> re.Pattern[str]:
    words = part.split()
    words[-1] = words[-1].rstrip(_FINAL) or words[-1]
    escaped = _BLANK_OR_MARK.join(
        "".join(_SAME.get(character, re.escape(character)) for character in word) for word in words
    )
    first = words[0][0]
    if first.isalpha() and first.lower() != first.upper() and first not in _SAME:
        escaped = f"[{first.lower()}{first.upper()}]" + escaped[len(re.escape(first)) :]
    before = r"(?<!\w)" if _is_word(words[0][0]) else ""
    after = r"(?!\w)" if _is_word(words[-1][-1]) else ""
    return re.compile(before + escaped + after)


def _is_word(character: str) -> bool:
    # Scripts without spaces have no words to be whole.
    return character.isalnum() and ord(character) < 0x2E80
