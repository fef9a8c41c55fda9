from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from qa_service.embedding import export_process
from qa_service.embedding.export_process import run_exporter
from qa_service.embedding.models import ModelFolder
from qa_service.errors import ModelDamaged, ModelError

Stages = list[str]


@pytest.fixture
def exporter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shell script in place of the interpreter; tests write what it does."""
    path = tmp_path / "exporter"
    monkeypatch.setattr(export_process.sys, "executable", str(path))
    monkeypatch.setattr(export_process, "_NEEDED", ())
    return path


def run(script: Path, does: str, out: Path, stages: Stages | None = None) -> None:
    script.write_text(f"#!/bin/sh\n{does}\n")
    script.chmod(0o755)
    run_exporter(
        ModelFolder("some-model", out / "model", "ab" * 32),
        out,
        variant="int8",
        runtime="openvino",
        threads=0,
        on_progress=None if stages is None else stages.append,
    )


def test_stages_are_told_and_other_output_is_not(exporter: Path, tmp_path: Path) -> None:
    stages: Stages = []
    noise = "echo noise; echo '[1]'; echo '{\"stage\": \"one\"}'; echo '{\"x\": 2}'"
    run(exporter, f'{noise}; echo \'{{"stage": "two"}}\'', tmp_path, stages)
    assert stages == ["one", "two"]


def test_it_is_told_what_to_export_and_how(exporter: Path, tmp_path: Path) -> None:
    said = tmp_path / "said"
    run(exporter, f'for each; do echo "$each"; done > {said}', tmp_path)
    arguments = said.read_text().splitlines()
    assert arguments[2:4] == [str(tmp_path / "model"), str(tmp_path)]
    assert dict(zip(arguments[4::2], arguments[5::2], strict=True)) == {
        "--variant": "int8",
        "--runtime": "openvino",
        "--threads": "0",
        "--weights-sha256": "ab" * 32,
        "--kind": "embedder",
    }


def test_its_error_comes_back_as_the_same_error(exporter: Path, tmp_path: Path) -> None:
    line = '{"error": {"code": "model_damaged", "message": "what", "hint": "next"}}'
    with pytest.raises(ModelDamaged) as caught:
        run(exporter, f"echo '{line}'; exit 1", tmp_path)
    assert (caught.value.message, caught.value.hint) == ("what", "next")


def test_dead_process_leaves_its_last_words(exporter: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"some-model.*status 7.*out of paper") as caught:
        run(exporter, "echo first >&2; echo out of paper >&2; exit 7", tmp_path)
    assert caught.value.hint


def test_killed_process_is_an_error_too(exporter: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"status -9 \(it said nothing\)"):
        run(exporter, "kill -9 $$", tmp_path)


def test_interrupt_ends_the_process(exporter: Path, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"

    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    exporter.write_text(
        f'#!/bin/sh\necho $$ > {pid_file}\necho \'{{"stage": "x"}}\'\nexec sleep 60\n'
    )
    exporter.chmod(0o755)
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_exporter(
            ModelFolder("m", tmp_path, "ab" * 32),
            tmp_path,
            variant="int8",
            runtime="openvino",
            threads=0,
            on_progress=interrupt,
        )
    assert time.monotonic() - started < 30
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_file.read_text()), 0)


def test_it_may_not_ask_a_hub(exporter: Path, tmp_path: Path) -> None:
    run(exporter, f'echo "$HF_HUB_OFFLINE $TRANSFORMERS_OFFLINE" > {tmp_path}/seen', tmp_path)
    assert (tmp_path / "seen").read_text() == "1 1\n"


def test_missing_libraries_are_named_before_anything_runs(
    exporter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_process, "_NEEDED", ("json", "no_such_library"))
    with pytest.raises(ModelError, match="no_such_library is not installed") as caught:
        run(exporter, "exit 0", tmp_path)
    assert "qa-service[export]" in caught.value.hint
