from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from qa_service.errors import DocumentUndecodable
from qa_service.reading.encoding.decoding import decode, decode_detected
from qa_service.reading.files import CorpusFile
from qa_service.reading.text.markdown import read_markdown
from qa_service.reading.text.plain import read_text

RUSSIAN = (
    "Паром ходил через реку каждый день, и в туман, и в мороз.\r\nДля жителей другого берега это "
    "был единственный путь в город, но после войны его так и не восстановили.\r\n"
)


def test_utf8_is_decoded_character_for_character() -> None:
    assert decode("Bakı — 北京 😀\n".encode(), "a.txt") == "Bakı — 北京 😀\n"


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_chooses_the_encoding_and_is_dropped(mark: bytes, encoding: str) -> None:
    assert decode(mark + "Bakı 😀".encode(encoding), "a.txt") == "Bakı 😀"


def test_only_the_first_mark_is_dropped() -> None:
    assert decode("\ufeff\ufeffa\ufeff".encode(), "a.txt") == "\ufeffa\ufeff"


def test_windows_line_ends_become_newlines_and_lone_returns_stay() -> None:
    assert decode(b"a\r\nb\rc\nd\r\r\n", "a.txt") == "a\nb\rc\nd\r\n"


def test_what_leaves_doubt_is_refused_with_byte_and_offset() -> None:
    with pytest.raises(DocumentUndecodable) as caught:
        decode(b"abc\n" + "Баку".encode("cp1251"), "b.txt")
    assert "b.txt: byte 0xC1 at offset 4 is not UTF-8" in caught.value.message
    assert "iconv -f windows-1251 -t utf-8" in caught.value.hint


def test_the_offset_counts_the_mark() -> None:
    with pytest.raises(DocumentUndecodable, match="byte 0xFF at offset 4"):
        decode(codecs.BOM_UTF8 + b"a\xff", "b.txt")


@pytest.mark.parametrize(
    "data", [codecs.BOM_UTF16_LE + b"a", codecs.BOM_UTF32_LE + b"a", b"\xe2\x82", b"\xed\xa0\x80"]
)
def test_torn_characters_and_surrogates_are_refused(data: bytes) -> None:
    with pytest.raises(DocumentUndecodable):
        decode(data, "b.txt")


def test_binary_data_is_refused() -> None:
    with pytest.raises(DocumentUndecodable, match="NUL"):
        decode(b"%PDF\x00\x01", "b.txt")
    with pytest.raises(DocumentUndecodable, match="NUL"):
        decode("no mark".encode("utf-16-le"), "b.txt")


def test_an_older_encoding_is_read_where_the_text_leaves_no_doubt() -> None:
    for encoding in ("windows-1251", "koi8-r", "utf-16le"):
        decoded = decode_detected(RUSSIAN.encode(encoding), "b.txt")
        assert decoded.text == RUSSIAN.replace("\r\n", "\n")
        assert decoded.encoding == encoding
        assert decode(RUSSIAN.encode(encoding), "b.txt") == decoded.text


def test_a_mark_is_believed_and_nothing_else_is_tried() -> None:
    with pytest.raises(DocumentUndecodable, match="is not UTF-8"):
        decode(codecs.BOM_UTF8 + RUSSIAN.encode("cp1251"), "b.txt")


def test_only_an_encoding_other_than_utf8_is_metadata() -> None:
    assert decode_detected(RUSSIAN.encode(), "a.txt").metadata == {}
    assert decode_detected(codecs.BOM_UTF8 + b"a", "a.txt").metadata == {}
    marked = decode_detected(codecs.BOM_UTF16_LE + "a".encode("utf-16le"), "a.txt")
    assert marked.metadata == {"encoding": "utf-16le"}


def test_readers_record_the_encoding_and_front_matter_outweighs_it() -> None:
    file = CorpusFile("a.txt", Path("/x"), 1)
    data = RUSSIAN.encode("koi8-r")
    assert read_text(file, data).metadata == {"encoding": "koi8-r"}
    assert read_text(file, RUSSIAN.encode()).metadata == {}
    assert read_markdown(file, data).metadata == {"encoding": "koi8-r"}
    front = "---\nauthor: Ю. Иванов\nencoding: stated\n---\n" + RUSSIAN
    metadata = read_markdown(file, front.encode("koi8-r")).metadata
    assert metadata == {"encoding": "stated", "author": "Ю. Иванов"}
