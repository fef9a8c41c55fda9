from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa_service.embedding import export_format
from qa_service.embedding.export_format import ExportedModel, read_export
from qa_service.errors import ModelDamaged, ModelNotFound

from .small_parts import write_export, write_pair_export


@pytest.fixture(params=["int8", "float32"])
def written(tmp_path: Path, request: pytest.FixtureRequest) -> ExportedModel:
    return write_export(tmp_path / "export", variant=request.param)


def test_what_is_read_is_what_was_written(written: ExportedModel) -> None:
    assert read_export(written.folder) == written
    assert written.graph.is_file()


def test_flipped_byte_anywhere_is_never_believed(written: ExportedModel) -> None:
    for path in sorted(written.folder.iterdir()):
        content = path.read_bytes()
        step = 3 if path.name == "export.json" else max(1, len(content) // 20)
        for place in [*range(0, len(content), step), len(content) - 1]:
            flipped = bytearray(content)
            flipped[place] ^= 1
            path.write_bytes(flipped)
            if path.name == "export.json" and is_same_json(content, bytes(flipped)):
                continue  # white space
            with pytest.raises(ModelDamaged) as caught:
                read_export(written.folder)
            assert str(written.folder) in caught.value.message
            assert caught.value.hint
        path.write_bytes(content)


def is_same_json(first: bytes, second: bytes) -> bool:
    try:
        return bool(json.loads(first) == json.loads(second))
    except ValueError:
        return False


@pytest.mark.parametrize("length", [0, 1, -1])
def test_shortened_file_is_refused(written: ExportedModel, length: int) -> None:
    for path in sorted(written.folder.iterdir()):
        content = path.read_bytes()
        path.write_bytes(content.rstrip(b"\n")[:length])
        with pytest.raises(ModelDamaged, match=path.name):
            read_export(written.folder)
        path.write_bytes(content)


def test_missing_file_is_named(written: ExportedModel) -> None:
    written.graph.unlink()
    with pytest.raises(ModelDamaged, match=rf"{written.graph.name}: cannot be read"):
        read_export(written.folder)


def test_no_export_is_not_a_damaged_export(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match="no exported model"):
        read_export(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", "null", "{}", '{"sha256": null}', "[" * 100])
def test_other_json_is_refused(written: ExportedModel, content: str) -> None:
    (written.folder / "export.json").write_text(content)
    with pytest.raises(ModelDamaged, match=r"export\.json"):
        read_export(written.folder)


def test_export_of_another_format_is_refused(
    written: ExportedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = export_format.FORMAT
    monkeypatch.setattr(export_format, "FORMAT", 999)
    with pytest.raises(ModelDamaged, match=f"format {own}, not 999"):
        read_export(written.folder)


def test_an_export_is_read_as_the_kind_it_is_and_as_no_other(tmp_path: Path) -> None:
    embedder = write_export(tmp_path / "embedder")
    pairs = write_pair_export(tmp_path / "pairs")
    assert read_export(pairs.folder, "cross-encoder") == pairs
    with pytest.raises(ModelDamaged, match="of kind 'cross-encoder', not 'embedder'"):
        read_export(pairs.folder)
    with pytest.raises(ModelDamaged, match="of kind 'embedder', not 'cross-encoder'"):
        read_export(embedder.folder, "cross-encoder")


def test_an_export_that_names_no_kind_is_an_embedder(written: ExportedModel) -> None:
    path = written.folder / "export.json"
    body = json.loads(path.read_text())
    for name in ("kind", "token_types", "sha256"):
        del body[name]
    body["sha256"] = export_format._own_hash(body)
    path.write_text(json.dumps(body))
    assert read_export(written.folder) == written


def test_manifest_names_the_libraries_that_made_it(written: ExportedModel) -> None:
    body = json.loads((written.folder / "export.json").read_text())
    assert body["made_with"] == {"tests": "1"}
    assert set(body["files"]) == {path.name for path in written.folder.iterdir()} - {"export.json"}
