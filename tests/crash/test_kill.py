"""kill -9 at every step and at random moments: the index opens as it was, or as it was to be.

``KILLS=500`` in the environment sets how many random moments there are.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from qa_service.settings import Settings

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("KILLS", "50"))
PROGRAM = Path(__file__).with_name("kill_writers.py")


def killed(mode: str, old: Settings, new: Settings) -> list[dict[str, Any]]:
    command = [sys.executable, "-W", "ignore", str(PROGRAM), mode]
    paths = [str(path) for path in (old.index, old.corpus, new.corpus)]
    done = subprocess.run(
        [*command, *paths], capture_output=True, text=True, timeout=60 + 3 * KILLS
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize(("mode", "least"), [("steps", 60), (f"times={KILLS}", KILLS)])
def test_killed_indexing_leaves_the_old_generation_or_the_new(
    old: Settings, new: Settings, mode: str, least: int
) -> None:
    reports = killed(mode, old, new)
    assert len(reports) >= least
    for report in reports:
        before, now = report["before"], report["now"]
        assert now["problems"] == [], report
        assert now["corpus"] is not None, report  # one corpus whole: nothing lost, nothing twice
        if now["version"] == before["version"]:
            assert now == before, report
        else:
            assert now["version"] > before["version"], report
            if mode == "steps":
                assert now["corpus"] != before["corpus"], report
    moved = [report["now"]["version"] != report["before"]["version"] for report in reports]
    print(f"{len(reports)} kills, {sum(moved)} after a commit")
    assert not all(moved)
    assert any(moved)
    names = {path.name for path in old.index.iterdir() if not path.name.startswith("gen-")}
    assert names <= {".lock", "CURRENT", "CURRENT.tmp"}
