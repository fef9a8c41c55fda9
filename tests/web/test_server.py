"""The server on a real socket: it says where it listens, stays answerable, and ends cleanly."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from qa_service.errors import PortInUse, ServerError
from qa_service.settings import Settings
from qa_service.web.server import listen, url_of
from web.client import live
from web.fakes import FakeService

QUESTION = {"question": "What was the first ship to enter the new basin?"}

PROGRAM = """
import sys
from web.fakes import FakeService
from qa_service.settings import Settings
from qa_service.web.server import serve
settings = Settings(model="hashing", port=0)
serve(settings, FakeService(settings), announce=lambda url: print(url, flush=True))
print("ended", flush=True)
"""


@contextmanager
def served() -> Iterator[tuple[subprocess.Popen[str], str]]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_with_exit_code_0(number: signal.Signals) -> None:
    with served() as (process, url):
        with httpx.Client(base_url=url) as client:
            assert client.post("/v1/ask", json=QUESTION).json()["answer"]
            process.send_signal(number)  # the client's connection is still open
            out, err = process.communicate(timeout=10)
        assert process.returncode == 0
        assert out == "ended\n"
        assert err == ""


def test_the_announced_url_answers_the_moment_it_is_announced() -> None:
    with served() as (_, url):
        assert httpx.get(url + "/health").json() == {"status": "ok"}


def test_a_taken_port_is_an_error_with_a_way_out() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(PortInUse, match=f"127.0.0.1:{port} is in use") as caught:
            listen("127.0.0.1", port)
    assert "--port" in caught.value.hint


@pytest.mark.parametrize("host", ["192.0.2.1", "a..b", "x" * 300])
def test_an_address_that_is_not_ours_is_an_error_with_a_way_out(host: str) -> None:
    with pytest.raises(ServerError) as caught:
        listen(host, 0)
    assert "127.0.0.1" in caught.value.hint


def test_urls_can_be_visited() -> None:
    with listen("0.0.0.0", 0) as listener:
        assert url_of(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"
    with listen("localhost", 0) as listener:
        assert url_of(listener).startswith(("http://127.0.0.1:", "http://[::1]:"))


def test_ipv6_urls_are_bracketed() -> None:
    try:
        listener = listen("::1", 0)
    except ServerError as error:
        pytest.skip(f"this machine has no IPv6 loopback: {error}")
    with listener:
        assert url_of(listener) == f"http://[::1]:{listener.getsockname()[1]}"


def test_health_answers_while_every_thread_is_busy() -> None:
    release = threading.Event()
    service = FakeService(before=lambda: release.wait(10))
    with live(service) as url, ThreadPoolExecutor(12) as pool:
        asked = [pool.submit(httpx.post, url + "/v1/ask", json=QUESTION) for _ in range(12)]
        try:
            deadline = time.monotonic() + 5
            while "qa_requests_in_work 12\n" not in httpx.get(url + "/metrics").text:
                assert time.monotonic() < deadline
            started = time.monotonic()
            assert httpx.get(url + "/health").status_code == 200
            assert time.monotonic() - started < 1
        finally:
            release.set()
        assert {future.result().status_code for future in asked} == {200}


def test_more_than_the_limit_gets_429_and_the_rest_is_served() -> None:
    release = threading.Event()
    settings = Settings(model="hashing", max_concurrency=3)
    service = FakeService(settings, before=lambda: release.wait(10))
    with live(service) as url, ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(httpx.post, url + "/v1/ask", json=QUESTION) for _ in range(8)]
        try:
            deadline = time.monotonic() + 5
            while sum(future.done() for future in asked) < 5:
                assert time.monotonic() < deadline
                time.sleep(0.01)
        finally:
            release.set()
        replies = [future.result() for future in asked]
    refused = [reply for reply in replies if reply.status_code == 429]
    assert len(refused) == 5
    assert sum(reply.status_code == 200 for reply in replies) == 3
    for reply in refused:
        assert reply.headers["retry-after"] == "1"
        assert reply.json()["error"]["code"] == "overloaded"


def test_an_oversized_body_is_refused_so_that_the_client_can_read_why() -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(50):
            yield b" " * 100_000

    headers = {"Content-Type": "application/json"}
    with live(FakeService()) as url:
        for content in (b" " * 5_000_000, chunks()):
            reply = httpx.post(url + "/v1/ask", content=content, headers=headers)
            assert reply.status_code == 413
            assert reply.json()["error"]["code"] == "request_too_large"


@pytest.mark.parametrize(
    "raw",
    [
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
        b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n{",
        b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    ],
)
def test_garbage_on_the_wire_leaves_the_server_answering(raw: bytes) -> None:
    with live(FakeService()) as url:
        port = int(url.rsplit(":", 1)[1])
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(5)
            try:
                while connection.recv(65536):
                    pass
            except ConnectionResetError:
                pass  # refused outright, which is an answer too
        assert httpx.get(url + "/health").status_code == 200


def test_a_stopped_server_leaves_no_descriptor_and_no_thread_behind() -> None:
    descriptors = Path("/proc/self/fd")
    if not descriptors.exists():
        pytest.skip("this system does not list a process's descriptors")

    def once() -> None:
        with listen("127.0.0.1", 0) as listener:
            url_of(listener)
        with live(FakeService()) as url:
            httpx.post(url + "/v1/ask", json=QUESTION)

    once()
    before = len(list(descriptors.iterdir())), threading.active_count()
    for _ in range(5):
        once()
    time.sleep(0.1)
    assert len(list(descriptors.iterdir())) <= before[0]
    assert threading.active_count() <= before[1]
