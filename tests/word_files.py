"""Word files for tests, from the XML of their parts: what no program would write is possible."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from qa_service.reading.docx.document import read_docx
from qa_service.reading.files import CorpusFile
from qa_service.records import Document

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = (
    f'xmlns:w="{W}" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def p(content: str, properties: str = "") -> str:
    """Return a paragraph; text without any tag becomes a run."""
    runs = content if "<" in content or not content else r(content)
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{runs}</w:p>"


def r(text: str, properties: str = "") -> str:
    """Return a run of text."""
    look = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{look}<w:t xml:space="preserve">{text}</w:t></w:r>'


def styled(style: str, text: str) -> str:
    """Return a paragraph in a style."""
    return p(text, f'<w:pStyle w:val="{style}"/>')


def table(*rows: list[str]) -> str:
    """Return a table; a cell is text or the XML of its paragraphs."""
    cells = (
        "".join(f"<w:tc>{cell if cell.startswith('<') else p(cell)}</w:tc>" for cell in row)
        for row in rows
    )
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def part(name: str, content: str) -> bytes:
    """Return a part whose root is ``w:name``."""
    return f"<w:{name} {NAMESPACES}>{content}</w:{name}>".encode()


def relationships(*entries: tuple[str, str, str]) -> bytes:
    """Return a part of relationships from (id, kind, target)."""
    items = "".join(
        f'<Relationship Id="{i}" Type="{RELATIONSHIPS}/{kind}" Target="{target}"/>'
        for i, kind, target in entries
    )
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f"{items}</Relationships>"
    ).encode()


def word_file(body: str = "", parts: dict[str, bytes] | None = None, **related: str) -> bytes:
    """Return a Word file; ``styles=...`` and the like are related parts, given by content."""
    files = {
        "_rels/.rels": relationships(("r1", "officeDocument", "word/document.xml")),
        "word/document.xml": part("document", f"<w:body>{body}</w:body>"),
        "word/_rels/document.xml.rels": relationships(
            *((name, name, f"{name}.xml") for name in related)
        ),
    }
    files |= {f"word/{name}.xml": part(name, content) for name, content in related.items()}
    return zipped(files | (parts or {}))


def zipped(files: dict[str, bytes]) -> bytes:
    """Return a zip archive of the given files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def read_word(
    body: str = "", parts: dict[str, bytes] | None = None, *, name: str = "a.docx", **related: str
) -> Document:
    """Return the document that ``read_docx`` makes of such a file."""
    data = word_file(body, parts, **related)
    return read_docx(CorpusFile(name, Path("/x") / name, len(data)), data)
