"""Latency, start and memory of serving: this project beside ``plain_service.py``, in one run.

    python benchmarks/serving.py [--corpus DIR] [--questions FILE] [--blocks 10] [--size 100]

Both are real processes on ports of this machine, with the same model and the same documents. One
client asks over one connection, in blocks that alternate between the two, so that whatever else
the machine does meets both. Start is from the process's first instant to its first correct answer.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import numpy as np

from qa_service.embedding.models import locate_model
from qa_service.settings import Settings
from tables import print_table

_OURS = "qa-service"
_PLAIN = "plain script"
_CACHED = "plain script, vectors kept"
_START_LIMIT = 1800.0  # a large collection embedded at start takes its time
_WARM_UP = 100  # more than the questions' lengths: a runtime prepares itself for each
_POLL = 0.005


@dataclass(frozen=True, slots=True)
class Server:
    """A started service: its process, its port, and the seconds to its first correct answer."""

    process: subprocess.Popen[bytes]
    port: int
    start_seconds: float


class Texts:
    """The documents as one text, to tell a correct answer: its passages stand in them."""

    def __init__(self, corpus: Path) -> None:
        files = sorted(file for file in corpus.rglob("*") if file.is_file())
        self._whole = "\n".join(file.read_text("utf-8-sig") for file in files)

    def answered_by(self, reply: bytes) -> bool:
        passages = json.loads(reply)["passages"]
        return bool(passages) and all(one["text"] in self._whole for one in passages)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--questions", type=Path, default=Path("eval/questions.jsonl"))
    parser.add_argument("--blocks", type=int, default=10)
    parser.add_argument("--size", type=int, default=100, help="questions a block")
    parser.add_argument("--starts", type=int, default=3)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are ended, too
    lines = given.questions.read_text("utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    with tempfile.TemporaryDirectory(prefix="qa-service-bench-") as folder:
        commands = _commands(given.corpus, Path(folder))
        measure(commands, Texts(given.corpus), questions, given.blocks, given.size, given.starts)


def _commands(corpus: Path, folder: Path) -> dict[str, list[str]]:
    """Return how each system is started, the port to be added; builds our index first."""
    program, index = str(Path(sys.executable).with_name("qa-service")), str(folder / "index")
    subprocess.run([program, "index", "--corpus", str(corpus), "--index", index], check=True)
    model = str(locate_model(Settings.create().model))
    script = str(Path(__file__).with_name("plain_service.py"))
    plain = [sys.executable, script, str(corpus), "--model", model]
    return {
        _OURS: [program, "serve", "--index", index],
        _PLAIN: plain,
        _CACHED: [*plain, "--vectors", str(folder / "vectors.npy")],
    }


def measure(
    commands: dict[str, list[str]],
    texts: Texts,
    questions: Sequence[str],
    blocks: int,
    size: int,
    starts: int,
) -> None:
    """Print the table of all three systems and what is asked of their ratios."""
    with started(commands[_CACHED], texts, questions[0]):
        pass  # embeds and keeps the vectors
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(starts):
        for name, command in commands.items():
            with started(command, texts, questions[0]) as server:
                seconds[name].append(server.start_seconds)
    with (
        started(commands[_OURS], texts, questions[0]) as ours,
        started(commands[_PLAIN], texts, questions[0]) as plain,
    ):
        servers = {_OURS: ours, _PLAIN: plain}
        latencies = ask_in_blocks(servers, questions, blocks, size)
        first_words, whole = stream_and_ask(ours.port, questions)
        memory = {name: memory_mb(server.process.pid) for name, server in servers.items()}
    print(f"load averages at the end: {' '.join(f'{load:.1f}' for load in os.getloadavg())}\n")
    print_table(
        [
            {"system": name}
            | (_latency_cells(latencies[name]) if name in latencies else _no_cells("p50", "p95"))
            | {"start s": f"{statistics.median(seconds[name]):.2f}"}
            | {"start s, each": " ".join(f"{one:.2f}" for one in seconds[name])}
            | (memory.get(name) or _no_cells("RSS MB", "PSS MB", "USS MB"))
            for name in commands
        ]
    )
    print()
    ratios = [
        float(np.median(one) / np.median(other))
        for one, other in zip(latencies[_OURS], latencies[_PLAIN], strict=True)
    ]
    _print_ratio("median latency, by block", ratios, "1/3")
    for name in (_PLAIN, _CACHED):
        pairs = zip(seconds[_OURS], seconds[name], strict=True)
        _print_ratio(f"start, to {name}", [one / other for one, other in pairs], "1/5")
    _print_first_words(first_words, whole, latencies[_OURS])
    for kind in ("RSS MB", "PSS MB", "USS MB"):
        _print_ratio(kind, [float(memory[_OURS][kind]) / float(memory[_PLAIN][kind])], "1/2")


def _latency_cells(blocks: Sequence[Sequence[float]]) -> dict[str, str | float]:
    every = np.concatenate([np.asarray(block) for block in blocks])
    return {"p50": f"{np.percentile(every, 50):.2f}", "p95": f"{np.percentile(every, 95):.2f}"}


def _no_cells(*names: str) -> dict[str, str | float]:
    return dict.fromkeys(names, "-")


def _print_ratio(what: str, ratios: Sequence[float], wanted: str) -> None:
    print(
        f"{what}: {statistics.median(ratios):.3f} of the plain script's"
        f" ({min(ratios):.3f} to {max(ratios):.3f}); at most {wanted} is wanted"
    )


def _print_first_words(
    first_words: Sequence[float], whole: Sequence[float], retrieving: Sequence[Sequence[float]]
) -> None:
    p50, p95, most = np.percentile(first_words, [50, 95, 100])
    print(
        f"first streamed words of {len(first_words)} answers: {p50:.2f} ms, 95 % within {p95:.2f},"
        f" all within {most:.2f}; under 50 is wanted"
    )
    ratio = np.median(whole) / np.median(np.concatenate([np.asarray(one) for one in retrieving]))
    print(f"median of /v1/ask: {np.median(whole):.2f} ms, {ratio:.2f} of /v1/retrieve's")


def stream_and_ask(port: int, questions: Sequence[str]) -> tuple[list[float], list[float]]:
    """Return the milliseconds to the first words of each answer, and to each whole plain reply."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60.0)
    headers = {"Content-Type": "application/json"}
    first_words: list[float] = []
    whole: list[float] = []
    for question in questions:
        started_at = time.perf_counter()
        connection.request("POST", "/v1/ask", json.dumps({"question": question}).encode(), headers)
        connection.getresponse().read()
        whole.append((time.perf_counter() - started_at) * 1e3)
    for question in questions:
        body = json.dumps({"question": question, "stream": True}).encode()
        started_at = time.perf_counter()
        connection.request("POST", "/v1/ask", body, headers)
        response = connection.getresponse()
        while line := response.readline():
            if line == b"event: delta\n":
                first_words.append((time.perf_counter() - started_at) * 1e3)
                break
        response.read()  # the rest, so that the connection can be used again
    connection.close()
    return first_words, whole


def ask_in_blocks(
    servers: dict[str, Server], questions: Sequence[str], blocks: int, size: int
) -> dict[str, list[list[float]]]:
    """Return each system's blocks of latencies in ms; the systems take turns, in turned order."""
    found: dict[str, list[list[float]]] = {name: [] for name in servers}
    endless = cycle(questions)
    clients = {name: Client(server.port) for name, server in servers.items()}
    for client in clients.values():
        for question in islice(endless, max(_WARM_UP, len(questions))):
            client.ask(question)
    for turn in range(blocks):
        block = list(islice(endless, size))
        for name in list(clients) if turn % 2 else list(reversed(clients)):
            found[name].append([clients[name].timed(question) for question in block])
    return found


class Client:
    """One connection, kept open."""

    def __init__(self, port: int, timeout: float = 60.0) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def ask(self, question: str) -> bytes:
        """Return the reply's body; raises RuntimeError unless its status is 200."""
        body = json.dumps({"question": question}).encode()
        self._connection.request("POST", "/v1/retrieve", body, {"Content-Type": "application/json"})
        response = self._connection.getresponse()
        reply = response.read()
        if response.status != 200:
            raise RuntimeError(f"status {response.status}: {reply[:200]!r}")
        return reply

    def timed(self, question: str) -> float:
        """Return the milliseconds from asking to having the whole reply."""
        started_at = time.perf_counter()
        self.ask(question)
        return (time.perf_counter() - started_at) * 1e3


@contextmanager
def started(command: Sequence[str], texts: Texts, question: str) -> Iterator[Server]:
    """Start a service, wait for its first correct answer, and end its process in any case."""
    port = _free_port()
    with tempfile.TemporaryFile() as said:
        started_at = time.perf_counter()
        process = subprocess.Popen([*command, "--port", str(port)], stdout=said, stderr=said)
        try:
            reply = _first_reply(process, port, question)
            seconds = time.perf_counter() - started_at
            if reply is None or not texts.answered_by(reply):
                said.seek(0)
                end = said.read()[-2000:].decode(errors="replace")
                raise RuntimeError(f"{' '.join(command)}: no answer from the documents\n{end}")
            yield Server(process, port, seconds)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _first_reply(process: subprocess.Popen[bytes], port: int, question: str) -> bytes | None:
    limit = time.monotonic() + _START_LIMIT
    while process.poll() is None and time.monotonic() < limit:
        try:
            return Client(port).ask(question)
        except (OSError, http.client.HTTPException):
            time.sleep(_POLL)  # it does not listen yet
    return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def memory_mb(process_id: int) -> dict[str, str | float]:
    """Return a process's resident memory in MB (10^6 bytes): all of it (RSS), its share (PSS),
    and what ending the process would free (USS)."""
    kib: dict[str, int] = {}
    for line in Path(f"/proc/{process_id}/smaps_rollup").read_text("ascii").splitlines()[1:]:
        name, value = line.split(":")
        kib[name] = int(value.split()[0])
    own = kib["Private_Clean"] + kib["Private_Dirty"]
    values = {"RSS MB": kib["Rss"], "PSS MB": kib["Pss"], "USS MB": own}
    return {name: value * 1024 / 1e6 for name, value in values.items()}


if __name__ == "__main__":
    main()
