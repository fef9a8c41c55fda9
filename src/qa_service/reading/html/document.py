"""Web pages: their text as a reader sees it, their content told apart from what is around it."""

from __future__ import annotations

import hashlib

from selectolax.lexbor import LexborHTMLParser

from qa_service.errors import DocumentBlank
from qa_service.reading.files import CorpusFile
from qa_service.reading.html.boilerplate import boilerplate_spans, lies_in
from qa_service.reading.html.encoding import decode_html
from qa_service.reading.html.limits import within_limits
from qa_service.reading.html.metadata import page_metadata
from qa_service.reading.html.redirect import leads_to
from qa_service.reading.html.text import page_text
from qa_service.reading.titles import title_from_name
from qa_service.records import Document


def read_html(file: CorpusFile, data: bytes) -> Document:
    """Return the document of a web page.

    Raises DocumentUndecodable, and DocumentBlank where it only leads to another page.

    Its text is what a browser would show, paragraphs divided by blank lines. What is not the
    page's content stays in it, marked as boilerplate. Each place carries the XPath of the element
    its text came from. Tables of data and preformatted text are kept whole. The title is the
    page's ``<title>`` without the site's name, else its first heading, else the file's name.
    """
    page = LexborHTMLParser(within_limits(decode_html(data, file.id)))
    about = page_metadata(page)
    content = page_text(page.root)
    if address := leads_to(page, content.text):
        raise DocumentBlank(
            f"{file.id}: only leads to {address}", "add the page that it leads to, or remove it"
        )
    boilerplate = boilerplate_spans(content, about.title.site)
    return Document(
        id=file.id,
        title=about.title.own or title_from_name(file.id),
        text=content.text,
        sha256=hashlib.sha256(data).hexdigest(),
        metadata=about.metadata,
        headings=tuple(h for h in content.headings if not lies_in(h.start, boilerplate)),
        boilerplate=boilerplate,
        blocks=content.blocks,
        places=content.places,
        language=about.language,
    )
