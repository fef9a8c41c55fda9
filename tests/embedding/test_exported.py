from __future__ import annotations

import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from qa_service.embedding import exported
from qa_service.embedding.exported import ensure_exported, find_exported
from qa_service.embedding.models import ModelFolder
from qa_service.errors import ModelDamaged, ModelError, ModelNotFound
from qa_service.settings import Settings

from .small_parts import write_export, write_model_folder, write_pair_export


class Exporter:
    """Stands in for the export process; counts its runs and can be told to fail."""

    def __init__(self) -> None:
        self.runs = 0
        self.fails: BaseException | None = None
        self.takes = 0.0

    def __call__(self, model: ModelFolder, out: Path, *, variant: str, **_: Any) -> None:
        self.runs += 1
        time.sleep(self.takes)
        (out / "half-done").write_text("x")
        if self.fails is not None:
            raise self.fails
        (out / "half-done").unlink()
        write_export(out, weights_sha256=model.weights_sha256, variant=variant)


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch) -> Exporter:
    stand_in = Exporter()
    monkeypatch.setattr(exported, "run_exporter", stand_in)
    return stand_in


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    folder = write_model_folder(tmp_path / "model")
    return Settings.create(model=str(folder), cache_dir=tmp_path / "cache")


def folders(settings: Settings) -> list[str]:
    models = settings.cache_dir / "models"
    return sorted(path.name for path in models.iterdir() if path.is_dir() and path.name != "known")


def test_model_is_exported_once(settings: Settings, exporter: Exporter) -> None:
    first = ensure_exported(settings)
    assert first.name == "model"
    assert ensure_exported(settings) == find_exported(settings) == first
    assert exporter.runs == 1


def test_serving_finds_the_export_without_reading_the_weights(
    settings: Settings, exporter: Exporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = ensure_exported(settings)

    def never(_: str) -> None:
        raise AssertionError("the original was read")

    monkeypatch.setattr(exported, "resolve_model", never)
    assert find_exported(settings) == expected


def test_serving_makes_the_export_where_there_is_none(
    settings: Settings, exporter: Exporter
) -> None:
    assert find_exported(settings).exported.variant == "int8"
    assert exporter.runs == 1


def test_each_precision_has_an_export_of_its_own(settings: Settings, exporter: Exporter) -> None:
    ensure_exported(settings)
    exact = settings.model_copy(update={"precision": "float32"})
    assert ensure_exported(exact).exported.variant == "float32"
    assert ensure_exported(settings).exported.variant == "int8"
    assert exporter.runs == 2


def test_one_original_may_be_exported_as_embedder_and_as_cross_encoder(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def export(model: ModelFolder, out: Path, *, kind: str, variant: str, **_: Any) -> None:
        if kind == "embedder":
            write_export(out, weights_sha256=model.weights_sha256, variant=variant)
        else:
            write_pair_export(out, weights_sha256=model.weights_sha256)

    monkeypatch.setattr(exported, "run_exporter", export)
    exact = settings.model_copy(update={"precision": "float32"})
    embedder = find_exported(exact).exported
    pairs = find_exported(exact, kind="cross-encoder").exported
    assert (embedder.kind, pairs.kind) == ("embedder", "cross-encoder")
    assert len(folders(exact)) == 2
    assert find_exported(exact).exported == embedder
    assert find_exported(exact, kind="cross-encoder").exported == pairs


def test_changed_model_is_exported_anew(settings: Settings, exporter: Exporter) -> None:
    before = ensure_exported(settings).exported.weights_sha256
    (Path(settings.model) / "model.safetensors").write_bytes(b"fine-tuned")
    assert find_exported(settings).exported.weights_sha256 != before
    assert exporter.runs == 2


@pytest.mark.parametrize("find", [find_exported, ensure_exported])
def test_damaged_export_is_made_anew(settings: Settings, exporter: Exporter, find: Any) -> None:
    graph = ensure_exported(settings).exported.graph
    graph.write_bytes(b"damaged")
    assert find(settings).exported.graph == graph
    assert graph.read_bytes() != b"damaged"
    assert exporter.runs == 2
    assert len(folders(settings)) == 1


@pytest.mark.parametrize("find", [find_exported, ensure_exported])
def test_damaged_export_of_a_model_that_is_gone_is_refused(
    settings: Settings, exporter: Exporter, find: Any
) -> None:
    ensure_exported(settings).exported.graph.write_bytes(b"damaged")
    shutil.rmtree(settings.model)
    with pytest.raises(ModelDamaged, match="does not match its checksum"):
        find(settings)


@pytest.mark.parametrize("find", [find_exported, ensure_exported])
def test_sound_export_outlives_its_model(settings: Settings, exporter: Exporter, find: Any) -> None:
    expected = ensure_exported(settings)
    shutil.rmtree(settings.model)
    assert find(settings) == expected


def test_missing_model_is_missing(settings: Settings, exporter: Exporter) -> None:
    shutil.rmtree(settings.model)
    with pytest.raises(ModelNotFound, match="no such model folder"):
        find_exported(settings)


@pytest.mark.parametrize("failure", [ModelError("no"), KeyboardInterrupt()])
def test_failed_export_leaves_nothing_and_can_be_tried_again(
    settings: Settings, exporter: Exporter, failure: BaseException
) -> None:
    exporter.fails = failure
    with pytest.raises(type(failure)):
        ensure_exported(settings)
    assert folders(settings) == []
    exporter.fails = None
    ensure_exported(settings)
    assert exporter.runs == 2


def test_export_whose_files_do_not_verify_is_not_kept(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exported, "run_exporter", lambda *_, **__: None)
    with pytest.raises(ModelNotFound):
        ensure_exported(settings)
    assert folders(settings) == []


def test_leftovers_of_a_killed_maker_are_cleared(settings: Settings, exporter: Exporter) -> None:
    place = ensure_exported(settings).exported.folder
    leftover = place.with_name(f"{place.name}.making-abc")
    leftover.mkdir()
    (leftover / "model.xml").write_text("half")
    shutil.rmtree(place)
    ensure_exported(settings)
    assert folders(settings) == [place.name]


def test_two_at_once_share_one_export(settings: Settings, exporter: Exporter) -> None:
    exporter.takes = 0.2
    start = threading.Barrier(4)

    def find(_: int) -> Path:
        start.wait(5)
        return find_exported(settings).exported.folder

    with ThreadPoolExecutor(4) as pool:
        places = set(pool.map(find, range(4)))
    assert len(places) == 1
    assert exporter.runs == 1


def test_cache_that_cannot_be_written_is_named(
    settings: Settings, exporter: Exporter, tmp_path: Path
) -> None:
    (tmp_path / "occupied").write_text("a file")
    blocked = settings.model_copy(update={"cache_dir": tmp_path / "occupied"})
    with pytest.raises(ModelError, match="occupied") as caught:
        ensure_exported(blocked)
    assert "QA_CACHE_DIR" in caught.value.hint


def test_export_may_be_read_by_other_users(settings: Settings, exporter: Exporter) -> None:
    assert ensure_exported(settings).exported.folder.stat().st_mode & 0o777 == 0o755
