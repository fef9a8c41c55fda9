"""Run as a script, once for all tests: exports the default model and makes every tiny one in one
process, for importing PyTorch takes longer than any of that.

usage: python make_models.py FOLDER

FOLDER gets ``cache`` with the default model's exports, and ``embedders`` and ``pairs``, filled by
the scripts of the tiny models. Two tests export in a process of its own, as the service does.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any

import make_tiny_cross_encoders
import make_tiny_models

from qa_service.embedding import exported
from qa_service.embedding.exporter import export_model
from qa_service.embedding.models import ModelFolder
from qa_service.settings import Settings


def main(root: Path) -> None:
    exported.run_exporter = run_exporter
    for precision in ("int8", "float32"):
        exported.ensure_exported(Settings.create(cache_dir=root / "cache", precision=precision))
    # Each in its folder: code that a model brings would write there, where the tests look.
    for name, make in (
        ("embedders", make_tiny_models.main),
        ("pairs", make_tiny_cross_encoders.main),
    ):
        folder = root / name
        folder.mkdir()
        with contextlib.chdir(folder):
            make(folder)


def run_exporter(
    model: ModelFolder, out: Path, *, variant: str, runtime: str, threads: int, **_: Any
) -> None:
    """Export in this process, where the service would start another."""
    export_model(
        model.path,
        out,
        variant=variant,
        runtime=runtime,
        weights_sha256=model.weights_sha256,
        threads=threads,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
