"""Serving loads a lean runtime and nothing of torch, and nothing reaches out of this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from command_line import environment, serving, variables_of
from qa_service.settings import Settings

HEAVY = ("torch", "sentence_transformers", "transformers", "onnx", "sklearn", "scipy", "litellm")
QUESTION = {"question": "Whom did President Aliyev meet in Beijing?"}

# Runs one command and reports, from inside, what was loaded and what was reached for.
WATCHED = """
import json, sys
events = []
WATCHED = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto",
           "subprocess.Popen", "os.posix_spawn", "os.fork", "os.exec", "os.system")
sys.addaudithook(
    lambda event, arguments: events.append(f"{event} {arguments!r}") if event in WATCHED else None
)
from qa_service.cli import main
code = 0
try:
    main()
except SystemExit as stop:
    code = stop.code or 0
print(json.dumps({"code": code, "events": events, "modules": sorted(sys.modules)}), file=sys.stderr)
"""


def watched(settings: Settings, *arguments: object) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, *map(str, arguments)],
        env=environment(**variables_of(settings)),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    found: dict[str, object] = json.loads(done.stderr.splitlines()[-1])
    assert found["code"] == 0, done.stderr
    return found


def heavy_among(modules: object) -> set[str]:
    assert isinstance(modules, list)
    return {name.split(".")[0] for name in modules} & set(HEAVY)


@pytest.mark.model
def test_asking_loads_no_heavy_library_and_reaches_for_nothing(real_settings: Settings) -> None:
    found = watched(real_settings, "ask", QUESTION["question"])
    assert heavy_among(found["modules"]) == set()
    assert found["events"] == []


@pytest.mark.model
def test_indexing_with_an_exported_model_reaches_for_nothing(
    real_settings: Settings, tmp_path: Path
) -> None:
    found = watched(
        real_settings, "index", "--corpus", real_settings.corpus, "--index", tmp_path / "index"
    )
    assert heavy_among(found["modules"]) == set()
    assert found["events"] == []


@pytest.mark.model
def test_the_serving_process_has_no_torch_in_memory_and_no_connection_of_its_own(
    real_settings: Settings,
) -> None:
    if not Path("/proc/self/maps").exists():
        pytest.skip("this system does not show a process's memory map")
    with (
        serving(**variables_of(real_settings)) as (process, url),
        httpx.Client(base_url=url) as client,
    ):
        for _ in range(3):
            assert client.post("/v1/ask", json=QUESTION).status_code == 200
        maps = Path(f"/proc/{process.pid}/maps").read_text()
        assert "openvino" in maps  # the map does show libraries
        assert "libtorch" not in maps
        for name in ("/torch/", "sentence_transformers", "/sklearn/", "/scipy/"):
            assert name not in maps
        port = int(url.rsplit(":", 1)[1])
        for local, _ in sockets_of(process.pid):
            assert local == port  # listening, or accepted from a client: none was opened outward
        assert children_of(process.pid) == []


def sockets_of(pid: int) -> list[tuple[int, str]]:
    """Return (local port, table) of every TCP and UDP socket that a process holds."""
    own = {
        os.readlink(entry)  # noqa: PTH115
        for entry in Path(f"/proc/{pid}/fd").iterdir()
        if entry.is_symlink()
    }
    found = []
    for table in ("tcp", "tcp6", "udp", "udp6"):
        path = Path(f"/proc/{pid}/net/{table}")
        for line in path.read_text().splitlines()[1:] if path.exists() else ():
            fields = line.split()
            if f"socket:[{fields[9]}]" in own:
                found.append((int(fields[1].rsplit(":", 1)[1], 16), table))
    assert found  # at least the one it listens on
    return found


def children_of(pid: int) -> list[str]:
    return [
        child
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]
