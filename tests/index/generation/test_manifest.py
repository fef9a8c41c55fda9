from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from qa_service.embedding.protocol import EmbedderIdentity
from qa_service.errors import IndexCorrupt, IndexError_, IndexMismatch
from qa_service.index.generation.disk import FileRecord
from qa_service.index.generation.manifest import (
    Chunking,
    Counts,
    Manifest,
    VectorSearch,
    _checksum,
    corpus_fingerprint,
    is_version,
    parse,
    render,
)

MANIFEST = Manifest(
    version="gen-000001",
    created="2026-01-01T00:00:00+00:00",
    files={"terms.txt": FileRecord("0" * 64, 12)},
    corpus_fingerprint="f" * 64,
    embedder=EmbedderIdentity("hashing é", "a" * 64, 64, 256, "float32"),
    chunking=Chunking(128, 64, 350, "cl100k_base"),
    reading_version=1,
    splitting_version=1,
    analyzer_version=1,
    counts=Counts(1, 2, 3, 4, 0),
    passage_search=VectorSearch("flat", "few", 0, 0, 0, 1000),
    sentence_search=VectorSearch("ivf", "many", 512, 9, 4, 991),
)


def rewritten(change: dict[str, Any]) -> bytes:
    """The manifest with values replaced and its checksum made to fit."""
    plain = {**json.loads(render(MANIFEST)), **change}
    plain.pop("manifest_sha256", None)
    plain["manifest_sha256"] = _checksum(plain)
    return (json.dumps(plain, indent=1, sort_keys=True) + "\n").encode()


def test_a_manifest_survives_and_is_written_one_way() -> None:
    assert parse(render(MANIFEST), "m") == MANIFEST
    assert rewritten({}) == render(MANIFEST)


def test_a_flipped_bit_anywhere_is_noticed() -> None:
    data = render(MANIFEST)
    for place in range(len(data)):
        for bit in (0x01, 0x20, 0x80):
            damaged = bytearray(data)
            damaged[place] ^= bit
            with pytest.raises(IndexError_):
                parse(bytes(damaged), "m")


def test_a_changed_value_is_named_by_the_checksum() -> None:
    with pytest.raises(IndexCorrupt, match="checksum does not match"):
        parse(render(MANIFEST).replace(b'"passages": 2', b'"passages": 3'), "m")


def test_a_manifest_cut_anywhere_is_noticed() -> None:
    data = render(MANIFEST)
    for length in range(len(data)):
        with pytest.raises(IndexCorrupt):
            parse(data[:length], "m")


@pytest.mark.parametrize("version", [0, 1, 99])
def test_another_format_is_a_mismatch_that_says_what_to_run(version: int) -> None:
    with pytest.raises(IndexMismatch, match=f"format {version}") as caught:
        parse(rewritten({"format_version": version}), "m")
    assert "qa-service index" in caught.value.hint


@pytest.mark.parametrize(
    "change",
    [
        {"version": "../gen-000001"},
        {"version": 1},
        {"extra": 1},
        {"analyzer_version": "1"},
        {"analyzer_version": True},
        {"analyzer_version": -1},
        {"files": {"../x": {"sha256": "0" * 64, "size": 1}}},
        {"files": {"x": {"sha256": "0", "size": 1}}},
        {"files": {"x": {"sha256": "0" * 64}}},
        {"files": []},
        {"embedder": None},
        {"embedder": {**dataclasses.asdict(MANIFEST.embedder), "dimension": 1.5}},
        {"counts": {}},
        {"chunking": []},
        {"created": None},
        {"format_version": "1"},
        {"format_version": True},
    ],
)
def test_a_wrong_type_a_missing_or_a_foreign_key_is_corruption(change: dict[str, Any]) -> None:
    with pytest.raises(IndexCorrupt):
        parse(rewritten(change), "m")


@pytest.mark.parametrize(
    "data",
    [b"", b"null", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"format_version": 1' + b"0" * 9999],
)
def test_what_is_no_manifest_at_all_is_corruption(data: bytes) -> None:
    with pytest.raises(IndexCorrupt):
        parse(data, "m")


def test_the_fingerprint_depends_on_names_and_contents_and_not_on_their_order() -> None:
    one = corpus_fingerprint([("a", "1"), ("b", "2")])
    assert one == corpus_fingerprint([("b", "2"), ("a", "1")])
    assert len({one, corpus_fingerprint([("a", "2"), ("b", "1")]), corpus_fingerprint([])}) == 3


def test_only_generation_names_are_versions() -> None:
    assert is_version("gen-000001")
    assert is_version("gen-1234567")
    bad = ("gen-1", "gen-00000a", "gen-000001\n", "../gen-000001", "gen-٠٠٠٠٠١", "")
    assert not any(is_version(name) for name in bad)
