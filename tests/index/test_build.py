from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa_service.chunking.tokens import TokenCounter
from qa_service.embedding.hashing import HashingEmbedder
from qa_service.errors import (
    CorpusEmpty,
    CorpusNotFound,
    DocumentTooLarge,
    DocumentUndecodable,
    IndexLocked,
    QaServiceError,
)
from qa_service.index.build import build_index
from qa_service.index.context import embedding_text
from qa_service.index.generation import current_version, open_generation
from qa_service.index.lock import write_lock
from qa_service.index.reader import open_index
from qa_service.settings import Settings


class Listener:
    """Keeps what it hears: stage name to [total, sum of advances]."""

    def __init__(self) -> None:
        self.stages: dict[str, list[int]] = {}

    def stage(self, name: str, total: int, unit: str) -> None:
        self.stages[name] = [total, 0]
        self.last = name

    def advance(self, n: int) -> None:
        self.stages[self.last][1] += n


def folder_without(index: Path) -> bool:
    return not index.exists() or not list(index.glob("gen-*"))


def test_the_report_counts_what_the_index_holds(
    settings: Settings, embedder: HashingEmbedder
) -> None:
    report = build_index(settings, embedder)
    with open_index(settings.index) as index:
        passages = index.passages(range(index.passage_count))
        assert (report.version, report.documents) == ("gen-000001", 3)
        assert report.passages == index.passage_count == len(passages)
        assert report.sentences == index.sentence_count == sum(len(p.sentences) for p in passages)
        count = TokenCounter(settings.token_encoding).count
        assert report.tokens == sum(count(p.text) for p in passages)
        assert report.truncated == 0
        distinct = {embedding_text(p) for p in passages} | {
            s.text for p in passages for s in p.sentences
        }
        assert report.model_tokens == sum(embedder.count_tokens(sorted(distinct)))
    assert report.seconds.keys() == {"reading", "splitting", "embedding", "writing"}


def test_every_stage_advances_to_its_total(settings: Settings, embedder: HashingEmbedder) -> None:
    listener = Listener()
    report = build_index(settings, embedder, progress=listener)
    assert list(listener.stages) == ["reading", "splitting", "embedding", "writing"]
    assert all(total == done for total, done in listener.stages.values())
    assert listener.stages["embedding"][0] == report.model_tokens


def test_the_same_corpus_gives_the_same_bytes(
    settings: Settings, embedder: HashingEmbedder, tmp_path: Path
) -> None:
    elsewhere = settings.model_copy(update={"index": tmp_path / "second"})
    for each in (settings, elsewhere):
        build_index(each, embedder)
    one, two = (
        open_generation(each.index, current_version(each.index)) for each in (settings, elsewhere)
    )
    assert one.manifest.files == two.manifest.files
    assert one.manifest.corpus_fingerprint == two.manifest.corpus_fingerprint


def test_the_manifest_records_the_settings(settings: Settings, embedder: HashingEmbedder) -> None:
    build_index(settings, embedder)
    manifest = json.loads((settings.index / "gen-000001" / "manifest.json").read_text())
    assert manifest["chunking"] == {
        "passage_tokens": 32,
        "minimum_tokens": 16,
        "sentence_characters": 350,
        "token_encoding": "cl100k_base",
    }
    assert manifest["embedder"]["model"] == "hashing"


def test_rows_follow_document_id_and_place(settings: Settings, embedder: HashingEmbedder) -> None:
    build_index(settings, embedder)
    with open_index(settings.index) as index:
        places = [(p.document_id, p.start) for p in index.passages(range(index.passage_count))]
    assert places == sorted(places)


def test_a_document_that_cannot_be_read_stops_the_build_before_anything_is_written(
    settings: Settings, embedder: HashingEmbedder
) -> None:
    (settings.corpus / "bad.txt").write_bytes(b"\xff\xfe\xff")
    (settings.corpus / "worse.txt").write_bytes(b"caf\xe9 noir\n")
    with pytest.raises(DocumentUndecodable, match=r"bad\.txt.*and 1 more document\)") as caught:
        build_index(settings, embedder)
    assert "QA_SKIP_UNREADABLE" in caught.value.hint
    assert not settings.index.exists()


def test_a_document_that_cannot_be_read_is_listed_when_the_settings_allow(
    settings: Settings, embedder: HashingEmbedder
) -> None:
    (settings.corpus / "bad.txt").write_bytes(b"caf\xe9 noir\n")
    report = build_index(settings.model_copy(update={"skip_unreadable": True}), embedder)
    assert report.documents == 3
    assert [type(error) for error in report.failed] == [DocumentUndecodable]


def test_a_file_over_the_limit_is_an_error(settings: Settings, embedder: HashingEmbedder) -> None:
    with pytest.raises(DocumentTooLarge):
        build_index(settings.model_copy(update={"max_document_bytes": 60}), embedder)


def test_blank_and_foreign_files_are_listed_as_skipped(
    settings: Settings, embedder: HashingEmbedder
) -> None:
    (settings.corpus / "blank.txt").write_text(" \n")
    (settings.corpus / "image.png").write_bytes(b"\x89PNG")
    report = build_index(settings, embedder)
    assert [(entry.id, entry.code) for entry in report.skipped] == [
        ("blank.txt", "document_blank"),
        ("image.png", "unsupported_format"),
    ]


def test_a_corpus_without_text_names_the_folder_and_what_was_left_out(
    settings: Settings, embedder: HashingEmbedder, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "blank.txt").write_text("\n")
    with pytest.raises(CorpusEmpty, match=r"empty: .*1 left out: blank\.txt"):
        build_index(settings.model_copy(update={"corpus": empty}), embedder)
    with pytest.raises(CorpusNotFound):
        build_index(settings.model_copy(update={"corpus": tmp_path / "none"}), embedder)
    assert folder_without(settings.index)


def test_a_locked_index_is_left_as_it_is(built: Path, settings: Settings) -> None:
    with write_lock(built), pytest.raises(IndexLocked):
        build_index(settings, HashingEmbedder())
    assert current_version(built) == "gen-000001"


def test_an_embedder_that_fails_leaves_the_old_generation(built: Path, settings: Settings) -> None:
    class Failing(HashingEmbedder):
        def embed(self, *_: object) -> None:  # type: ignore[override]
            raise QaServiceError("the model gave up")

    with pytest.raises(QaServiceError, match="gave up"):
        build_index(settings, Failing())
    assert current_version(built) == "gen-000001"
    assert [path.name for path in built.glob("gen-*")] == ["gen-000001"]
