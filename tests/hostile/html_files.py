"""Web pages that nest, repeat or lie without end, and files that only call themselves pages."""

from __future__ import annotations

import random
from collections.abc import Iterator

SENTENCE = "The beekeeper moved twelve hives."
BODY = f"<p>{SENTENCE}</p>"
MANY = 100_000
XHTML = '<html xmlns="http://www.w3.org/1999/xhtml">'


def page(body: str, head: str = "") -> bytes:
    text = f"<!DOCTYPE html><html><head><title>Page</title>{head}</head><body>{body}</body></html>"
    return text.encode("utf-8")


def files() -> Iterator[tuple[str, bytes]]:
    """Yield each file's name with its suffix, and its bytes."""
    for name, data in (*nested(), *huge(), *broken(), *lying(), *something_else()):
        yield f"{name}.html", data
    for name, text in entities():
        yield f"{name}.xhtml", text.encode("utf-8")


def nested() -> Iterator[tuple[str, bytes]]:
    for tag in ("div", "b", "a", "span", "svg", "template"):
        whole = f"<{tag}>" * MANY + SENTENCE + f"</{tag}>" * MANY
        yield f"{tag} a hundred thousand deep", page(whole)
    yield "lists twenty thousand deep", page("<ul><li>" * 20_000 + SENTENCE)
    yield "tables ten thousand deep", page("<table><tr><td>" * 10_000 + SENTENCE)
    yield "never closed", page("<div><b><i><u><font><em>" * 20_000 + SENTENCE)
    yield "closed in the wrong order", page("<b><i><p></b></i>" * 5_000 + SENTENCE)
    yield "closed and never opened", page("</p></br></div></b>" * 20_000 + BODY)
    yield "formatting around tables", page("<b><table><i><tr><u>x" * 5_000 + SENTENCE)
    yield "select within select", page("<select><option>" * 20_000 + BODY)
    yield "forms within forms", page("<form><input>" * 20_000 + BODY)
    yield "mathematics and drawings", page("<svg><foreignObject><math><mi>" * 20_000 + BODY)
    yield "framesets", b"<frameset>" * 20_000
    yield "quotations in definitions", page("<dl><dt>a<dd><q>" * 20_000 + BODY)


def huge() -> Iterator[tuple[str, bytes]]:
    yield "attribute of five megabytes", page(f'<p title="{"x" * 5_000_000}">{SENTENCE}</p>')
    attributes = "".join(f" a{n}=x" for n in range(MANY))
    yield "a hundred thousand attributes", page(f"<p{attributes}>{SENTENCE}</p>")
    yield "one class of many words", page(f'<div class="{"nav " * 200_000}">{BODY}</div>')
    yield "tag name of a megabyte", page(f"<{'t' * 1_000_000}>{BODY}")
    yield "a hundred thousand line breaks", page("<br>" * MANY + BODY)
    yield "five megabytes on one line", page("word " * 1_000_000)
    yield "thirty thousand paragraphs", page("<p>x" * 30_000)
    yield "thirty thousand links", page('<a href="/x">Home</a> ' * 30_000 + BODY)
    yield "twenty thousand headings", page("<h2>x</h2>" * 20_000 + BODY)
    yield "twenty thousand cells", page("<table>" + "<td>x" * 20_000 + "</table>" + BODY)
    span = '<td colspan="99999999" rowspan="99999999">'
    yield "cells a hundred million wide", page(f"<table>{f'<tr>{span}x' * 100}</table>{BODY}")
    yield "picture within the page", page(f'<img src="data:x;base64,{"QUJD" * 1_000_000}">{BODY}')
    yield "script of five megabytes", page(f"<script>{'x<!--' * 1_000_000}</script>{BODY}")
    yield "style of five megabytes", page(f"<style>{'a{}' * 1_500_000}</style>{BODY}")
    yield "entities without end", page("&amp" * 500_000 + "&#9999999999;" * 1_000 + BODY)
    yield "comment after comment", page("<!--x-->" * 300_000 + BODY)
    data = '<script type="application/ld+json">' + "[" * MANY + "</script>"
    yield "structured data without end", page(BODY, data)
    yield "metadata without end", page(BODY, '<meta name="keywords" content="a">' * 50_000)


def broken() -> Iterator[tuple[str, bytes]]:
    yield "empty", b""
    yield "blank", page(" ")
    yield "cut in a tag", page(BODY)[:-20]
    yield "comment never closed", page(BODY + "<!-- " + "x" * 10_000)
    yield "script never closed", page(BODY + "<script>" + "x" * 10_000)
    yield "plain text element", page(BODY + "<plaintext></body>")
    yield "NUL everywhere", page(BODY.replace("e", "e\0"))
    yield "half pairs", page(f"&#xD800;{BODY}&#xDFFF;&#xD83D;&#x110000;&#0;")
    yield "control characters", page("".join(map(chr, range(1, 32))) * 100 + BODY)
    yield "both directions", page("\u202e\u2066\u200f" * 1_000 + BODY)
    yield "marks on marks", page("e" + "\u0301" * 50_000 + BODY)
    yield "not UTF-8", b"<p>caf\xe9 \xff\xfe\xfa</p>" + page(BODY)
    yield "overlong", b"<p>\xc0\xaf\xe0\x80\xaf\xf0\x80\x80\xaf</p>" + page(BODY)
    chance = random.Random(7)
    for number in range(5):
        data = bytearray(page(BODY * 20))
        for _ in range(60):
            data[chance.randrange(len(data))] = chance.randrange(256)
        yield f"noise {number}", bytes(data)


def lying() -> Iterator[tuple[str, bytes]]:
    for name in ("utf-16", "utf-7", "iso-2022-jp", "x-user-defined", "no-such", "rot13", "hex"):
        yield f"said to be {name}", page(BODY, f'<meta charset="{name}">')
    yield "UTF-16 without a mark", page(BODY).decode().encode("utf-16-le")
    yield "UTF-16 of odd length", page(BODY).decode().encode("utf-16")[:-1]
    yield "mark of another encoding", b"\xff\xfe" + page(BODY)
    yield (
        "sends the reader elsewhere",
        page(
            BODY,
            '<meta http-equiv="refresh" content="0;url=http://192.0.2.1/"><base href="file:///etc/">'
            '<link rel="stylesheet" href="http://192.0.2.1/x"><script src="http://192.0.2.1/x"></script>',
        ),
    )
    yield "frames from elsewhere", page('<iframe src="file:///etc/passwd"></iframe>' + BODY)
    yield "language that is none", page(BODY).replace(b"<html", b"<html lang=" + b"x" * 9_999)
    yield "title of a megabyte", page(BODY).replace(b"Page<", b"T" * 1_000_000 + b"<")
    yield (
        "dates that are none",
        page(BODY, '<meta property="article:published_time" content="99999-99-99T99:99:99+99:99">'),
    )


def something_else() -> Iterator[tuple[str, bytes]]:
    yield "a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
    yield "a document to print", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 20
    yield "a package", b"PK\x03\x04" + bytes(range(256)) * 20
    yield "plain text", SENTENCE.encode()


def entities() -> Iterator[tuple[str, str]]:
    laughs = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha" * 10}">' for n in range(12)
    )
    yield "a billion laughs", f"<!DOCTYPE html [{laughs}]>{XHTML}<body>{BODY}&l11;</body></html>"
    for name, target in {"file": "file:///etc/passwd", "network": "http://192.0.2.1/x"}.items():
        doctype = f'<!DOCTYPE html [<!ENTITY x SYSTEM "{target}">]>'
        yield f"entity from a {name}", f"{doctype}{XHTML}<body>{BODY}<p>&x;</p></body></html>"
    declared = '<?xml version="1.0" encoding="no-such"?>'
    yield "declared in no encoding", f"{declared}{XHTML}<body>{BODY}</body></html>"
    yield "instructions", f"{'<?php while(1); ?>' * 10_000}{XHTML}<body>{BODY}</body></html>"
    yield "cdata never closed", f"{XHTML}<body>{BODY}<![CDATA[{'x' * 10_000}"
