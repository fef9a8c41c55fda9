"""Pages that hold nothing but the address of another one."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from qa_service.reading.files import printable

_LONGEST_NOTE = 300  # characters of the page: "You are being redirected to ..."
_LONGEST_CONTENT = 1_000
_LONGEST_ADDRESS = 200
_MOST_SECONDS = 10
_REFRESH = re.compile(
    r"\s*(\d{1,9})(?:\.\d*)?\s*[;,\s]\s*url\s*=\s*[\"']?\s*([^\"'\s][^\"']*)", re.I
)


def leads_to(page: LexborHTMLParser, text: str) -> str:
    """Return the address that the page sends its reader on to at once, "" where it stays.

    ``text`` is the page's: one that says more than where to go is a page of its own.
    """
    if len(text) > _LONGEST_NOTE:
        return ""
    for node in page.css("meta[http-equiv=refresh i]"):
        match = _REFRESH.match((node.attributes.get("content") or "")[:_LONGEST_CONTENT])
        if match and int(match[1]) <= _MOST_SECONDS:
            return printable(" ".join(match[2].split()))[:_LONGEST_ADDRESS]
    return ""
