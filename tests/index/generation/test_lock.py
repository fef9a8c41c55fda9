from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from qa_service.errors import IndexLocked, IndexWriteFailed
from qa_service.index.generation.lock import LOCK_FILE, write_lock

HOLD = """
import sys
from pathlib import Path
from qa_service.index.generation.lock import write_lock
with write_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_second_writer_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    with (
        write_lock(tmp_path),
        pytest.raises(IndexLocked, match=rf"pid {os.getpid()} on "),
        write_lock(tmp_path),
    ):
        pass
    with write_lock(tmp_path):
        pass


def test_the_lock_dies_with_its_holder(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        with pytest.raises(IndexLocked, match=f"pid {child.pid} "), write_lock(tmp_path):
            pass
        child.kill()
        child.wait()
        with write_lock(tmp_path):
            pass


def test_a_planted_note_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    with write_lock(tmp_path):
        (tmp_path / LOCK_FILE).write_bytes(b"\x1b[31mred\xff\n")
        with pytest.raises(IndexLocked) as caught, write_lock(tmp_path):
            pass
    assert "\x1b" not in caught.value.message


def test_a_lock_file_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / LOCK_FILE).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(IndexWriteFailed), write_lock(tmp_path):
        pass
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_system_without_locks_is_a_write_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(IndexWriteFailed, match="No locks available"), write_lock(tmp_path):
        pass
