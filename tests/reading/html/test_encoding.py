from __future__ import annotations

import codecs

import pytest

from qa_service.errors import DocumentUndecodable
from qa_service.reading.html.encoding import decode_html

RUSSIAN = "<p>Привет, гавань"


def page(meta: str, body: str, encoding: str) -> bytes:
    return f"<html><head>{meta}</head>{body}".encode(encoding)


@pytest.mark.parametrize(
    ("meta", "body", "encoding"),
    [
        ("<meta charset=windows-1251>", RUSSIAN, "windows-1251"),
        ("<META CharSet='koi8-r'>", RUSSIAN, "koi8-r"),
        (
            '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">',
            RUSSIAN,
            "windows-1251",
        ),
        ("<meta charset=gb2312>", "<p>港口重开", "gbk"),
        ("<meta charset=big5>", "<p>港口", "big5"),
        ("<meta charset=x-sjis>", "<p>港①", "cp932"),
        ("<meta charset=euc-kr>", "<p>항구", "euc-kr"),
        ("<meta charset=iso-2022-jp>", "<p>港", "iso-2022-jp"),
        ("<meta charset=iso-8859-1>", "<p>“café” €5", "windows-1252"),
        ("<meta charset=iso-8859-9>", "<p>ığdır", "windows-1254"),
        ("", RUSSIAN, "utf-8"),
        ("<meta charset=utf-8>", RUSSIAN, "utf-8"),
        ("<meta charset=utf-16>", RUSSIAN, "utf-8"),
        ("<meta charset=nonsense><meta charset=koi8-r>", RUSSIAN, "koi8-r"),
        ("<!-- <meta charset=koi8-r> --><meta charset=windows-1251>", RUSSIAN, "windows-1251"),
    ],
)
def test_the_declared_encoding_is_used(meta: str, body: str, encoding: str) -> None:
    assert decode_html(page(meta, body, encoding), "a.html").endswith(body)


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (b"", "utf-16-le"),
        (b"", "utf-16-be"),
    ],
)
def test_a_byte_order_mark_decides_and_utf_16_is_seen_without_one(
    mark: bytes, encoding: str
) -> None:
    data = mark + page("<meta charset=windows-1251>", RUSSIAN, encoding)
    assert decode_html(data, "a.html").endswith(RUSSIAN)


def test_an_xml_declaration_counts() -> None:
    data = f"<?xml version='1.0' encoding='windows-1251'?><html>{RUSSIAN}".encode("windows-1251")
    assert decode_html(data, "a.xhtml").endswith(RUSSIAN)


def test_a_page_converted_to_utf_8_keeps_its_old_declaration_in_vain() -> None:
    data = page("<meta charset=windows-1251>", RUSSIAN, "utf-8")
    assert decode_html(data, "a.html").endswith(RUSSIAN)


def test_a_declaration_beyond_the_first_1024_bytes_is_not_looked_for() -> None:
    padding = "<!--" + "x" * 1024 + "-->"
    data = f"{padding}<meta charset=iso-2022-jp><p>".encode() + "港".encode("iso-2022-jp")
    assert "港" not in decode_html(data, "a.html")


def test_bytes_that_fit_no_encoding_are_refused_never_replaced() -> None:
    with pytest.raises(DocumentUndecodable, match=r"a\.html"):
        decode_html(b"<meta charset=utf-8><p>\xff\xfe\x81\x00\x98", "a.html")


def test_line_ends_are_line_feeds() -> None:
    assert decode_html(b"<p>a\r\nb", "a.html") == "<p>a\nb"


def test_a_stray_nul_before_the_first_tag_is_no_utf_16() -> None:
    assert decode_html(b"\0</a>", "page.html") == "\0</a>"
