from __future__ import annotations

import io
import struct
import zipfile

import pytest

from qa_service.errors import DocumentDamaged, DocumentError, DocumentProtected, DocumentTooLarge
from qa_service.reading.docx import package as docx_package
from qa_service.reading.docx.package import Package, attribute, child, is_on, name_of
from word_files import p, part, relationships, word_file, zipped

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


def opened(data: bytes) -> Package:
    package = Package(data, "a.docx")
    package.xml(package.main_part())
    return package


def test_an_encrypted_file_is_named_as_that() -> None:
    with pytest.raises(DocumentProtected, match=r"a\.docx: password protected"):
        opened(OLE + "EncryptedPackage".encode("utf-16-le"))
    data = bytearray(word_file(p("Text.")))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := data.find(signature, at + 1)) >= 0:
            data[at + offset] |= 1
    with pytest.raises(DocumentProtected):
        opened(bytes(data))


def test_the_older_format_is_named_as_that_whatever_its_suffix() -> None:
    with pytest.raises(DocumentDamaged, match="older DOC format"):
        opened(OLE + "WordDocument".encode("utf-16-le"))
    with pytest.raises(DocumentDamaged, match="another Office container"):
        opened(OLE)


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"{\\rtf1 text}", b"<html></html>", b"\0" * 99]
)
def test_what_is_no_archive_is_damaged(data: bytes) -> None:
    with pytest.raises(DocumentDamaged, match=r"a\.docx: no DOCX"):
        opened(data)


def test_a_file_cut_anywhere_is_an_error_of_the_document() -> None:
    data = word_file(p("Text. " * 500))
    for size in range(0, len(data), 37):
        with pytest.raises(DocumentError):
            opened(data[:size])


def test_a_file_with_any_byte_changed_is_read_or_refused_and_nothing_else() -> None:
    data = word_file(p("Text."))
    for at in range(0, len(data), 3):
        changed = bytearray(data)
        changed[at] ^= 0xFF
        try:
            opened(bytes(changed))
        except DocumentError:
            continue


def test_the_main_part_is_where_the_package_says() -> None:
    data = zipped(
        {
            "_rels/.rels": relationships(("r", "officeDocument", "/Word/Main%20Part.xml")),
            "word/main part.xml": part("document", f"<w:body>{p('Text.')}</w:body>"),
        }
    )
    package = Package(data, "a.docx")
    assert child(package.xml(package.main_part()), "body") is not None


def test_an_archive_of_something_else_has_no_main_part() -> None:
    with pytest.raises(DocumentDamaged, match=r"word/document\.xml is missing"):
        opened(zipped({"readme.txt": b"x"}))


def test_names_that_climb_out_are_only_names() -> None:
    data = zipped(
        {
            "../../etc/passwd": b"x",
            "_rels/.rels": relationships(("r", "officeDocument", "../../word/document.xml")),
            "word/document.xml": part("document", "<w:body/>"),
        }
    )
    assert opened(data).main_part() == "word/document.xml"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_refused() -> None:
    stream = io.BytesIO(word_file(p("Text.")))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("Word/Document.xml", b"<x/>")
    with pytest.raises(DocumentDamaged, match=r"holds Word/Document\.xml twice"):
        opened(stream.getvalue())


def test_a_part_that_declares_or_unpacks_too_much_is_a_bomb() -> None:
    bomb = part("document", "<w:body>" + " " * 20_000_000 + "</w:body>")
    with pytest.raises(DocumentTooLarge, match="zip bomb"):
        opened(zipped({"word/document.xml": bomb}))


def test_a_bomb_that_declares_a_small_size_is_never_unpacked_beyond_it() -> None:
    bomb = part("document", "<w:body>" + " " * 20_000_000 + "</w:body>")
    data = bytearray(zipped({"word/document.xml": bomb}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.find(signature)
        data[at + offset : at + offset + 4] = struct.pack("<I", 1000)
    with pytest.raises(DocumentDamaged, match="CRC"):
        opened(bytes(data))


def test_the_parts_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docx_package, "_MOST_UNPACKED", 3_000)
    data = zipped(
        {"word/document.xml": b"<a>" + b"x" * 2000 + b"</a>", "b.xml": b"<a>" + b"y" * 2000}
    )
    package = Package(data, "a.docx")
    package.xml("word/document.xml")
    with pytest.raises(DocumentTooLarge, match="3,000 bytes of XML"):
        package.xml("b.xml")


def test_the_number_of_parts_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docx_package, "_MOST_ENTRIES", 2)
    with pytest.raises(DocumentTooLarge, match="3 parts exceed 2"):
        opened(zipped({"a": b"", "b": b"", "word/document.xml": b"<a/>"}))


LAUGHS = b'<!DOCTYPE a [<!ENTITY a0 "ha">%s]>' % b"".join(
    b'<!ENTITY a%d "%s">' % (i, b"&a%d;" % (i - 1) * 10) for i in range(1, 10)
)


@pytest.mark.parametrize(
    "xml",
    [
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
        LAUGHS + b"<a>&a9;</a>",
        LAUGHS + b"<a x='&a9;'/>",
        b"<a>&undefined;</a>",
        b"<a><b></a>",
        b"",
        b"\xff\xfe",
        b"<?xml version='1.0' encoding='no-such'?><a/>",
        "<?xml version='1.0' encoding='utf-16'?><!DOCTYPE a []><a/>".encode("utf-16"),
    ],
)
def test_entities_and_broken_xml_are_refused_and_name_the_part(xml: bytes) -> None:
    with pytest.raises(DocumentDamaged, match=r"a\.docx: word/document\.xml: "):
        opened(zipped({"word/document.xml": xml}))


def test_a_missing_part_is_none_and_without_relationships() -> None:
    package = Package(word_file(p("Text.")), "a.docx")
    assert package.xml("word/none.xml") is None
    assert package.relationships("word/none.xml") == {}


def test_strict_and_transitional_names_are_one() -> None:
    strict = part("document", "<w:body/>").replace(
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    root = Package(zipped({"a.xml": strict}), "a.docx").xml("a.xml")
    assert name_of(root) == "w:document"
    assert [name_of(element) for element in root] == ["w:body"]


def test_a_property_is_on_unless_switched_off() -> None:
    values = '<w:a/><w:a w:val="1"/><w:a w:val="true"/><w:a w:val="0"/><w:a w:val="false"/>'
    root = Package(zipped({"a.xml": part("x", values)}), "a.docx").xml("a.xml")
    assert [is_on(element) for element in root] == [True, True, True, False, False]
    assert not is_on(None)
    assert attribute(root[1], "val") == "1"
    assert attribute(root[0], "val", "none") == "none"
