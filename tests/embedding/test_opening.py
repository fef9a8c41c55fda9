from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from qa_service.embedding import exported, opening, runtime
from qa_service.embedding.batching import ALONE_WIDTHS
from qa_service.embedding.groups import EMBEDDING_GROUP
from qa_service.embedding.hashing import HashingEmbedder
from qa_service.embedding.model_embedder import ModelEmbedder
from qa_service.embedding.opening import open_embedder, prepare_embedder
from qa_service.errors import ModelNotFound
from qa_service.settings import Settings

from .small_parts import write_export, write_model_folder


@pytest.mark.parametrize("door", [open_embedder, prepare_embedder])
def test_hashing_needs_no_file(door: type, tmp_path: Path) -> None:
    settings = Settings.create(model="hashing", cache_dir=tmp_path / "none")
    assert isinstance(door(settings), HashingEmbedder)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("door", [open_embedder, prepare_embedder])
@pytest.mark.parametrize("runtime", ["openvino", "onnxruntime"])
def test_exported_model_is_embedded_with_by_either_runtime(
    door: type, runtime: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip(runtime, reason=f"{runtime} is not installed")
    monkeypatch.setattr(
        exported,
        "run_exporter",
        lambda model, out, *, variant, **_: write_export(
            out, weights_sha256=model.weights_sha256, variant=variant
        ),
    )
    settings = Settings.create(
        model=str(write_model_folder(tmp_path / "mine")),
        cache_dir=tmp_path / "cache",
        runtime=runtime,
        precision="float32",
    )
    embedder = door(settings)
    assert embedder.identity.model == "mine"
    assert embedder.embed(["alpha", "beta"]).shape == (2, embedder.identity.dimension)


@pytest.mark.parametrize(
    ("door", "alone", "prepared"),
    [
        (open_embedder, ALONE_WIDTHS, [16]),
        (partial(open_embedder, first="alpha " * 18), ALONE_WIDTHS, [24]),
        (partial(open_embedder, first="alpha " * 30), ALONE_WIDTHS, [32]),
        (prepare_embedder, (), [None]),
        (partial(prepare_embedder, deferred=True), (), []),
    ],
)
def test_what_serves_has_graphs_for_questions_and_loads_the_one_it_needs_first(
    door: Callable[[Settings], ModelEmbedder],
    alone: tuple[int, ...],
    prepared: list[int | None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        exported,
        "run_exporter",
        lambda model, out, *, variant, **_: write_export(
            out, weights_sha256=model.weights_sha256, variant=variant, window=64
        ),
    )
    settings = Settings.create(
        model=str(write_model_folder(tmp_path / "mine")),
        cache_dir=tmp_path / "cache",
        precision="float32",
    )
    asked: list[int | None] = []
    wanted: list[object] = []

    class Prepared:
        streams = 1

        def prepare(self, width: int | None = None) -> None:
            asked.append(width)

    def load(*_: object, **how: object) -> Prepared:
        wanted.append(how)
        return Prepared()

    monkeypatch.setattr(runtime, "load_runtime", load)
    embedder = door(settings)
    assert asked == prepared
    embedder.prepare()
    assert asked == [*prepared, None]
    assert wanted == [{"bulk": not alone, "group": EMBEDDING_GROUP, "alone": alone}]


@pytest.mark.parametrize("door", [open_embedder, prepare_embedder])
def test_missing_model_is_one_clear_error(door: type, tmp_path: Path) -> None:
    settings = Settings.create(model=str(tmp_path / "gone"), cache_dir=tmp_path / "cache")
    with pytest.raises(ModelNotFound, match=r"gone: no such model folder") as caught:
        door(settings)
    assert caught.value.hint


def test_a_deferred_runtime_is_loaded_at_the_first_text_to_embed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    monkeypatch.setattr(
        exported,
        "run_exporter",
        lambda model, out, *, variant, **_: write_export(
            out, weights_sha256=model.weights_sha256, variant=variant
        ),
    )
    loaded: list[object] = []
    load = opening.load_embedder_runtime
    monkeypatch.setattr(
        opening, "load_embedder_runtime", lambda *a, **k: loaded.append(a) or load(*a, **k)
    )
    settings = Settings.create(
        model=str(write_model_folder(tmp_path / "mine")),
        cache_dir=tmp_path / "cache",
        runtime="onnxruntime",
        precision="float32",
    )
    embedder = prepare_embedder(settings, deferred=True)
    assert embedder.count_tokens(["alpha beta"])
    assert loaded == []
    embedder.embed(["alpha", "beta"])
    embedder.embed(["alpha"])
    assert len(loaded) == 1
