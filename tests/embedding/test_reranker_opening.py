from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from qa_service.embedding import exported, reranker_opening
from qa_service.embedding.export_format import MANIFEST
from qa_service.embedding.reranker_opening import open_reranker
from qa_service.embedding.runtime import Runtime
from qa_service.embedding.word_overlap import WordOverlapReranker
from qa_service.errors import ModelDamaged, ModelError, ModelNotFound
from qa_service.settings import Settings

from .small_parts import write_model_folder, write_pair_export


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    pytest.importorskip("openvino", reason="openvino is not installed")
    monkeypatch.setattr(
        exported,
        "run_exporter",
        lambda model, out, **_: write_pair_export(out, weights_sha256=model.weights_sha256),
    )
    folder = write_model_folder(tmp_path / "mine")
    return Settings.create(reranker=str(folder), cache_dir=tmp_path / "cache")


def name_of(settings: Settings) -> str:
    assert settings.reranker is not None
    return settings.reranker


def test_the_one_for_tests_needs_no_file(tmp_path: Path) -> None:
    settings = Settings.create(cache_dir=tmp_path / "none")
    assert isinstance(open_reranker(settings, "word-overlap"), WordOverlapReranker)
    assert not (tmp_path / "none").exists()


def test_a_folder_is_exported_and_scored_with(settings: Settings) -> None:
    assert settings.precision == "int8"  # the embedder's: the reranker has its own
    reranker = open_reranker(settings, name_of(settings))
    assert reranker.score("alpha", ["beta", "beta gamma"]).tolist() == [6, 11]
    [folder] = (settings.cache_dir / "models").glob("*-cross-encoder-float32-*/")
    assert (folder / MANIFEST).is_file()


def test_it_is_loaded_when_it_is_opened_not_when_it_is_first_needed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    load, prepared = reranker_opening.load_runtime, list[Runtime]()

    def loaded(*how: Any) -> Runtime:
        runtime = load(*how)
        monkeypatch.setattr(runtime, "prepare", lambda: prepared.append(runtime))
        return runtime

    monkeypatch.setattr(reranker_opening, "load_runtime", loaded)
    open_reranker(settings, name_of(settings))
    assert len(prepared) == 1


@pytest.mark.parametrize("file", ["model.onnx", "tokenizer.json", MANIFEST])
def test_a_damaged_export_is_made_anew_from_the_original_and_refused_without(
    settings: Settings, file: str
) -> None:
    open_reranker(settings, name_of(settings))
    [folder] = (settings.cache_dir / "models").glob("*-cross-encoder-float32-*/")
    content = (folder / file).read_bytes()
    (folder / file).write_bytes(content[:-40])
    open_reranker(settings, name_of(settings))
    assert (folder / file).read_bytes() == content
    (folder / file).write_bytes(content[:-40])
    shutil.rmtree(name_of(settings))
    with pytest.raises(ModelDamaged, match=rf"^reranker .*{file}") as caught:
        open_reranker(settings, name_of(settings))
    assert caught.value.hint


def test_a_missing_model_says_which_and_how_to_get_or_drop_it(tmp_path: Path) -> None:
    settings = Settings.create(cache_dir=tmp_path / "cache")
    with pytest.raises(ModelNotFound, match=r"^reranker .*gone: no such model folder") as caught:
        open_reranker(settings, str(tmp_path / "gone"))
    assert "QA_RERANKER" in caught.value.hint
    assert "QA_MODEL" not in caught.value.hint


def test_a_refusal_by_the_exporter_comes_back_as_it_is(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ModelError("it is no cross-encoder", "set QA_RERANKER")

    monkeypatch.setattr(exported, "run_exporter", refuse)
    with pytest.raises(ModelError, match="it is no cross-encoder"):
        open_reranker(settings, name_of(settings))
