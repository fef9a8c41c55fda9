"""What tests of web pages share: reading one, and finding the element that a path names."""

from __future__ import annotations

from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

from qa_service.reading.files import CorpusFile
from qa_service.reading.html.document import read_html
from qa_service.reading.html.page import PageText
from qa_service.reading.html.text import page_text
from qa_service.records import Document


def read(html: str | bytes, name: str = "some-page.html") -> Document:
    data = html.encode() if isinstance(html, str) else html
    return read_html(CorpusFile(name, Path("/x") / name, len(data)), data)


def text_of(html: str) -> PageText:
    return page_text(LexborHTMLParser(html).root)


def boilerplate(document: Document) -> list[str]:
    return [document.text[span.start : span.end] for span in document.boilerplate]


def content(document: Document) -> str:
    """Return what is left of the text, with single spaces."""
    at, parts = 0, []
    for span in document.boilerplate:
        parts.append(document.text[at : span.start])
        at = span.end
    return " ".join("".join([*parts, document.text[at:]]).split())


def select(page: LexborHTMLParser, path: str) -> list[LexborNode]:
    """Return every element that an XPath of child steps with positions selects."""
    root = page.root
    assert root is not None
    assert path.startswith("/")
    found: list[LexborNode] = []
    for depth, step in enumerate(path[1:].split("/")):
        name, _, position = step.rstrip("]").partition("[")
        if depth == 0:
            found = [root] if name in ("*", root.tag) else []
            continue
        below: list[LexborNode] = []
        for node in found:
            matching = [child for child in node.iter() if name in ("*", child.tag)]
            below += [matching[int(position) - 1]] if position else matching
        found = below
    return found
