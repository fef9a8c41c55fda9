"""Run as a program: a reading process whose parser does what the file's first word says.

Answers with a document that tells what became of the attempt, where it lives to tell.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from qa_service.errors import DocumentUndecodable
from qa_service.reading.confined.worker import main
from qa_service.reading.files import CorpusFile
from qa_service.records import Document, Heading, Place, Span

kept: list[bytes] = []
# What is refused is refused before anyone looks whether it is there; were it not, nothing is lost.
NOWHERE = Path("/nowhere/at/all")


def attempt(action: Callable[[], object]) -> str:
    try:
        return f"done: {action()}"
    except OSError as error:
        return f"refused: {error.strerror}"


def loop() -> str:
    while True:
        pass


def wait() -> str:
    time.sleep(60)
    return "awake"


def eat() -> str:
    while True:
        kept.append(bytes(10_000_000))


def eat_natively() -> str:
    """As native code does that never looks at what malloc returns."""
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    while True:
        block = libc.malloc(ctypes.c_size_t(20_000_000))
        ctypes.memset(block, 1, 20_000_000)


def keep() -> str:
    kept.append(bytes(70_000_000))
    return f"{len(kept)} kept"


def recurse() -> str:
    return recurse()


def start_a_thread() -> str:
    said: list[str] = []
    thread = threading.Thread(target=said.append, args=("from a thread",))
    thread.start()
    thread.join()
    return said[0]


def print_much() -> str:
    os.write(1, b"noise" * 1000)
    os.write(2, b"noise" * 1000)
    return "printed"


def signal_thread(process: int) -> None:
    """Ask whether a thread of that process may be signalled, without signalling it."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.tgkill(process, process, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def limits(name: str) -> str:
    """Return the soft and the hard limit that the kernel keeps for this process."""
    return " ".join(Path("/proc/self/limits").read_text().split(name)[1].split()[:2])


ACTIONS: dict[str, Callable[[], str]] = {
    "loop": loop,
    "wait": wait,
    "eat": eat,
    "eat-natively": eat_natively,
    "keep": keep,
    "segfault": lambda: str(ctypes.string_at(0)),
    "abort": os.abort,
    "exit": lambda: os._exit(3),
    "recurse": recurse,
    "raise": lambda: str({}["no such key \ud800"]),
    "print": print_much,
    "thread": start_a_thread,
    "environment": lambda: " ".join(sorted(os.environ)),
    "core": lambda: limits("core file size"),
    "processor-time": lambda: str(limits("cpu time").split()[0].isdecimal()),
    "file-size": lambda: limits("Max file size"),
    "address-space": lambda: str("unlimited" in limits("address space")),
    "socket": lambda: attempt(socket.socket),
    "program": lambda: attempt(lambda: subprocess.run(["true"])),
    "fork": lambda: attempt(os.fork),
    "kill": lambda: attempt(lambda: os.kill(os.getppid(), 0)),
    "signal": lambda: attempt(lambda: signal_thread(os.getppid())),
    "mode": lambda: attempt(lambda: os.fchmod(0, 0o600)),
    "owner": lambda: attempt(lambda: os.fchown(0, -1, -1)),
    "times": lambda: attempt(lambda: os.utime(NOWHERE)),
    "device": lambda: attempt(lambda: os.mknod(NOWHERE)),
    "attribute": lambda: attempt(lambda: os.setxattr(NOWHERE, "user.x", b"")),
    "write": lambda: attempt(lambda: NOWHERE.write_text("x")),
    "append": lambda: attempt(lambda: os.open(NOWHERE, os.O_WRONLY | os.O_APPEND)),
    "remove": lambda: attempt(NOWHERE.unlink),
    "read": lambda: attempt(lambda: len(Path(sys.argv[0]).read_text()) > 0),
    "process": lambda: str(os.getpid()),
}


def parse(file: CorpusFile, data: bytes) -> Document:
    action = data.decode().split()[0]
    text = data.decode()
    spans: dict[str, int] = {"end": len(text)}
    if action == "undecodable":
        raise DocumentUndecodable(f"{file.id}: odd bytes", "convert it")
    if action == "surrogate":
        text = "half a pair \ud83d"
    elif action == "beyond":
        spans["end"] = len(text) + 1
    elif action in ACTIONS:
        text = ACTIONS[action]()
        spans["end"] = len(text)
    return Document(
        id="another id",
        title="Title",
        text=text,
        sha256=hashlib.sha256(b"another file").hexdigest(),
        metadata={"year": 2021, "tags": ["a", "b"], "draft": False, "rating": 4.5},
        headings=(Heading(1, "Title", 0, spans["end"]),),
        boilerplate=(Span(0, 0),),
        blocks=(Span(0, spans["end"]),),
        places=(Place(0, 1, page=2, box=(1.0, 2.0, 3.5, 4.0)), Place(1, spans["end"], path="/p")),
        language="en",
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), parse)
