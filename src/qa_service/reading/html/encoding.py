"""The bytes of a web page into text, by what the page itself declares."""

from __future__ import annotations

import codecs
import re

from qa_service.reading.encoding.decoding import decode

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# How far the HTML standard looks for a declaration.
_PRESCAN = 1024
_XML = re.compile(rb"""\s*<\?xml\s[^>]*?encoding\s*=\s*["']\s*([\w.:-]+)""")
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_META = re.compile(rb"<meta[\s/][^>]*", re.IGNORECASE)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)

# The standard's labels that Python knows by another name, or as a subset of what browsers read.
_BROWSER_NAMES = {
    "ascii": "windows-1252",
    "cp1252": "windows-1252",
    "big5": "big5hkscs",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "windows-1252",
    "iso8859-9": "windows-1254",
    "iso8859-11": "cp874",
    "shift_jis": "cp932",
    "tis-620": "cp874",
    # A declaration that could be read as bytes cannot be in UTF-16.
    "utf-16": "utf-8",
    "utf-16-be": "utf-8",
    "utf-16-le": "utf-8",
    "utf-32": "utf-8",
}
_LABELS = {
    "dos-874": "cp874",
    "iso88591": "iso-8859-1",
    "ks_c_5601-1987": "euc_kr",
    "unicode": "utf-8",
    "windows-949": "euc_kr",
    "x-cp1251": "windows-1251",
    "x-cp1252": "windows-1252",
    "x-gbk": "gbk",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-mac-roman": "mac-roman",
    "x-sjis": "shift_jis",
    "x-x-big5": "big5",
}
# As browsers read it: the five bytes that Windows leaves open are control characters.
_WINDOWS_1252 = {
    byte: character
    for byte in range(0x80, 0xA0)
    if (character := bytes([byte]).decode("windows-1252", "ignore"))
}


def decode_html(data: bytes, document_id: str) -> str:
    """Return the text of a page; ``\\r\\n`` becomes ``\\n``.

    A byte order mark decides; then UTF-8, where all of the page is UTF-8 and not all of it ASCII
    (a page converted later often keeps its old declaration); then the declaration in an XML
    declaration or a ``<meta>`` of the first 1,024 bytes; then ``decode``. Raises
    DocumentUndecodable where nothing fits.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _exactly(data[len(mark) :], encoding) or decode(data, document_id)
    head = data[:_PRESCAN]
    if head.startswith((b"<\0", b"\0<")):
        encoding = "utf-16-le" if head.startswith(b"<\0") else "utf-16-be"
        if (text := _exactly(data, encoding)) is not None:
            return text
    declared = _declared(head)
    # ISO-2022 and HZ write everything in ASCII's bytes.
    if not (declared and data.isascii()) and (text := _exactly(data, "utf-8")) is not None:
        return text
    if declared and (text := _exactly(data, declared)) is not None:
        return text
    return decode(data, document_id)


def _exactly(data: bytes, encoding: str) -> str | None:
    if encoding == "windows-1252":
        return data.decode("latin-1").translate(_WINDOWS_1252).replace("\r\n", "\n")
    try:
        return data.decode(encoding).replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None


def _declared(head: bytes) -> str | None:
    """Return the name of the declared encoding as Python knows it, or None."""
    candidates = [match[1] for match in [_XML.match(head)] if match]
    for tag in _META.findall(_COMMENT.sub(b"", head)):
        candidates += [match[1] for match in [_CHARSET.search(tag)] if match]
    for candidate in candidates:
        label = candidate.decode("ascii", "replace").lower()
        try:
            found = codecs.lookup(_LABELS.get(label, label))
        except LookupError:
            continue
        if found._is_text_encoding and found.name != "utf-7":
            return _BROWSER_NAMES.get(found.name, found.name)
    return None
