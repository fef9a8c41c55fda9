"""What a PDF states about itself: title, author, date, tags, language, bookmarks."""

from __future__ import annotations

import ctypes
import html
import re
from collections.abc import Mapping
from pathlib import PurePath

import pypdfium2 as pdfium
import pypdfium2.raw as api

from qa_service.reading.language_codes import language_code
from qa_service.reading.pdf.headings import folded
from qa_service.records import MetadataValue

_LONGEST = 300
_MOST_TAGS = 50
_MOST_BOOKMARKS = 10_000
_NO_TITLE = re.compile(
    r"(?:microsoft\s+\w+\s+-\s.*"
    r"|.*\.(?:docx?|pdf|tex|dvi|indd|qxd|rtf|pptx?|xlsx?|od[tps]|wpd|eps|ps|p65|html?|md|txt|csv|fm)"
    r"|(?:untitled|document|slide|title|presentation|dokument|sans titre|без названия)[\s\d]*"
    r"|[\w.+-]*\d[\w.+-]*|\W*)",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?:D:)?(?P<year>\d{4})-?(?P<month>0[1-9]|1[0-2])?-?(?P<day>0[1-9]|[12]\d|3[01])?"
)
_XMP_TITLE = re.compile(
    rb"<dc:title[^>]*>\s*<rdf:Alt>\s*<rdf:li[^>]*>([^<]{1,1000})</rdf:li>", re.IGNORECASE
)


def stated_title(document: pdfium.PdfDocument, data: bytes, document_id: str) -> str:
    """Return the title that the file states, or "" where that is a file's name or no title."""
    for title in (_info(document, "Title"), _xmp_title(data)):
        same = folded(title) == folded(PurePath(document_id).stem)
        if title and not same and not _NO_TITLE.fullmatch(title) and len(title) <= _LONGEST:
            return title
    return ""


def properties(document: pdfium.PdfDocument) -> dict[str, MetadataValue]:
    """Return author, date (ISO 8601), tags and the number of pages, as far as the file says."""
    found: dict[str, MetadataValue] = {"pages": len(document)}
    if author := _info(document, "Author")[:_LONGEST]:
        found["author"] = author
    if date := iso_date(_info(document, "CreationDate") or _info(document, "ModDate")):
        found["date"] = date
    stated = f"{_info(document, 'Subject')};{_info(document, 'Keywords')}"
    tags = [" ".join(tag.split()) for tag in re.split(r"[;,\n]", stated)]
    if tags := list(dict.fromkeys(tag for tag in tags if tag and len(tag) <= 80))[:_MOST_TAGS]:
        found["tags"] = tags
    return found


def stated_language(document: pdfium.PdfDocument) -> str:
    """Return the language of the file's /Lang as a code of ISO 639-1, or ""."""
    size = api.FPDFCatalog_GetLanguage(document.raw, None, 0)
    if not 2 < size <= 200:
        return ""
    buffer = (ctypes.c_ushort * (size // 2))()
    api.FPDFCatalog_GetLanguage(document.raw, buffer, size)
    return language_code(bytes(buffer).decode("utf-16-le", "ignore").rstrip("\0"))


def bookmarks(document: pdfium.PdfDocument) -> Mapping[str, int]:
    """Return the folded titles of the file's outline with their depth, from 0."""
    found: dict[str, int] = {}
    for count, bookmark in enumerate(document.get_toc(max_depth=5)):
        if count >= _MOST_BOOKMARKS:
            break
        try:
            title = folded(bookmark.get_title())
        except UnicodeDecodeError:  # half a surrogate pair
            continue
        if title:
            found.setdefault(title, bookmark.level)
    return found


def iso_date(stated: str) -> str:
    """Return a PDF date ("D:20240131...") as ISO 8601, as exact as it says, or ""."""
    match = _DATE.match(stated)
    if match is None or match["year"] < "1900":
        return ""
    parts = [match["year"], match["month"], match["day"] if match["month"] else None]
    return "-".join(part for part in parts if part)


def _info(document: pdfium.PdfDocument, key: str) -> str:
    try:
        value: str = document.get_metadata_value(key)
    except UnicodeDecodeError:
        return ""
    return _one_line(value)


def _xmp_title(data: bytes) -> str:
    # Pictures carry XMP of their own: only a file with a single packet states the document's.
    if data.count(b"<x:xmpmeta") != 1:
        return ""
    match = _XMP_TITLE.search(data, data.index(b"<x:xmpmeta"))
    return _one_line(html.unescape(match[1].decode("utf-8", "ignore"))) if match else ""


def _one_line(value: str) -> str:
    value = value.encode("utf-8", "ignore").decode()
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())
