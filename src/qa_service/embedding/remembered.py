"""Remembers which hash a model's files had, so that serving need not read 90 MB at each start.

One small JSON file per model under ``<cache>/models/known/``. It holds sizes and modification
times: when any of them differs the memory is void and the files are hashed again.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from qa_service.embedding.model_files import model_files
from qa_service.embedding.models import KNOWN_MODELS, ModelFolder
from qa_service.errors import ModelDamaged, ModelNotFound


@dataclass(frozen=True, slots=True)
class Remembered:
    """The canonical name and hash of a model seen before."""

    name: str
    weights_sha256: str


def recall(models_dir: Path, asked: str) -> Remembered | None:
    """Return what is known of the model without reading its weights, or None.

    A known model's hash is pinned. For others, the memory must still fit the files where these
    are at hand; where they are gone, the export made from them is as good as ever.
    """
    known = KNOWN_MODELS.get(asked)
    if known is not None:
        return Remembered(known.name, known.weights_sha256)
    try:
        body = json.loads(_memory(models_dir, asked).read_bytes())
        folder = Path(body["folder"])
        if folder.is_dir() and _stamps(folder) != body["stamps"]:
            return None
        return Remembered(str(body["name"]), str(body["weights_sha256"]))
    except (OSError, ValueError, KeyError, TypeError, ModelNotFound, ModelDamaged):
        return None  # absent or unusable: the caller hashes the files and remembers anew


def remember(models_dir: Path, asked: str, model: ModelFolder) -> None:
    """Write down the model's hash for `recall`, replacing an older memory atomically."""
    if asked in KNOWN_MODELS:
        return
    body = {
        "name": model.name,
        "folder": str(model.path.resolve()),
        "stamps": _stamps(model.path),
        "weights_sha256": model.weights_sha256,
    }
    path = _memory(models_dir, asked)
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own for each writer: two processes may learn the same model at once.
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix=f"{path.name}.", dir=path.parent, delete=False
    ) as stream:
        stream.write(json.dumps(body, indent=1) + "\n")
    Path(stream.name).replace(path)


def _memory(models_dir: Path, asked: str) -> Path:
    folder = Path(asked).expanduser()
    key = str(folder.resolve()) if folder.is_dir() or folder.is_absolute() else asked
    return models_dir / "known" / f"{hashlib.sha256(key.encode()).hexdigest()[:16]}.json"


def _stamps(folder: Path) -> list[list[str | int]]:
    stamps: list[list[str | int]] = []
    for path in model_files(folder):
        status = path.stat()
        name = path.relative_to(folder).as_posix()
        stamps.append([name, status.st_size, status.st_mtime_ns])
    return stamps
