"""Small PDFs for tests, made of text at exact places in the standard fonts."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
from fpdf import FPDF

from qa_service.reading.files import CorpusFile
from qa_service.reading.pdf.document import read_pdf
from qa_service.records import Document

WIDTH, HEIGHT = 612.0, 792.0
SENTENCES = (
    "The harbour was rebuilt after the flood of 1953 by engineers from three countries.",
    "Freight doubled within a decade, and the railway was extended to the quay in 1964.",
    "The instrument had been developed for rivers and was calibrated every single morning.",
    "A brass plate on pier four still bears her name, although nobody remembers who put it up.",
    "Uncertainty arises from the calibration and from the representation of turbulence.",
)


class Paper(FPDF):
    """A PDF with text put at exact places: ``put`` gives the baseline, from the upper left."""

    def __init__(self, pages: int = 1) -> None:
        super().__init__(format="letter", unit="pt")
        self.set_auto_page_break(False)
        for _ in range(pages):
            self.add_page()

    def put(
        self, x: float, y: float, text: str, size: float = 10, style: str = "", font: str = "Times"
    ) -> None:
        self.set_font(font, style, size)
        self.text(x, y, text)

    def lines(
        self, x: float, y: float, lines: Sequence[str], size: float = 10, leading: float = 12
    ) -> float:
        """Put lines one below the other and return the next baseline."""
        for line in lines:
            self.put(x, y, line, size)
            y += leading
        return y

    def paragraph(self, x: float, y: float, text: str, width: float, size: float = 10) -> float:
        """Put a paragraph, wrapped to ``width``, and return the next baseline."""
        return self.lines(x, y, self.wrapped(text, width, size), size)

    def wrapped(self, text: str, width: float, size: float = 10) -> list[str]:
        self.set_font("Times", "", size)
        lines = [""]
        for word in text.split():
            longer = f"{lines[-1]} {word}".strip()
            if self.get_string_width(longer) <= width:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines

    def written(self) -> bytes:
        return bytes(self.output())


def read(data: bytes, name: str = "some file.pdf") -> Document:
    """Return the document of a PDF's bytes."""
    return read_pdf(CorpusFile(name, Path("/x") / name, len(data)), data)


def paragraphs(document: Document) -> list[str]:
    """Return what stands between the blank lines of a document, boilerplate left out."""
    text = document.text
    for span in reversed(document.boilerplate):
        text = text[: span.start] + text[span.end :]
    return [part.strip() for part in text.split("\n\n") if part.strip()]


def boilerplate(document: Document) -> list[str]:
    return [document.text[span.start : span.end] for span in document.boilerplate]


def changed(data: bytes, change: object) -> bytes:
    """Return the PDF after ``change`` (a function of the opened file) has worked on it."""
    out = BytesIO()
    with pikepdf.open(BytesIO(data)) as pdf:
        assert callable(change)
        change(pdf)
        pdf.save(out)
    return out.getvalue()


def page_texts(data: bytes) -> list[str]:
    """Return what PDFium says of each page, in its own order."""
    document = pdfium.PdfDocument(data)
    texts = []
    for page in document:
        text_page = page.get_textpage()
        texts.append(text_page.get_text_range())
        text_page.close()
        page.close()
    document.close()
    return texts
