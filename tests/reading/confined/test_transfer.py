from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from qa_service.reading.confined.transfer import NoDocument, pack, unpack
from qa_service.reading.files import CorpusFile
from qa_service.records import Document, Heading, Place, Span

FILE = CorpusFile("a.pdf", Path("/nowhere/a.pdf"), 3)
DATA = b"PDF"
TEXT = "Title 🏗\n\nBody."
DOCUMENT = Document(
    id="a.pdf",
    title="Title",
    text=TEXT,
    sha256="9f6bf0e65a5f6d4fe4a1e0c9bd7a9a9c",
    metadata={"year": 2021, "tags": ["a"], "draft": True, "rating": 4.5, "author": "Ann"},
    headings=(Heading(1, "Title", 0, 7),),
    boilerplate=(Span(0, 2),),
    blocks=(Span(9, 14),),
    places=(Place(0, 7, 1, (0.0, 1.0, 2.0, 3.5)), Place(9, 14, path="/html/body/p")),
    language="en",
)


def sent() -> tuple[dict[str, Any], bytes]:
    fields, text = pack(DOCUMENT)
    return orjson.loads(orjson.dumps(fields)), text


def test_a_document_comes_back_as_it_was_but_for_id_and_hash_which_are_the_files() -> None:
    back = unpack(*sent(), FILE, DATA)
    assert back.sha256 != DOCUMENT.sha256
    for name in Document.__slots__:
        if name != "sha256":
            assert getattr(back, name) == getattr(DOCUMENT, name), name


def test_half_a_surrogate_pair_is_no_text() -> None:
    with pytest.raises(NoDocument, match="half a surrogate pair at character 2"):
        pack(Document("a", "t", "ab\udc80", ""))


Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.pop("title"),
        lambda f: f.update(title=1),
        lambda f: f.update(title="x" * 1_000_001),
        lambda f: f.update(language="english or perhaps another"),
        lambda f: f.update(metadata=[]),
        lambda f: f.update(metadata={"a": None}),
        lambda f: f.update(metadata={"a": {"b": 1}}),
        lambda f: f.update(metadata={"a": [1]}),
        lambda f: f.update(metadata={str(n): n for n in range(1_001)}),
        lambda f: f.update(headings=[[1, "Title", 0]]),
        lambda f: f.update(headings=[[0, "Title", 0, 5]]),
        lambda f: f.update(headings=[[7, "Title", 0, 5]]),
        lambda f: f.update(headings=[[1, None, 0, 5]]),
        lambda f: f.update(headings=[[1, "Title", 0, 15]]),
        lambda f: f.update(boilerplate=[[-1, 2]]),
        lambda f: f.update(boilerplate=[[3, 2]]),
        lambda f: f.update(boilerplate=[[0, 2**63]]),
        lambda f: f.update(boilerplate=[[False, True]]),
        lambda f: f.update(boilerplate=[["0", "1"]]),
        lambda f: f.update(boilerplate=None),
        lambda f: f.update(blocks=[[0, 1.0]]),
        lambda f: f.update(blocks=7),
        lambda f: f.update(places=[[0, 2, None, None, None], [1, 3, None, None, None]]),
        lambda f: f.update(places=[[0, 2, 0, None, None]]),
        lambda f: f.update(places=[[0, 2, True, None, None]]),
        lambda f: f.update(places=[[0, 2, 1, [0, 1, 2], None]]),
        lambda f: f.update(places=[[0, 2, 1, "0123", None]]),
        lambda f: f.update(places=[[0, 2, 1, [0, 1, 2, float("inf")], None]]),
        lambda f: f.update(places=[[0, 2, 1, None, 5]]),
        lambda f: f.update(places=[[0, 2]]),
    ],
)
def test_fields_that_break_a_promise_are_no_document(change: Change) -> None:
    fields, text = sent()
    change(fields)
    with pytest.raises(NoDocument):
        unpack(fields, text, FILE, DATA)


@pytest.mark.parametrize("fields", [None, [], "text", 1])
def test_data_that_are_no_fields_are_no_document(fields: object) -> None:
    with pytest.raises(NoDocument):
        unpack(fields, b"", FILE, DATA)


def test_bytes_that_are_not_utf_8_are_no_text() -> None:
    with pytest.raises(NoDocument, match="UnicodeDecodeError"):
        unpack(sent()[0], b"\xff", FILE, DATA)
