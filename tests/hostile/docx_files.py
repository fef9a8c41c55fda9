"""Word files that are broken, explode when unpacked, reach outside, or are something else."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Iterator, Mapping

SENTENCE = "The clockmaker repaired forty watches."
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OPENING = f'<w:document xmlns:w="{W}"><w:body>'
CLOSING = "</w:body></w:document>"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
DOCUMENT = "word/document.xml"
TYPES = (
    DECLARATION + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def relations(*targets: str, mode: str = "") -> str:
    entries = "".join(
        f'<Relationship Id="r{i}" Type="{RELATIONS}/{kind}" Target="{target}"{mode}/>'
        for i, (kind, target) in enumerate(entry.split("=", 1) for entry in targets)
    )
    start = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    return f"{DECLARATION}{start}{entries}</Relationships>"


def paragraph(text: str = SENTENCE) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def parts(body: str | bytes, **more: str | bytes) -> dict[str, str | bytes]:
    """Return the parts of a package whose document is ``body``, whole or what its body holds."""
    whole = body if isinstance(body, bytes) or "<w:document" in body else OPENING + body + CLOSING
    return {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": relations(f"officeDocument={DOCUMENT}"),
        DOCUMENT: whole,
        **more,
    }


def packed(content: Mapping[str, str | bytes]) -> bytes:
    """Return the parts as a zip file; the same parts give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, data in content.items():
            package.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED, compresslevel=1)
    return buffer.getvalue()


def docx(body: str | bytes, **more: str | bytes) -> bytes:
    return packed(parts(body, **more))


GOOD = docx(paragraph())


def files() -> Iterator[tuple[str, bytes]]:
    yield from damaged()
    yield from bombs()
    yield from reaching()
    yield from odd_markup()
    yield from something_else()


def damaged() -> Iterator[tuple[str, bytes]]:
    yield "empty", b""
    for percent in (5, 50, 90, 99):
        yield f"cut at {percent} percent", GOOD[: len(GOOD) * percent // 100]
    for name in ("[Content_Types].xml", "_rels/.rels", DOCUMENT):
        left = {key: value for key, value in parts(paragraph()).items() if key != name}
        yield f"without {name.replace('/', ' ')}", packed(left)
    yield "wrong checksum", GOOD.replace(GOOD[14:18], b"\0\0\0\0")
    yield "unknown compression", GOOD.replace(b"\x08\x00\x00\x00\x21", b"\x63\x00\x00\x00\x21")
    central = GOOD.index(b"PK\x01\x02")
    flagged = bytearray(GOOD)
    flagged[6] |= 1
    flagged[central + 8] |= 1
    yield "entries locked", bytes(flagged)
    lying = bytearray(GOOD)
    at = GOOD.rindex(b"PK\x01\x02")
    lying[at + 24 : at + 28] = struct.pack("<I", 3)
    yield "size said to be three bytes", bytes(lying)
    lying[at + 24 : at + 28] = struct.pack("<I", 0xFFFFFFF0)
    yield "size said to be four gigabytes", bytes(lying)
    chance = random.Random(6)
    for number in range(8):
        noisy = bytearray(GOOD)
        for _ in range(6):
            noisy[chance.randrange(len(noisy))] = chance.randrange(256)
        yield f"noise {number}", bytes(noisy)
    broken = {
        "not XML": "just text",
        "unclosed": OPENING + paragraph(),
        "NUL": OPENING + paragraph("a\0b") + CLOSING,
        "no such character": OPENING + paragraph("a&#xD800;b&#0;") + CLOSING,
        "another root": f'<w:other xmlns:w="{W}"/>',
        "no body": f'<w:document xmlns:w="{W}"/>',
    }
    for name, text in broken.items():
        yield f"document is {name}", docx(text.encode("utf-8"))
    yield "not UTF-8", docx(OPENING.encode() + b"\xff\xfe\xfa" + CLOSING.encode())
    yield "said to be UTF-7", docx(b'<?xml version="1.0" encoding="UTF-7"?><a/>')


def bombs() -> Iterator[tuple[str, bytes]]:
    zeros = bytes(200_000_000)
    yield "document of 200 megabytes", docx(zeros)
    yield "picture of 200 megabytes", docx(paragraph(), **{"word/media/image1.png": zeros})
    spaces = OPENING + paragraph() + " " * 100_000_000 + CLOSING
    yield "a hundred megabytes of spaces", docx(spaces)
    inner = packed({"inner.docx": packed({"innermost": bytes(100_000_000)})})
    yield "packages within packages", docx(paragraph(), **{"word/embeddings/inner.docx": inner})
    many = {f"word/media/{number}.xml": "" for number in range(66_000)}
    yield "66 thousand parts", docx(paragraph(), **many)
    yield "shared data", shared_data()
    laughs = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha" * 10}">' for n in range(12)
    )
    doctype = f"<!DOCTYPE w:document [{laughs}]>"
    yield "a billion laughs", docx(doctype + OPENING + paragraph("&l11;") + CLOSING)
    blown = f'<!DOCTYPE w:document [<!ENTITY a "{"a" * 50_000}">]>'
    yield "quadratic entities", docx(blown + OPENING + paragraph("&a;" * 20_000) + CLOSING)
    yield (
        "tables five hundred deep",
        docx("<w:tbl><w:tr><w:tc>" * 500 + paragraph() + "</w:tc></w:tr></w:tbl>" * 500),
    )
    depth = 100_000
    yield "elements a hundred thousand deep", docx("<w:p>" * depth + "</w:p>" * depth)
    attributes = "".join(f' a{n}="x"' for n in range(100_000))
    yield "a hundred thousand attributes", docx(f"<w:p{attributes}/>" + paragraph())
    yield "text of ten megabytes", docx(paragraph("many words " * 900_000))
    yield "ten thousand paragraphs", docx(paragraph("x") * 10_000)
    cell = f'<w:tc><w:tcPr><w:gridSpan w:val="999999999"/></w:tcPr>{paragraph()}</w:tc>'
    yield "cell a billion columns wide", docx(f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>")


def shared_data() -> bytes:
    """Return a zip whose thousand directory entries all unpack the same ten megabytes."""
    base = packed({DOCUMENT: bytes(10_000_000)})
    central = base.index(b"PK\x01\x02")
    end = base.index(b"PK\x05\x06")
    entry = base[central:end]
    directory = b"".join(
        entry.replace(DOCUMENT.encode(), b"word/documen%05d" % number) for number in range(1_000)
    )
    directory = entry + directory
    sizes = struct.pack("<HHII", 1_001, 1_001, len(directory), central)
    return base[:central] + directory + base[end : end + 8] + sizes + b"\0\0"


def reaching() -> Iterator[tuple[str, bytes]]:
    for name, target in {
        "a file": "file:///etc/passwd",
        "a device": "file:///dev/zero",
        "a network": "http://192.0.2.1/x",
    }.items():
        entity = f'<!DOCTYPE w:document [<!ENTITY x SYSTEM "{target}">]>'
        yield f"entity from {name}", docx(entity + OPENING + paragraph("&x;") + CLOSING)
        dtd = f'<!DOCTYPE w:document SYSTEM "{target}">'
        yield f"type definition from {name}", docx(dtd + OPENING + paragraph() + CLOSING)
        outside = relations(f"attachedTemplate={target}", mode=' TargetMode="External"')
        yield (
            f"template from {name}",
            docx(paragraph(), **{"word/_rels/document.xml.rels": outside}),
        )
    for name in ("../../escaped.xml", "/etc/absolute.xml", "word/../../up.xml"):
        yield f"part named {name.replace('/', ' ')}", docx(paragraph(), **{name: "<x/>"})
    ring = {"word/_rels/document.xml.rels": relations(f"subDocument={DOCUMENT}")}
    yield "relation to itself", docx(paragraph(), **ring)
    away = relations("officeDocument=../../../../etc/passwd")
    yield "document outside the package", packed({**parts(paragraph()), "_rels/.rels": away})


def odd_markup() -> Iterator[tuple[str, bytes]]:
    style = '<w:style w:type="paragraph" w:styleId="{}"><w:name w:val="{}"/><w:basedOn w:val="{}"/>'
    styles = "".join(style.format(a, a, b) + "</w:style>" for a, b in (("A", "B"), ("B", "A")))
    more = {
        "word/styles.xml": f'{DECLARATION}<w:styles xmlns:w="{W}">{styles}</w:styles>',
        "word/_rels/document.xml.rels": relations("styles=styles.xml"),
        "[Content_Types].xml": TYPES.replace(
            "</Types>",
            '<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-'
            'officedocument.wordprocessingml.styles+xml"/></Types>',
        ),
    }
    styled = f'<w:p><w:pPr><w:pStyle w:val="A"/></w:pPr><w:r><w:t>{SENTENCE}</w:t></w:r></w:p>'
    yield "styles based on each other", docx(styled, **more)
    yield "no text at all", docx("<w:p/>")
    yield (
        "numbers that are none",
        docx(
            '<w:p><w:pPr><w:outlineLvl w:val="many"/><w:numPr><w:ilvl w:val="-5"/>'
            f'<w:numId w:val="x"/></w:numPr></w:pPr></w:p>{paragraph()}'
        ),
    )
    yield (
        "symbols that are none",
        docx(
            f'<w:p><w:r><w:sym w:font="Symbol" w:char="ZZZZ"/><w:sym w:char="D800"/></w:r></w:p>'
            f"{paragraph()}"
        ),
    )
    yield (
        "UTF-16",
        docx(
            ('<?xml version="1.0" encoding="UTF-16"?>' + OPENING + paragraph() + CLOSING).encode(
                "utf-16"
            )
        ),
    )
    yield "both directions and marks", docx(paragraph("\u202e\u2066abc\u200f " * 500))


def something_else() -> Iterator[tuple[str, bytes]]:
    yield "plain text", SENTENCE.encode()
    yield "an old or locked file", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4_096)
    yield "a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
    yield "another package", packed({"mimetype": "application/epub+zip", "content.opf": "<x/>"})
    yield "a spreadsheet", packed({**parts(paragraph()), DOCUMENT: '<worksheet xmlns="x"/>'})
