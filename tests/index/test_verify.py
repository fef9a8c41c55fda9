"""Damage under true checksums: what only a look at the contents can find."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa_service.chunking.tokens import TokenCounter
from qa_service.errors import IndexCorrupt, IndexMissing
from qa_service.index.arrays import decode_array, encode_array
from qa_service.index.generation.disk import sync_existing
from qa_service.index.generation.manifest import Manifest, parse, render
from qa_service.index.vectors.flat import FlatVectors, write_flat
from qa_service.index.verify import verify_index

COUNT = TokenCounter("cl100k_base").count_many


def sealed(index: Path, change: Callable[[Manifest], Manifest] = lambda manifest: manifest) -> None:
    """Make the manifest fit the files again, as one who tampers would."""
    folder = index / "gen-000001"
    path = folder / "manifest.json"
    manifest = parse(path.read_bytes(), path)
    files = {name: sync_existing(folder / name) for name in manifest.files}
    path.write_bytes(render(change(dataclasses.replace(manifest, files=files))))


def sql(index: Path, statement: str) -> None:
    connection = sqlite3.connect(index / "gen-000001" / "documents.sqlite")
    with connection:
        connection.execute(statement)
    connection.close()
    sealed(index)


def test_a_sound_index_has_no_problems(built: Path) -> None:
    result = verify_index(built, count=COUNT)
    assert result.problems == ()
    assert result.version == "gen-000001"
    assert result.counts.documents == 3


def test_a_failed_checksum_is_raised_at_once(built: Path) -> None:
    path = built / "gen-000001" / "terms.txt"
    path.write_bytes(path.read_bytes().upper())
    with pytest.raises(IndexCorrupt, match=r"terms\.txt"):
        verify_index(built)
    with pytest.raises(IndexMissing):
        verify_index(built / "nothing")


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE passages SET text = upper(text) WHERE row = 1", "its text is not the document's"),
        ("UPDATE documents SET text = 'x' || text WHERE number = 0", "not the document's"),
        ("UPDATE documents SET characters = 1 WHERE number = 1", "listed as 1"),
        ("UPDATE documents SET passages = 99 WHERE number = 1", "listed as 99"),
        ("UPDATE documents SET sha256 = 'x' WHERE number = 1", "fingerprint"),
        ("UPDATE documents SET id = 'zzz' WHERE number = 0", "not in order"),
        ("UPDATE passages SET gap = ' ' WHERE gap IS NOT NULL", "the gap after it"),
        ("UPDATE passages SET gap = NULL WHERE gap IS NOT NULL", "whether it goes on"),
    ],
)
def test_texts_that_contradict_each_other_are_listed(
    built: Path, statement: str, words: str
) -> None:
    sql(built, statement)
    assert any(words in problem for problem in verify_index(built).problems)


def test_a_missing_row_is_corruption(built: Path) -> None:
    sql(built, "DELETE FROM passages WHERE row = 1")
    with pytest.raises(IndexCorrupt):
        verify_index(built)


@pytest.mark.parametrize(
    ("name", "place", "words"),
    [
        ("passages.npy", (0, 3), "tokens, stored as"),
        ("sentence_tokens.npy", (1,), "a sentence: "),
        ("run_tokens.npy", (0, 0), "tokens, stored as"),
        ("run_tokens.npy", (0, 1), "tokens, stored as"),
    ],
)
def test_wrong_token_counts_are_found_when_asked(
    built: Path, name: str, place: tuple[int, ...], words: str
) -> None:
    path = built / "gen-000001" / name
    data = path.read_bytes()
    dtype = np.int64 if name == "passages.npy" else np.int32
    counts = decode_array(data, dtype, len(place)).copy()
    assert counts[place] > 0
    counts[place] += 1
    path.write_bytes(encode_array(counts))
    sealed(built)
    unasked = verify_index(built).problems
    assert [("in the manifest" in problem) for problem in unasked] == (
        [True] if name == "passages.npy" else []
    )
    assert any(words in problem for problem in verify_index(built, count=COUNT).problems)


@pytest.mark.parametrize("value", [np.nan, np.inf, 3.0])
def test_vectors_that_are_no_unit_vectors_are_counted(built: Path, value: float) -> None:
    path = built / "gen-000001" / "sentences.faiss"
    matrix = FlatVectors.from_bytes(path.read_bytes()).matrix.copy()
    matrix[2, 5] = value
    with path.open("wb") as file:
        write_flat(matrix, file.write)
    sealed(built)
    assert verify_index(built).problems == ("1 sentence vectors are not finite and of unit norm",)


@pytest.mark.parametrize("field", ["documents", "passages", "sentences"])
def test_counts_that_the_files_do_not_have_are_corruption(built: Path, field: str) -> None:
    def more(manifest: Manifest) -> Manifest:
        change: dict[str, Any] = {field: getattr(manifest.counts, field) + 1}
        return dataclasses.replace(manifest, counts=dataclasses.replace(manifest.counts, **change))

    sealed(built, more)
    with pytest.raises(IndexCorrupt):
        verify_index(built)


def test_a_long_list_is_cut_and_says_so(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_service.index.verify._SHOWN", 1)
    sql(built, "UPDATE passages SET text = upper(text)")
    assert any("more of the kind" in problem for problem in verify_index(built).problems)
