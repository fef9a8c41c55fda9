"""Markdown: the decoded file, its front matter, headings and code blocks, all by offset."""

from __future__ import annotations

import hashlib
import re
from itertools import accumulate

from markdown_it import MarkdownIt
from markdown_it.token import Token

from qa_service.reading.boilerplate import navigation_spans
from qa_service.reading.encoding.decoding import decode_detected
from qa_service.reading.files import CorpusFile
from qa_service.reading.text.front_matter import read_front_matter
from qa_service.reading.titles import title_from_name
from qa_service.records import Document, Heading, Span

# markdown-it ends lines at a lone carriage return too, and its line numbers count them.
_LINE = re.compile(r"[^\n\r]*(?:\r\n|[\n\r]|\Z)")


def read_markdown(file: CorpusFile, data: bytes) -> Document:
    """Return the document of a Markdown file.

    Its text is the decoded file, character for character. The title is the front matter's, else
    the first top heading, else the file's name. Front matter becomes metadata and boilerplate.
    Headings inside lists and quotations are text of theirs, not sections of the document. Code
    blocks are kept whole. Raises DocumentUndecodable, and DocumentError for broken front matter.
    """
    decoded = decode_detected(data, file.id)
    text = decoded.text
    front = read_front_matter(text, file.id)
    headings, blocks = _structure(text, front.end)
    stated = front.metadata.get("title")
    first = next((heading.text for heading in headings if heading.level == 1), "")
    navigation = [
        span
        for span in navigation_spans(text)
        if span.start >= front.end and not any(b.start <= span.start < b.end for b in blocks)
    ]
    return Document(
        id=file.id,
        title=(" ".join(stated.split()) if isinstance(stated, str) else "")
        or first
        or title_from_name(file.id),
        text=text,
        sha256=hashlib.sha256(data).hexdigest(),
        metadata={**decoded.metadata, **front.metadata},
        headings=tuple(headings),
        boilerplate=((Span(0, front.end),) if front.end else ()) + tuple(navigation),
        blocks=tuple(blocks),
    )


def _structure(text: str, start: int) -> tuple[list[Heading], list[Span]]:
    """Return headings and code blocks of the Markdown from ``start`` on, in order."""
    starts = [start, *accumulate((len(m) for m in _LINE.findall(text[start:])), initial=start)][1:]
    # Only headings need their inline structure; parsing all of it takes ten times as long.
    tokens = MarkdownIt("commonmark").disable("inline").parse(text[start:])
    inline = MarkdownIt("commonmark")
    headings: list[Heading] = []
    blocks: list[Span] = []
    for i, token in enumerate(tokens):
        if token.map is None:
            continue
        first, stop = token.map
        span = Span(starts[first], min(starts[min(stop, len(starts) - 1)], len(text)))
        if token.type in ("fence", "code_block"):
            blocks.append(span)
        elif token.type == "heading_open" and token.level == 0:
            title = " ".join(_plain(inline.parseInline(tokens[i + 1].content)).split())
            end = span.start + len(text[span.start : span.end].rstrip())
            if title:
                headings.append(Heading(int(token.tag[1]), title, span.start, end))
    return headings, blocks


def _plain(tokens: list[Token]) -> str:
    """Return the words of inline Markdown without its marks."""
    parts: list[str] = []
    for token in tokens:
        if token.children:
            parts.append(_plain(token.children))
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type in ("text", "code_inline", "text_special"):
            parts.append(token.content)
    return "".join(parts)
