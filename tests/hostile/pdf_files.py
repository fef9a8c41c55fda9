"""PDF files that are broken, endless, enormous, locked, or something else altogether."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator, Sequence
from functools import cache

SENTENCE = "The lighthouse keeper counted ships."
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
    b" /Resources << /Font << /F1 5 0 R >> >> >>"
)
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), entries, data)


def shown(text: str) -> bytes:
    """Return a page's content that shows one line."""
    return b"BT /F1 12 Tf 72 700 Td (" + text.encode("latin-1") + b") Tj ET"


TEXT = stream(shown(SENTENCE))


def pdf(objects: Sequence[bytes], trailer: bytes = b"", startxref: int | None = None) -> bytes:
    """Return a file of these objects, numbered from 1; the first is the catalogue."""
    out = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        out += b"%010d 00000 n \n" % offset
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (len(objects) + 1, trailer)
    out += b"startxref\n%d\n%%%%EOF\n" % (table if startxref is None else startxref)
    return bytes(out)


def paged(content: bytes = TEXT, *more: bytes, page: bytes = PAGE) -> bytes:
    """Return a file of one page with this content; ``more`` are objects 6 and up."""
    return pdf([CATALOG, PAGES, page, content, FONT, *more])


def with_resources(resources: bytes, content: bytes, *more: bytes) -> bytes:
    page = PAGE.replace(b"/Font << /F1 5 0 R >>", b"/Font << /F1 5 0 R >> " + resources)
    return paged(stream(content), *more, page=page)


GOOD = paged()


@cache
def deflated(size: int, unit: bytes = b"\0") -> bytes:
    """Return ``size`` bytes of a repeated unit, compressed, without ever holding them all."""
    block = unit * ((1 << 20) // len(unit))
    packer = zlib.compressobj(9)
    head = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush the same block always gives the same bytes: one is enough to have them all.
    again = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    count = size // len(block)
    check = 1
    for _ in range(count):
        check = zlib.adler32(block, check)
    last = zlib.compressobj(9, zlib.DEFLATED, -15).flush()
    return head + again * (count - 1) + last + check.to_bytes(4, "big")


def files() -> Iterator[tuple[str, bytes]]:
    yield from damaged()
    yield from looping()
    yield from enormous()
    yield from locked()
    yield from odd()


def damaged() -> Iterator[tuple[str, bytes]]:
    yield "empty", b""
    yield "header only", b"%PDF-1.7\n"
    yield "no objects", b"%PDF-1.7\n%%EOF\n"
    for percent in (10, 50, 90, 98):
        yield f"cut at {percent} percent", GOOD[: len(GOOD) * percent // 100]
    yield "no cross-reference table", GOOD[: GOOD.index(b"xref\n0")]
    objects = [CATALOG, PAGES, PAGE, TEXT, FONT]
    for place in (0, -1, 7, 2**31, 10**30):
        yield f"table said to be at {place}", pdf(objects, startxref=place)
    yield "table of wrong offsets", GOOD.replace(b"00000 n", b"00001 n")
    yield "no pages", pdf([CATALOG, b"<< /Type /Pages /Kids [] /Count 0 >>"])
    yield "pages missing", pdf([b"<< /Type /Catalog >>"])
    yield "root missing", pdf([b"null"])
    yield "content missing", paged(b"null")
    yield "stream without an end", GOOD.replace(b"endstream", b"")
    yield "length beyond the file", GOOD.replace(b"/Length ", b"/Length 99999")
    yield "broken compression", paged(stream(b"no deflate at all", b"/Filter /FlateDecode"))
    yield "unknown filter", paged(stream(b"x", b"/Filter /NoSuchDecode"))
    chance = random.Random(5)
    for number in range(10):
        bytes_ = bytearray(GOOD)
        for _ in range(20):
            bytes_[chance.randrange(len(bytes_))] = chance.randrange(256)
        yield f"noise {number}", bytes(bytes_)
    yield "header and random bytes", b"%PDF-1.7\n" + chance.randbytes(20_000)


def looping() -> Iterator[tuple[str, bytes]]:
    yield "previous table is this one", pdf([CATALOG, PAGES, PAGE, TEXT, FONT], b"/Prev 9")
    at = GOOD.index(b"xref\n0")
    previous = b"/Prev %d" % at
    yield "previous table forever", pdf([CATALOG, PAGES, PAGE, TEXT, FONT], previous)
    yield "page tree holds itself", pdf([CATALOG, PAGES.replace(b"3 0 R", b"2 0 R")])
    yield "page tree in a ring", pdf([CATALOG, PAGES, PAGES.replace(b"3 0 R", b"2 0 R")])
    yield "object is a reference to itself", paged(b"4 0 R")
    length = stream(shown(SENTENCE)).replace(b"/Length ", b"/Length 6 0 R %", 1)
    yield "length is a reference to itself", paged(length, b"6 0 R")
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >>"
    yield (
        "form shows itself",
        with_resources(b"/XObject << /X 6 0 R >>", b"/X Do", stream(b"/X Do", form)),
    )
    forms = []
    for number in range(12):
        inner = b"/Resources << /XObject << /X %d 0 R >> >>" % (7 + number)
        kind = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] " + inner
        forms.append(stream(b"/X Do " * 20, kind))
    forms.append(stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]"))
    yield (
        "forms within forms, each twenty times",
        with_resources(b"/XObject << /X 6 0 R >>", b"/X Do", *forms),
    )
    yield (
        "glyph that shows itself",
        paged(TEXT).replace(
            FONT,
            b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0]"
            b" /CharProcs << /T 4 0 R >> /Encoding << /Differences [84 /T] >> /FirstChar 84"
            b" /LastChar 84 /Widths [9] /Resources << /Font << /F1 5 0 R >> >> >>",
        ),
    )
    outline = b"<< /Type /Catalog /Pages 2 0 R /Outlines 6 0 R >>"
    item = b"<< /First 6 0 R /Last 6 0 R /Next 6 0 R /Title (Again) /Count 9 >>"
    yield "outline in a ring", pdf([outline, PAGES, PAGE, TEXT, FONT, item])
    packed = stream(b"7 0 6 5 " + b"<< /A 1 >> " * 2, b"/Type /ObjStm /N 2 /First 8 /Extends 6 0 R")
    yield "object stream within itself", paged(TEXT, packed)


def enormous() -> Iterator[tuple[str, bytes]]:
    for count in (-1, 2**31 - 1, 10**20):
        tree = b"<< /Type /Pages /Kids [3 0 R] /Count %d >>" % count
        yield f"said to have {count} pages", pdf([CATALOG, tree, PAGE, TEXT, FONT])
    kids = b"<< /Type /Pages /Kids [%s] /Count 100000 >>" % (b"3 0 R " * 100_000)
    yield "one page a hundred thousand times", pdf([CATALOG, kids, PAGE, TEXT, FONT])
    zeros = deflated(1 << 30)
    yield "a gigabyte of zeros", paged(stream(zeros, b"/Filter /FlateDecode"))
    twice = zlib.compress(deflated(1 << 30), 9)
    yield "zeros packed twice", paged(stream(twice, b"/Filter [/FlateDecode /FlateDecode]"))
    much = deflated(100_000_000, b"BT /F1 1 Tf 9 9 Td (ab) Tj ET ")
    text = b"BT /F1 1 Tf " + b"(ab) Tj 0 -1 Td " * 10
    yield "a hundred megabytes of text", paged(stream(much, b"/Filter /FlateDecode"))
    yield "text that never ends", paged(stream(text))
    yield "arrays a hundred thousand deep", paged(b"[" * 100_000 + b"]" * 100_000)
    yield "dictionaries a hundred thousand deep", paged(b"<< /A " * 100_000 + b">> " * 100_000)
    yield "graphics states a million deep", paged(stream(b"q " * 1_000_000 + shown(SENTENCE)))
    contents = PAGE.replace(b"4 0 R", b"[" + b"4 0 R " * 50_000 + b"]")
    yield "content fifty thousand times", paged(TEXT, page=contents)
    yield "string of five megabytes", paged(stream(shown("x" * 5_000_000)))
    yield "name of a megabyte", paged(stream(b"/" + b"n" * 1_000_000 + b" gs " + shown(SENTENCE)))
    for box in (b"[0 0 1e30 1e30]", b"[0 0 0 0]", b"[9 9 -9 -9]", b"[0 0 nan inf]", b"null"):
        page = PAGE.replace(b"[0 0 612 792]", box)
        yield f"page of size {box.decode()}", paged(TEXT, page=page)
    image = b"/Type /XObject /Subtype /Image /Width 2147483647 /Height 2147483647 /ColorSpace"
    yield (
        "image of four quintillion pixels",
        with_resources(
            b"/XObject << /X 6 0 R >>",
            b"/X Do " + shown(SENTENCE),
            stream(b"x", image + b" /DeviceRGB /BitsPerComponent 8"),
        ),
    )
    ranges = b"100 beginbfrange\n" + b"<0000> <FFFF> <0000>\n" * 100 + b"endbfrange\n"
    table = b"begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange " + ranges * 50
    font = FONT.replace(b">>", b"/ToUnicode 6 0 R >>")
    yield "table of characters without end", paged(TEXT, stream(table)).replace(FONT, font)


def locked() -> Iterator[tuple[str, bytes]]:
    locks = {
        "with a password": b"/Filter /Standard /V 1 /R 2 /P -4",
        "by an unknown handler": b"/Filter /NoSuch /V 1 /R 2 /P -4",
        "by an unknown version": b"/Filter /Standard /V 99 /R 99 /P -4",
    }
    for name, lock in locks.items():
        keys = b"/O <%s> /U <%s>" % (b"41" * 32, b"42" * 32)
        trailer = b"/ID [<00> <00>] /Encrypt << %s %s >>" % (lock, keys)
        yield f"locked {name}", pdf([CATALOG, PAGES, PAGE, TEXT, FONT], trailer)


def odd() -> Iterator[tuple[str, bytes]]:
    yield "header after two kilobytes", b"\n" * 2_000 + GOOD
    yield "a web page", b"<html><body><p>" + SENTENCE.encode() + b"</p></body></html>"
    yield "a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
    yield "a program", b"\x7fELF\x02\x01\x01" + bytes(500)
    actions = (
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (while\\(1\\){}) >>"
        b" /AA << /WC << /S /Launch /F (/bin/sh) >> >> >>"
    )
    yield "script and launch", pdf([actions, PAGES, PAGE, TEXT, FONT])
    yield "no text but a picture", paged(stream(b"0 0 100 100 re f"))
    yield "text of control characters", paged(stream(shown("\x01\x02\x03\x7f\x80\xff")))
    form = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /XFA (<x/>) /Fields [1 0 R] >> >>"
    yield "form of another kind", pdf([form, PAGES, PAGE, TEXT, FONT])
