"""Which words of a passage are searched: one place for the lexical and for the dense text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from qa_service.reading.text.links import without_addresses
from qa_service.records import Passage

_TITLE_CHARACTERS = 120  # a title is context: a longer one must not crowd out the passage
# A heading is analysed with every passage below it, its own pieces among them: one of a million
# characters would be analysed ten thousand times.
_SEARCHED_CHARACTERS = 1_000


def lexical_text(passage: Passage) -> str:
    """Return what BM25 indexes: the title, the path of headings, and the passage's text.

    A heading equal to the title is not repeated: it would count the title's words twice. Of a
    title or heading only the first thousand characters are taken.
    """
    headings = [heading for heading in passage.section if heading != passage.title]
    context = [words[:_SEARCHED_CHARACTERS] for words in (passage.title, *headings)]
    return "\n".join([*context, passage.text])


def embedding_text(passage: Passage) -> str:
    """Return what is embedded for a passage: the document's title above the passage's text,
    as a reader reads it."""
    return titled(passage.title, as_read_out(passage.document_id, passage.text))


def embedding_sentences(passage: Passage) -> Sequence[str]:
    """Return what is embedded for each of a passage's sentences."""
    return [as_read_out(passage.document_id, one.text) for one in passage.sentences]


def as_read_out(document_id: str, text: str) -> str:
    """Return a text without the addresses of its links, where it is Markdown.

    They are no words, and made up a good part of some sentences' vectors.
    """
    if PurePosixPath(document_id).suffix.lower() != ".md":
        return text
    said = without_addresses(text)
    return said if said.strip() else text


def titled(title: str, text: str) -> str:
    """Return a text below its document's title, unless it begins with that title already."""
    short = title[:_TITLE_CHARACTERS]
    return text if text.startswith(short) else f"{short}\n{text}"
