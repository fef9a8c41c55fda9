"""Runs the exporter in a process of its own, and brings its errors back."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from qa_service.embedding.export_format import Kind
from qa_service.embedding.models import ModelFolder
from qa_service.errors import ModelDamaged, ModelError, ModelNotFound

ExportProgress = Callable[[str], None]

_NEEDED = ("sentence_transformers", "onnx", "torch")
_ERRORS = {error.code: error for error in (ModelError, ModelNotFound, ModelDamaged)}


def run_exporter(
    model: ModelFolder,
    out: Path,
    *,
    variant: str,
    runtime: str,
    threads: int,
    kind: Kind = "embedder",
    on_progress: ExportProgress | None = None,
) -> None:
    """Write the model's export into the empty folder ``out``; takes about ten seconds.

    ``on_progress`` is told each stage in words. Raises ModelError and its kin as the exporter
    does, and ModelError when its libraries are missing or the process dies.
    """
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise ModelError(
            f"{model.name} must be exported once, and {', '.join(missing)} is not installed",
            "pip install 'qa-service[export]'",
        )
    command = [
        *(sys.executable, "-m", "qa_service.embedding.exporter", str(model.path), str(out)),
        *("--variant", variant, "--runtime", runtime, "--threads", str(threads)),
        *("--weights-sha256", model.weights_sha256, "--kind", kind),
    ]
    with tempfile.TemporaryFile() as complaints:
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=_environment(),
            encoding="utf-8",
        ) as process:
            try:
                assert process.stdout is not None  # by PIPE above
                error = _follow(process.stdout, on_progress)
                status = process.wait()
            except BaseException:  # an interrupt must not leave the child at work
                process.kill()
                raise
        if error is not None:
            known = _ERRORS.get(error["code"], ModelError)
            raise known(error["message"], error["hint"])
        if status != 0:
            raise ModelError(
                f"{model.name}: the export process ended with status {status}"
                f" ({_last_words(complaints)})",
                "free memory if it was killed; the model may also be of a kind that cannot be "
                "exported",
            )


def _environment() -> dict[str, str]:
    """The model lies on this machine already: nothing may be looked up on a hub."""
    offline = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    return {**os.environ, **offline, "TOKENIZERS_PARALLELISM": "false"}


def _follow(lines: IO[str], on_progress: ExportProgress | None) -> dict[str, str] | None:
    for line in lines:
        try:
            said: Any = json.loads(line)
        except ValueError:
            continue  # a library's own words
        if not isinstance(said, dict):
            continue
        if "error" in said:
            return {key: str(said["error"].get(key, "")) for key in ("code", "message", "hint")}
        if on_progress is not None and "stage" in said:
            on_progress(str(said["stage"]))
    return None


def _last_words(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    lines = complaints.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1].strip() if lines else "it said nothing"
