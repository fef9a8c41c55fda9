"""PDF: its text in reading order, its headings, and the place of every line on its page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import closing

import pypdfium2 as pdfium
import pypdfium2.raw as api

from qa_service.errors import (
    DocumentDamaged,
    DocumentError,
    DocumentProtected,
    DocumentScanned,
    DocumentTooLarge,
)
from qa_service.reading.files import CorpusFile
from qa_service.reading.pdf.columns import reading_order
from qa_service.reading.pdf.furniture import Parted, body_size, is_fixed, part_furniture
from qa_service.reading.pdf.headings import heading_levels, heading_text, title_blocks
from qa_service.reading.pdf.lines import lines_of
from qa_service.reading.pdf.page import Page, read_page
from qa_service.reading.pdf.paragraphs import Block, blocks_of, joined
from qa_service.reading.pdf.properties import bookmarks, properties, stated_language, stated_title
from qa_service.reading.pdf.writing import Vocabulary, Writer
from qa_service.reading.titles import title_from_name
from qa_service.records import Document

MOST_PAGES = 10_000
MOST_CHARACTERS = 40_000_000


def read_pdf(file: CorpusFile, data: bytes) -> Document:
    """Return the document of a PDF.

    Its text is that of the pages in reading order, column by column, paragraphs on one line each
    and made whole where they go on in the next column or page. Words divided at a line's end are
    joined. Running headers, footers and page numbers are boilerplate, at the end of their page's
    text. ``places`` holds the page and box of every line. The title is the one the file states,
    else the largest text on the first page, else the file's name. Pages that hold a picture but no
    text are listed in the metadata as ``pages_without_text``.

    Raises DocumentDamaged, DocumentProtected when a password is needed, DocumentTooLarge beyond
    10,000 pages or 40 million characters, and DocumentScanned when no page has text but some have
    pictures.
    """
    with closing(_opened(data, file.id)) as document:
        pages = _pages(document, file.id)
        metadata = properties(document)
        title = stated_title(document, data, file.id)
        language = stated_language(document)
        known = bookmarks(document)
    body = body_size(pages)
    parted = part_furniture(pages, body)
    silent = [str(part.page.number) for part in parted if part.is_silent]
    if silent and not any(part.page.groups for part in parted):
        raise DocumentScanned(
            f"{file.id}: no text layer ({len(silent):,} scanned pages)",
            "run OCR on it, for example `ocrmypdf in.pdf out.pdf`",
        )
    if silent:
        metadata["pages_without_text"] = silent
    code = not is_fixed(pages)
    blocks = joined([region for page in parted for region in _regions(page.page, code)], body)
    titles = title_blocks(blocks, title, body)
    levels = heading_levels(blocks, titles, body, known)
    writer = Writer(
        {page.number: page for page in pages},
        Vocabulary.of(line for block in blocks for line in block.lines),
    )
    _write(writer, blocks, levels, parted)
    found = " ".join(heading_text(blocks[i]) for i in titles)
    return Document(
        id=file.id,
        title=title or found or title_from_name(file.id),
        text=writer.text,
        sha256=hashlib.sha256(data).hexdigest(),
        metadata=metadata,
        headings=tuple(writer.headings),
        boilerplate=tuple(writer.boilerplate),
        blocks=tuple(writer.blocks),
        places=tuple(writer.places),
        language=language,
    )


def _opened(data: bytes, document_id: str) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise _refused(error, document_id) from None


def _refused(error: pdfium.PdfiumError, document_id: str) -> DocumentError:
    if error.err_code == api.FPDF_ERR_PASSWORD:
        return DocumentProtected(
            f"{document_id}: needs a password", "save a copy without one, or remove it"
        )
    if error.err_code == api.FPDF_ERR_SECURITY:
        return DocumentProtected(
            f"{document_id}: protected in a way that cannot be read",
            "save a copy without protection, or remove it",
        )
    return DocumentDamaged(
        f"{document_id}: not a readable PDF ({str(error).rstrip('.')})",
        "open it in a viewer and save it anew, or remove it",
    )


def _pages(document: pdfium.PdfDocument, document_id: str) -> list[Page]:
    count = len(document)
    if count == 0:
        raise DocumentDamaged(
            f"{document_id}: a PDF without pages", "save it anew from its source, or remove it"
        )
    if count > MOST_PAGES:
        raise DocumentTooLarge(
            f"{document_id}: {count:,} pages exceed the limit of {MOST_PAGES:,}", "split it"
        )
    pages: list[Page] = []
    left = MOST_CHARACTERS
    for index in range(count):
        try:
            page = read_page(document, index, left)
        except pdfium.PdfiumError as error:
            raise DocumentDamaged(
                f"{document_id}: page {index + 1:,} of {count:,} cannot be read "
                f"({str(error).rstrip('.')})",
                "open it in a viewer and save it anew, or remove it",
            ) from None
        if page is None:
            raise DocumentTooLarge(
                f"{document_id}: more than {MOST_CHARACTERS:,} characters by page {index + 1:,}",
                "split it",
            )
        left -= sum(len(run.text) for group in page.groups for run in group.runs)
        pages.append(page)
    return pages


def _regions(page: Page, code: bool) -> Iterator[list[Block]]:
    """Yield the page's blocks region by region; what is turned comes after what most is."""
    weights = {g.turn: sum(len(run.text) for run in g.runs) for g in page.groups}
    for group in sorted(page.groups, key=lambda group: -weights[group.turn]):
        for region in reading_order(group.runs):
            yield blocks_of(lines_of(region, page.number, group.turn), code=code)


def _write(
    writer: Writer, blocks: Sequence[Block], levels: Sequence[int], parted: Sequence[Parted]
) -> None:
    """Write the blocks, and after the last that begins on a page the page's furniture."""
    furniture = iter(parted)
    page = next(furniture)
    for block, level in zip(blocks, levels, strict=True):
        while block.lines[0].page > page.page.number:
            writer.write_furniture(page.furniture)
            page = next(furniture)
        writer.write(block, level)
    writer.write_furniture(page.furniture)
    for page in furniture:
        writer.write_furniture(page.furniture)
