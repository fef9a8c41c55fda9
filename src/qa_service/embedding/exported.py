"""The cache of exported models: found in milliseconds, made when absent, replaced when damaged.

    <cache>/models/<first 16 of the weights' hash>-<variant>-<format>/   one finished export
    <cache>/models/<the same>.lock                                      held while one is made

A cross-encoder's folder has ``cross-encoder-`` before the variant: one original may be both.
An export is made in a folder beside its place, synced to disk and renamed, so that it is there
whole or not at all. Of two processes that need the same one, the second waits and uses it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from qa_service.embedding.export_format import FORMAT, ExportedModel, Kind, read_export
from qa_service.embedding.export_process import ExportProgress, run_exporter
from qa_service.embedding.models import ModelFolder, resolve_model
from qa_service.embedding.remembered import recall, remember
from qa_service.errors import ModelDamaged, ModelError, ModelNotFound
from qa_service.settings import Settings


@dataclass(frozen=True, slots=True)
class NamedExport:
    """An export and the name that an index records for its model."""

    name: str
    exported: ExportedModel


def find_exported(
    settings: Settings, on_progress: ExportProgress | None = None, kind: Kind = "embedder"
) -> NamedExport:
    """Return the model's export for serving, verified; made when it is not there yet.

    Reads neither the original weights nor any library that could, when the export is cached.
    Raises as `ensure_exported`.
    """
    remembered = recall(_models_dir(settings), settings.model)
    if remembered is not None:
        try:
            exported = read_export(_place(settings, remembered.weights_sha256, kind), kind)
        except (ModelNotFound, ModelDamaged):
            return ensure_exported(settings, on_progress, kind)
        return NamedExport(remembered.name, exported)
    return ensure_exported(settings, on_progress, kind)


def ensure_exported(
    settings: Settings, on_progress: ExportProgress | None = None, kind: Kind = "embedder"
) -> NamedExport:
    """Return the model's export for indexing: the original is hashed, the export made if need be.

    Where the original is gone but its export is cached and sound, that is returned. Raises
    ModelNotFound, ModelDamaged (the original, or a cached export that cannot be made anew), or
    ModelError (cannot be exported, or the cache cannot be written).
    """
    try:
        model = resolve_model(settings.model)
    except ModelNotFound:
        remembered = recall(_models_dir(settings), settings.model)
        if remembered is None:
            raise
        place = _place(settings, remembered.weights_sha256, kind)
        if not place.exists():
            raise
        return NamedExport(remembered.name, read_export(place, kind))
    place = _place(settings, model.weights_sha256, kind)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with _lock(place):
            exported = _read_or_make(settings, model, place, on_progress, kind)
        remember(place.parent, settings.model, model)
    except OSError as error:
        raise ModelError(
            f"{error.filename or place}: the exported model cannot be written ({error.strerror})",
            "free space, or set QA_CACHE_DIR to a folder that can be written",
        ) from error
    return NamedExport(model.name, exported)


def _read_or_make(
    settings: Settings,
    model: ModelFolder,
    place: Path,
    on_progress: ExportProgress | None,
    kind: Kind,
) -> ExportedModel:
    try:
        return read_export(place, kind)
    except (ModelNotFound, ModelDamaged):
        pass  # absent, or not as it was written: the original is at hand to make it anew
    for leftover in place.parent.glob(f"{place.name}.making-*"):
        shutil.rmtree(leftover, ignore_errors=True)  # of a maker that died: we hold the lock
    making = Path(tempfile.mkdtemp(prefix=f"{place.name}.making-", dir=place.parent))
    try:
        run_exporter(
            model,
            making,
            variant=settings.precision,
            runtime=settings.runtime,
            threads=settings.threads,
            kind=kind,
            on_progress=on_progress,
        )
        read_export(making, kind)
        making.chmod(0o755)  # mkdtemp makes it private; the cache may be shared by users
        _sync(making)
        if place.exists():
            shutil.rmtree(place)  # a process that serves from it keeps its open files
        making.rename(place)
        _sync_folder(place.parent)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return read_export(place, kind)


def _models_dir(settings: Settings) -> Path:
    return settings.cache_dir.expanduser() / "models"


def _place(settings: Settings, weights_sha256: str, kind: Kind) -> Path:
    variant = settings.precision if kind == "embedder" else f"{kind}-{settings.precision}"
    return _models_dir(settings) / f"{weights_sha256[:16]}-{variant}-{FORMAT}"


@contextmanager
def _lock(place: Path) -> Iterator[None]:
    with place.with_name(f"{place.name}.lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)  # the system releases it however the process ends
        yield


def _sync(folder: Path) -> None:
    for path in folder.iterdir():
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)  # a rename alone does not survive power loss
    finally:
        os.close(descriptor)
