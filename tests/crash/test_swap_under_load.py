"""A real server on a real socket answers eight clients while its index changes a hundred times."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from qa_service.embedding.hashing import HashingEmbedder
from qa_service.index.build import build_index
from qa_service.settings import Settings

pytestmark = pytest.mark.slow

PROGRAM = Path(__file__).with_name("swapping_server.py")
SWAPS = 100
READERS = 8
BODY = json.dumps({"question": "Which book has page 1-2?", "top_k": 10})
LONGEST_WAIT = 30.0


@contextmanager
def server(index: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    process = subprocess.Popen(
        [sys.executable, str(PROGRAM), str(index)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield urlsplit(process.stdout.readline().strip()).netloc, process
    finally:
        process.terminate()
        process.communicate()


def descriptors_of(process: subprocess.Popen[str]) -> int:
    return len(list(Path(f"/proc/{process.pid}/fd").iterdir()))


def test_every_reply_over_a_hundred_swaps_is_from_one_generation(
    old: Settings, new: Settings
) -> None:
    build_index(old, HashingEmbedder())
    seen: dict[str, set[str]] = {}
    replies = 0
    errors: list[str] = []
    done = threading.Event()
    noted = threading.Condition()

    def read(address: str) -> None:
        nonlocal replies
        connection = http.client.HTTPConnection(address, timeout=LONGEST_WAIT)
        try:
            while not done.is_set():
                connection.request(
                    "POST", "/v1/retrieve", BODY, {"Content-Type": "application/json"}
                )
                response = connection.getresponse()
                reply = json.loads(response.read())
                assert response.status == 200, reply
                words = {w for w in ("old", "new") for p in reply["passages"] if w in p["text"]}
                with noted:
                    replies += 1
                    seen.setdefault(reply["index_version"], set()).update(words)
                    noted.notify_all()
        except Exception as error:
            errors.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    with server(old.index) as (address, process):
        readers = [threading.Thread(target=read, args=(address,)) for _ in range(READERS)]
        for reader in readers:
            reader.start()
        descriptors = 0
        start = time.monotonic()
        for number in range(SWAPS):
            version = build_index((new, old)[number % 2], HashingEmbedder()).version
            latest = time.monotonic() + LONGEST_WAIT
            with noted:
                while version not in seen and not errors and time.monotonic() < latest:
                    noted.wait(1)
                assert version in seen, version
            assert not errors
            descriptors = descriptors or descriptors_of(process)
        took = time.monotonic() - start
        done.set()
        for reader in readers:
            reader.join()
        assert descriptors_of(process) <= descriptors + 2 * READERS  # none kept for each swap
        assert process.poll() is None
    print(f"{SWAPS} swaps, {replies} replies, {took:.1f} s")
    assert errors == []
    assert len(seen) == SWAPS + 1
    for version, words in seen.items():
        number = int(version.removeprefix("gen-"))
        assert words == {("old", "new")[(number - 1) % 2]}, version
