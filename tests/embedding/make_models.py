"""Run as a script, once for all tests: makes everything that needs PyTorch in one process, for
importing it takes longer than the making.

usage: python make_models.py FOLDER CACHE

FOLDER gets ``embedders`` and ``pairs``, filled by the two scripts of those models; CACHE gets the
int8 export of the default model, where that is installed.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any

import make_tiny_cross_encoders
import make_tiny_models

from qa_service.embedding import exported, exporter
from qa_service.embedding.models import ModelFolder
from qa_service.errors import ModelNotFound
from qa_service.settings import Settings


def main(root: Path, cache: Path) -> None:
    with contextlib.suppress(ModelNotFound):
        export_default_model(cache)
    # Each in its folder: code that a model brings would write there, where the tests look.
    for name, make in (
        ("embedders", make_tiny_models.main),
        ("pairs", make_tiny_cross_encoders.main),
    ):
        folder = root / name
        folder.mkdir()
        with contextlib.chdir(folder):
            make(folder)


def export_default_model(cache: Path) -> None:
    """Fill the cache as the product does, but for the exporter's process: this is one."""

    def export_here(model: ModelFolder, out: Path, **options: Any) -> None:
        arguments = [str(model.path), str(out), "--weights-sha256", model.weights_sha256]
        for name in ("variant", "runtime", "threads", "kind"):
            arguments += [f"--{name}", str(options[name])]
        if exporter.main(arguments) != 0:
            raise SystemExit("the default model was not exported: see the error above")

    exported.run_exporter = export_here
    exported.ensure_exported(Settings.create(cache_dir=cache, precision="int8", threads=2))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
