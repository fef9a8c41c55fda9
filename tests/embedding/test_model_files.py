from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa_service.embedding.model_files import hash_of_model, model_files, sha256_of_file
from qa_service.errors import ModelDamaged, ModelNotFound

from .small_parts import write_model_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_model_folder(tmp_path / "model")


def names(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in model_files(folder)]


def test_weights_configuration_and_tokenizer_count_and_readme_does_not(folder: Path) -> None:
    assert names(folder) == [
        "1_Pooling/config.json",
        "config.json",
        "model.safetensors",
        "modules.json",
        "tokenizer.json",
    ]


def test_pickled_weights_beside_safetensors_do_not_count(folder: Path) -> None:
    (folder / "pytorch_model.bin").write_bytes(b"x")
    assert "pytorch_model.bin" not in names(folder)
    (folder / "model.safetensors").unlink()
    assert "pytorch_model.bin" in names(folder)


def test_every_file_that_decides_vectors_changes_the_hash(folder: Path) -> None:
    files = model_files(folder)
    before = hash_of_model(folder, files)
    for path in files:
        content = path.read_bytes()
        path.write_bytes(content + b" ")
        assert hash_of_model(folder, files) != before, path
        path.write_bytes(content)
    assert hash_of_model(folder, files) == before


def test_hash_does_not_depend_on_where_the_folder_lies(folder: Path, tmp_path: Path) -> None:
    before = hash_of_model(folder, model_files(folder))
    moved = folder.rename(tmp_path / "elsewhere")
    assert hash_of_model(moved, model_files(moved)) == before


def test_folder_without_weights_is_no_model(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelNotFound, match="no weights"):
        model_files(folder)


def test_folder_without_configuration_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match=r"no config\.json"):
        model_files(tmp_path)


def test_plain_transformer_folder_needs_no_module_list(folder: Path) -> None:
    (folder / "modules.json").unlink()
    assert names(folder) == ["config.json", "model.safetensors", "tokenizer.json"]


@pytest.mark.parametrize("content", ["{", "[3]", '{"path": ""}', '[{"name": "x"}]'])
def test_unreadable_module_list_is_named(folder: Path, content: str) -> None:
    (folder / "modules.json").write_text(content)
    with pytest.raises(ModelDamaged, match=r"modules\.json"):
        model_files(folder)


@pytest.mark.parametrize("outside", ["..", "../other", "/etc"])
def test_module_outside_the_folder_is_refused(folder: Path, outside: str) -> None:
    (folder / "modules.json").write_text(json.dumps([{"path": ""}, {"path": outside}]))
    with pytest.raises(ModelDamaged, match="outside"):
        model_files(folder)


def test_file_hash_is_sha256(tmp_path: Path) -> None:
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    assert sha256_of_file(path).startswith("ba7816bf8f01cfea414140de5dae2223")
