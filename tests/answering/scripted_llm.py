"""A server that speaks the OpenAI chat protocol over a real socket, word for word as it is told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of the server: an HTTP status, or pieces of text as events.

    ``split`` sends the bytes of the stream so many at a time. ``cut`` ends the connection after
    the pieces: no finish reason, no end mark. ``raw`` is sent in place of the events, its parts
    ``wait_between`` apart.
    """

    pieces: Sequence[str] = ()
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    finish_reason: str | None = "stop"
    wait_before: float = 0.0
    wait_between: float = 0.0
    split: int | None = None
    cut: bool = False
    raw: bytes | None = None


class ScriptedLlm:
    """Gives its replies in order, the last one again and again, and keeps every request."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.closed_early = threading.Event()
        self.url = ""

    def say(self, *replies: Reply | str) -> None:
        """Forget what was, and give these replies from now on."""
        self.replies = [Reply((one,)) if isinstance(one, str) else one for one in replies]
        self.requests.clear()
        self.keys.clear()
        self.closed_early = threading.Event()  # an older reply sets an older one

    def prompt(self) -> str:
        """Return everything that the last request told the model."""
        return "\n".join(message["content"] for message in self.requests[-1]["messages"])

    def _next(self, request: dict[str, Any], key: str | None) -> Reply:
        self.requests.append(request)
        self.keys.append(key)
        return self.replies[min(len(self.requests), len(self.replies)) - 1]


@contextmanager
def scripted_llm() -> Iterator[ScriptedLlm]:
    """Serve a ``ScriptedLlm`` on a free port of the loopback address."""
    script = ScriptedLlm()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            request = json.loads(self.rfile.read(length))
            reply = script._next(request, self.headers.get("Authorization"))
            closed_early = script.closed_early
            try:
                self._send(reply)
            except OSError:
                closed_early.set()
            self.close_connection = True

        def _send(self, reply: Reply) -> None:
            time.sleep(reply.wait_before)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Connection", "close")
            if reply.status != 200:
                body = b'{"error": {"message": "refused: sk-secret", "type": "scripted"}}'
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                return
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            if reply.raw is not None:
                self._chunks(reply.raw, reply.split, reply.wait_between)
            for piece in reply.pieces:
                self._chunks(event({"content": piece}), reply.split)
                time.sleep(reply.wait_between)
            if reply.cut:
                self.connection.close()
                return
            if reply.raw is None:
                if reply.finish_reason is not None:
                    self._chunks(event({}, reply.finish_reason), reply.split)
                self._chunks(b"data: [DONE]\n\n", reply.split)
            self.wfile.write(b"0\r\n\r\n")

        def _chunks(self, data: bytes, split: int | None, pause: float = 0.0) -> None:
            size = split or len(data)
            for at in range(0, len(data), size):
                part = data[at : at + size]
                self.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
                self.wfile.flush()
                time.sleep(pause)

        def log_message(self, format: str, *_: Any) -> None:
            del format  # a test's output stays its own

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    script.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def event(delta: dict[str, Any], finish_reason: str | None = None) -> bytes:
    """Return one server-sent event of a chat completion; text stays UTF-8, not escaped."""
    content = {
        "id": "c1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "scripted",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}],
    }
    return f"data: {json.dumps(content, ensure_ascii=False)}\n\n".encode()
