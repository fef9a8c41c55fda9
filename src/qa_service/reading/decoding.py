"""Bytes into text, exactly or not at all."""

from __future__ import annotations

import codecs

from qa_service.errors import DocumentUndecodable

# UTF-32 first: its little-endian mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(data: bytes, document_id: str) -> str:
    r"""Return the text of ``data``: UTF-8, or what its byte order mark says; the mark is dropped.

    ``\r\n`` becomes ``\n``; a lone ``\r`` stays. Raises DocumentUndecodable, naming the byte and
    its offset, instead of guessing an encoding: a wrong guess would be indexed as nonsense.
    """
    mark, encoding = next((m for m in _MARKS if data.startswith(m[0])), (b"", "utf-8"))
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        offset = len(mark) + error.start
        raise DocumentUndecodable(
            f"{document_id}: byte 0x{data[offset]:02X} at offset {offset:,} is not "
            f"{encoding.upper()} ({error.reason})",
            "convert it to UTF-8, for example `iconv -f windows-1251 -t utf-8`",
        ) from None
    if "\0" in text:
        raise DocumentUndecodable(
            f"{document_id}: holds a NUL character (character {text.index(chr(0)):,}): "
            "binary data, or UTF-16 without a byte order mark",
            "convert it to UTF-8, for example `iconv -f utf-16le -t utf-8`",
        )
    return text.replace("\r\n", "\n")
