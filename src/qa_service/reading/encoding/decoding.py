"""Bytes into text, exactly or not at all."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from qa_service.errors import DocumentUndecodable
from qa_service.reading.encoding.encodings import detect
from qa_service.records import MetadataValue

# UTF-32 first: its little-endian mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32le"),
    (codecs.BOM_UTF32_BE, "utf-32be"),
    (codecs.BOM_UTF16_LE, "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text, and the encoding that it was in by iconv's name for it."""

    text: str
    encoding: str

    @property
    def metadata(self) -> dict[str, MetadataValue]:
        """What a document's metadata says of its encoding: nothing where it is UTF-8."""
        return {} if self.encoding == "utf-8" else {"encoding": self.encoding}


def decode(data: bytes, document_id: str) -> str:
    """Return the text of ``decode_detected``; raises DocumentUndecodable as it does."""
    return decode_detected(data, document_id).text


def decode_detected(data: bytes, document_id: str) -> Decoded:
    r"""Return the text of ``data`` and its encoding.

    That is what a byte order mark says (the mark is dropped), else UTF-8, else an older encoding
    where the text leaves no doubt of it. ``\r\n`` becomes ``\n``; a lone ``\r`` stays. Raises
    DocumentUndecodable, naming the byte and its offset, instead of a wrong guess, which would be
    indexed as nonsense.
    """
    mark, encoding = next((m for m in _MARKS if data.startswith(m[0])), (b"", "utf-8"))
    try:
        decoded = Decoded(_strictly(data, mark, encoding, document_id), encoding)
    except DocumentUndecodable:
        found = None if mark else detect(data)
        if found is None:
            raise
        decoded = Decoded(found.text, found.encoding)
    return Decoded(decoded.text.replace("\r\n", "\n"), decoded.encoding)


def _strictly(data: bytes, mark: bytes, encoding: str, document_id: str) -> str:
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
    return text
