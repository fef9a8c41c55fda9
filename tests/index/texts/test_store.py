from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from qa_service.errors import (
    DocumentNotFound,
    DocumentTooLarge,
    DocumentUndecodable,
    IndexCorrupt,
    IndexMissing,
    IndexWriteFailed,
)
from qa_service.index.texts import store_writing
from qa_service.index.texts.layout import Layout, build_layout
from qa_service.index.texts.store import STORE_FILE, Store
from qa_service.index.texts.store_writing import write_store
from qa_service.records import Document, Heading, Passage, Place, Sentence, Span, passage_id

TEXT = "One \x00 two. Три 😀 four.\n\nFive e\u0301six."

PLACES = (
    Place(0, 5, page=1, box=(72.0, 90.5, 310.25, 101.0)),
    Place(5, 22, page=2, box=(72.0, 90.5, 310.25, 101.0)),
    Place(24, 30, path="/html/body/p[2]"),
)


def document(name: str, text: str = TEXT) -> Document:
    return Document(
        id=name,
        title=f"Title of {name}",
        text=text,
        sha256="ab" * 32,
        metadata={"year": 1999, "draft": True, "weight": 0.5, "tags": ["a", "b"], "who": "é"},
        headings=(Heading(1, "One", 0, 3),),
        boilerplate=(Span(0, 2),),
        blocks=(Span(4, 9),),
        places=PLACES if text == TEXT else (),
        language="ru",
    )


def passages(owner: Document) -> list[Passage]:
    spans = [((0, 22), ((0, 10), (11, 22))), ((24, len(owner.text)), ((24, len(owner.text)),))]
    return [
        Passage(
            passage_id(owner.id, start, end),
            owner.id,
            owner.title,
            start,
            end,
            owner.text[start:end],
            7,
            section=("One", "Two ›"),
            sentences=tuple(Sentence(a, b, owner.text[a:b]) for a, b in sentences),
            places=tuple(place for place in owner.places if start <= place.start < end),
            language=owner.language,
        )
        for (start, end), sentences in spans
    ]


DOCUMENTS = [document("a.txt"), document("b/ü 😀.md", "nothing")]
SPLIT = [(DOCUMENTS[0], passages(DOCUMENTS[0])), (DOCUMENTS[1], [])]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    write_store(tmp_path / STORE_FILE, SPLIT)
    opened = Store(tmp_path / STORE_FILE)
    yield opened
    opened.close()


@pytest.fixture
def layout() -> Layout:
    return build_layout(SPLIT[0][1], [0, 0])


def test_documents_and_passages_come_back_exactly(store: Store, layout: Layout) -> None:
    assert [store.document(each.id) for each in DOCUMENTS] == DOCUMENTS
    assert store.passages([1, 0, 1], layout) == [SPLIT[0][1][row] for row in (1, 0, 1)]
    assert [each for _, each in store.all_passages(layout)] == SPLIT[0][1]


def test_the_list_says_lengths_and_counts(store: Store) -> None:
    infos = store.documents()
    assert [(i.id, i.characters, i.passages) for i in infos] == [
        ("a.txt", len(TEXT), 2),
        ("b/ü 😀.md", 7, 0),
    ]
    assert infos[0].metadata == DOCUMENTS[0].metadata
    assert infos[0].language == "ru"
    assert (store.document_count, store.passage_count) == (2, 2)


def test_neighbours_are_joined_with_the_white_space_between_them(store: Store) -> None:
    one, two = SPLIT[0][1]
    joined = store.joined(0, [one, two], 99)
    assert joined.text == TEXT[joined.start : joined.end] == f"{one.text}\n\n{two.text}"
    assert (joined.start, joined.end, joined.tokens) == (one.start, two.end, 99)
    assert joined.sentences == one.sentences + two.sentences
    assert joined.places == PLACES
    assert joined.id == passage_id("a.txt", one.start, two.end)
    assert store.gaps() == ["\n\n", None]


@pytest.mark.parametrize("name", ["missing", "", "a.txt\x00", "\ud800", "A.TXT"])
def test_an_unknown_document_is_not_found(store: Store, name: str) -> None:
    with pytest.raises(DocumentNotFound):
        store.document(name)
    assert store.numbers([name]) == []


def test_numbers_of_many_documents_need_no_limit(store: Store) -> None:
    assert store.numbers([f"no{i}" for i in range(40_000)] + ["b/ü 😀.md", "a.txt"]) == [0, 1]


def test_threads_share_one_store_even_after_the_file_is_gone(
    store: Store, layout: Layout, tmp_path: Path
) -> None:
    (tmp_path / STORE_FILE).unlink()
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda _: store.passages([0, 1], layout), range(64))
    assert all(each == SPLIT[0][1] for each in found)


def test_a_closed_store_says_so(store: Store, layout: Layout) -> None:
    store.close()
    store.close()
    with pytest.raises(IndexMissing, match="closed"):
        store.passages([0], layout)


def test_a_row_that_is_not_there_is_corruption(store: Store, layout: Layout) -> None:
    with pytest.raises(IndexCorrupt):
        store.passages([7], layout)


@pytest.mark.parametrize("content", [b"", b"not a database, but long enough to be read as one" * 9])
def test_no_database_is_corruption(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd ?#%41 name.sqlite"
    path.write_bytes(content)
    with pytest.raises(IndexCorrupt):
        Store(path)


def test_a_text_that_no_database_holds_is_named_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / STORE_FILE
    with pytest.raises(DocumentUndecodable, match="half"):
        write_store(path, [(document("half.txt", "\ud83d"), [])])
    monkeypatch.setattr(store_writing, "_LARGEST_TEXT", 3)
    with pytest.raises(DocumentTooLarge, match=r"long\.txt: 4 bytes"):
        write_store(path, [(document("long.txt", "éé"), [])])
    assert not path.exists()


def test_a_database_that_cannot_be_written_is_a_write_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(IndexWriteFailed, match="unable to open"):
        write_store(tmp_path / "missing" / STORE_FILE, SPLIT)

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(store_writing, "_insert", full)
    with pytest.raises(IndexWriteFailed, match="disk is full"):
        write_store(tmp_path / STORE_FILE, SPLIT)


def test_the_same_documents_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_store(tmp_path / name, SPLIT)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
