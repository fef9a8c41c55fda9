from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from qa_service.chunking.tokens import TokenCounter
from qa_service.embedding.hashing import HashingEmbedder
from qa_service.embedding.protocol import Matrix, Progress
from qa_service.errors import (
    CorpusEmpty,
    CorpusNotFound,
    DocumentTooLarge,
    DocumentUndecodable,
    IndexLocked,
    QaServiceError,
)
from qa_service.index.build import build_index, plan_build
from qa_service.index.building.changes import Changes
from qa_service.index.building.context import embedding_text
from qa_service.index.generation.lock import write_lock
from qa_service.index.generation.opening import current_version, open_generation
from qa_service.index.reader import open_index
from qa_service.settings import Settings

STAGES = ["reading", "splitting", "comparing", "embedding", "writing"]


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
    assert report.seconds.keys() == set(STAGES)


def test_every_stage_advances_to_its_total(settings: Settings, embedder: HashingEmbedder) -> None:
    listener = Listener()
    report = build_index(settings, embedder, progress=listener)
    assert list(listener.stages) == STAGES
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
        def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
            raise QaServiceError("the model gave up")

    (settings.corpus / "rivers.md").write_text("# Rivers\n\nThe Rhine is short.\n")
    with pytest.raises(QaServiceError, match="gave up"):
        build_index(settings, Failing())
    assert current_version(built) == "gen-000001"
    assert [path.name for path in built.glob("gen-*")] == ["gen-000001"]


class Recorder(HashingEmbedder):
    """Remembers what it was given to embed, and how many texts to count."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.counted = 0

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        self.counted += len(texts)
        return super().count_tokens(texts)

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        self.texts.extend(texts)
        return super().embed(texts, progress)


def no_reading(*_: object) -> None:
    raise AssertionError("an unchanged file was parsed")


def test_unchanged_files_are_neither_parsed_nor_counted_nor_embedded(
    built: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa_service.reading.parsing.parse", no_reading)
    monkeypatch.setattr(TokenCounter, "_loaded", no_reading)
    embedder = Recorder()
    report = build_index(settings, embedder)
    assert report.version == "gen-000002"
    assert report.changes == Changes(unchanged=3)
    assert (report.embedded, report.model_tokens, embedder.counted) == (0, 0, 0)
    assert embedder.texts == []
    assert report.reused > 0


def test_one_changed_file_costs_its_own_new_texts_alone(built: Path, settings: Settings) -> None:
    path = settings.corpus / "rivers.md"
    path.write_text(path.read_text("utf-8") + "\nThe Rhine has many castles.\n", "utf-8")
    embedder = Recorder()
    report = build_index(settings, embedder)
    assert report.changes == Changes(changed=("rivers.md",), unchanged=2)
    assert "The Rhine has many castles." in embedder.texts
    assert all("castles" in text for text in embedder.texts)
    assert report.embedded == len(embedder.texts)


def test_a_moved_file_is_not_embedded_again(built: Path, settings: Settings) -> None:
    (settings.corpus / "rivers.md").rename(settings.corpus / "waters.md")
    embedder = Recorder()
    report = build_index(settings, embedder)
    assert report.changes == Changes(moved=(("rivers.md", "waters.md"),), unchanged=2)
    assert embedder.texts == []
    with open_index(settings.index) as index:
        assert [info.id for info in index.documents()] == [
            "engines/steam.txt",
            "waters.md",
            "глава.txt",
        ]


def test_links_in_markdown_are_embedded_as_they_are_read_and_taken_over_as_such(
    settings: Settings,
) -> None:
    links = settings.corpus / "links.md"
    links.write_text("The [ferry](https://example.org/f) ran. So did [it](https://example.org/i).")
    first = Recorder()
    build_index(settings, first)
    assert {"The ferry ran.", "So did it."} <= set(first.texts)
    assert not any("example.org" in text for text in first.texts)
    (settings.corpus / "copy.md").write_text(links.read_text() + "\n\nAnother line.\n")
    second = Recorder()
    build_index(settings, second)
    assert "Another line." in second.texts
    assert not {"The ferry ran.", "So did it."} & set(second.texts)


def test_a_full_build_takes_over_nothing_and_still_tells_what_changed(
    built: Path, settings: Settings
) -> None:
    (settings.corpus / "глава.txt").unlink()
    report = build_index(settings, HashingEmbedder(), full=True)
    assert report.from_scratch == "asked for"
    assert report.reused == 0
    assert report.changes == Changes(removed=("глава.txt",), unchanged=2)


def test_nothing_is_written_when_nothing_changed_and_that_is_asked_for(
    built: Path, settings: Settings
) -> None:
    (settings.corpus / "blank.txt").write_text("\n")  # is skipped each time, and changes nothing
    report = build_index(settings, HashingEmbedder(), only_if_changed=True)
    assert (report.version, report.written) == ("gen-000001", False)
    assert [path.name for path in built.glob("gen-*")] == ["gen-000001"]
    (settings.corpus / "blank.txt").write_text("Not blank any more.\n")
    report = build_index(settings, HashingEmbedder(), only_if_changed=True)
    assert (report.version, report.written) == ("gen-000002", True)


def test_a_plan_tells_what_the_build_then_does_and_writes_nothing(
    built: Path, settings: Settings
) -> None:
    (settings.corpus / "new.txt").write_text("Something new under the sun.\n")
    before = sorted(built.rglob("*"))
    with write_lock(built):  # it needs no lock
        plan = plan_build(settings, Recorder())
    assert sorted(built.rglob("*")) == before
    report = build_index(settings, HashingEmbedder())
    assert (plan.version, plan.written) == ("gen-000001", False)
    for name in ("documents", "passages", "tokens", "changes", "embedded", "model_tokens"):
        assert getattr(plan, name) == getattr(report, name)


def test_a_plan_of_a_first_build_makes_no_folder(settings: Settings) -> None:
    plan = plan_build(settings, Recorder())
    assert len(plan.changes.added) == 3
    assert not settings.index.exists()


def test_a_second_writer_is_refused_before_it_reads_anything(
    built: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa_service.index.building.plan.read_corpus", no_reading)
    with write_lock(built), pytest.raises(IndexLocked, match=r"pid \d+ on .* since 20"):
        build_index(settings, HashingEmbedder())


@pytest.mark.parametrize("keep", [1, 2, 4])
def test_as_many_generations_are_kept_as_the_settings_say(settings: Settings, keep: int) -> None:
    chosen = settings.model_copy(update={"keep_generations": keep})
    for _ in range(5):
        build_index(chosen, HashingEmbedder())
    names = sorted(path.name for path in settings.index.glob("gen-*"))
    assert names == [f"gen-00000{number}" for number in range(6 - keep, 6)]


def test_a_reader_goes_on_reading_the_generation_that_a_build_took_from(
    built: Path, settings: Settings
) -> None:
    chosen = settings.model_copy(update={"keep_generations": 1})
    with open_index(built) as index:
        build_index(chosen, HashingEmbedder())
        assert not (built / "gen-000001").exists()
        assert index.document("rivers.md").text.startswith("# Rivers")
        assert len(index.passages(range(index.passage_count))) == index.passage_count


def test_marks_that_depend_on_the_whole_corpus_are_those_of_a_fresh_build(
    settings: Settings, tmp_path: Path
) -> None:
    pages = [settings.corpus / f"page{number}.txt" for number in range(3)]
    for number, path in enumerate(pages):
        path.write_text(f"Home | Products | Contact\n\nPage {number} tells of lamps.\n")

    def marked() -> bool:
        build_index(settings, HashingEmbedder())
        fresh = settings.model_copy(update={"index": tmp_path / "fresh"})
        build_index(fresh, HashingEmbedder(), full=True)
        ours, wanted = (
            open_generation(each.index, current_version(each.index)).manifest.files
            for each in (settings, fresh)
        )
        assert ours == wanted
        with open_index(settings.index) as index:
            return bool(index.document("page0.txt").repeated)

    assert marked()
    text = pages[2].read_text()
    pages[2].unlink()
    assert not marked()  # on two pages it is text, also on the page that nobody touched
    pages[2].write_text(text)
    assert marked()
