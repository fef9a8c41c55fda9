"""Which files of a model folder decide its vectors, and one hash over them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from qa_service.errors import ModelDamaged, ModelNotFound

_CHUNK = 1 << 20
_TEXT_FILES = (".json", ".txt", ".model", ".jinja")
_NOT_PART_OF_IT = {"data_config.json", "trainer_state.json", "training_args.json"}


def sha256_of_file(path: Path) -> str:
    """Return the hex SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def model_files(folder: Path) -> list[Path]:
    """Return weights, configuration and tokenizer files, sorted by their path in the folder.

    Looks into the folder and the module folders that its ``modules.json`` names. Where a module
    has safetensors, its pickled weights are not counted (and not loaded). Raises ModelNotFound
    when there is no configuration or no weights, ModelDamaged when ``modules.json`` is unreadable.
    """
    found: list[Path] = []
    for place in _module_folders(folder):
        inside = sorted(path for path in place.iterdir() if path.is_file())
        weights = [path for path in inside if path.suffix == ".safetensors"]
        weights = weights or [path for path in inside if path.suffix == ".bin"]
        if place == folder and not weights:
            raise ModelNotFound(
                f"{folder}: no weights (*.safetensors or *.bin) in the model folder",
                "point QA_MODEL at a complete sentence-transformers model",
            )
        found += weights
        found += [
            path
            for path in inside
            if path.suffix in _TEXT_FILES and path.name.lower() not in _NOT_PART_OF_IT
        ]
    return sorted(set(found), key=lambda path: path.relative_to(folder).as_posix())


def hash_of_model(folder: Path, files: list[Path]) -> str:
    """Return one SHA-256 over the names and contents of these files of the folder.

    Configuration and tokenizer count like weights: with another pooling or vocabulary the same
    weights give other vectors.
    """
    digest = hashlib.sha256()
    for path in files:
        line = f"{sha256_of_file(path)}  {path.relative_to(folder).as_posix()}\n"
        digest.update(line.encode())
    return digest.hexdigest()


def _module_folders(folder: Path) -> list[Path]:
    if not (folder / "config.json").is_file():
        raise ModelNotFound(
            f"{folder}: no config.json, so this is no transformer model",
            "point QA_MODEL at a folder saved by sentence-transformers",
        )
    listing = folder / "modules.json"
    if not listing.is_file():
        return [folder]
    try:
        names = [str(module["path"]) for module in json.loads(listing.read_text("utf-8"))]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ModelDamaged(
            f"{listing}: not a readable list of modules ({error})", "fetch the model again"
        ) from error
    places = [folder]
    for name in names:
        place = folder / name
        if not place.resolve().is_relative_to(folder.resolve()):
            raise ModelDamaged(
                f"{listing}: module {name!r} lies outside the model folder", "fetch the model again"
            )
        if place.is_dir() and place not in places:  # a module without settings has no folder
            places.append(place)
    return places
