"""``serve``: the app on a socket, until a signal ends it."""

from __future__ import annotations

import errno
import ipaddress
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from qa_service.errors import PortInUse, ServerError
from qa_service.settings import Settings
from qa_service.web.app import create_app

if TYPE_CHECKING:
    from qa_service.service import Service

BACKLOG = 2048
GRACEFUL_SECONDS = 10


def serve(settings: Settings, service: Service, *, announce: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM, then finish the requests in work and return.

    ``announce`` is called once, with the URL, when connections are accepted. Raises PortInUse or
    ServerError when the address cannot be listened on. Does not close the service.
    """
    with listen(settings.host, settings.port) as listener:
        config = uvicorn.Config(
            create_app(settings, service),
            loop="auto",
            http="auto",
            ws="none",
            lifespan="on",
            log_level="warning",
            access_log=False,
            server_header=False,
            # The peer's own address tells connections apart; forwarded ones do not.
            proxy_headers=False,
            backlog=BACKLOG,
            # Longer than most clients keep a connection, so that they close first.
            timeout_keep_alive=75,
            timeout_graceful_shutdown=GRACEFUL_SECONDS,
        )
        server = _Server(config, lambda: announce(url_of(listener)))
        with _ended_by_signals(server):
            server.run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """Return a bound socket; port 0 takes any free one.

    Raises PortInUse, or ServerError when there is no such address or no permission.
    """
    where = f"{_bracketed(host.strip('[]'))}:{port}"
    try:
        found = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except (OSError, UnicodeError) as error:
        raise ServerError(
            f"{where}: no such address ({error})",
            "QA_HOST is 127.0.0.1 for this machine alone, 0.0.0.0 for every network it is on",
        ) from None
    family, kind, protocol, _, address = found[0]
    listener = socket.socket(family, kind, protocol)
    try:
        # A restart must not wait for the last run's connections to time out.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # Bound is not enough: two processes may bind one port until the first listens.
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise _not_listening(where, error) from None
    return listener


def url_of(listener: socket.socket) -> str:
    """Return the URL that reaches a listening socket from this machine."""
    host, port = listener.getsockname()[:2]
    address = ipaddress.ip_address(host.split("%")[0])
    if address.is_unspecified:  # "every address" cannot be visited
        host = "127.0.0.1" if address.version == 4 else "::1"
    return f"http://{_bracketed(host)}:{port}"


def _not_listening(where: str, error: OSError) -> ServerError:
    if error.errno == errno.EADDRINUSE:
        return PortInUse(
            f"{where} is in use by another process",
            "choose another port with --port; 0 takes any free one",
        )
    if error.errno == errno.EACCES:
        return ServerError(f"{where}: no permission to listen", "choose a port above 1023")
    return ServerError(
        f"{where}: cannot listen ({error.strerror})",
        "QA_HOST must be an address of this machine: 127.0.0.1, or 0.0.0.0 for all of them",
    )


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


class _Server(uvicorn.Server):
    """uvicorn's server, which says when it listens."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._listening()


@contextmanager
def _ended_by_signals(server: uvicorn.Server) -> Iterator[None]:
    """Let SIGINT and SIGTERM end ``server`` and nothing more.

    uvicorn raises the signal again once it has shut down, which would end the process by the
    signal instead of with exit code 0; that second one lands here. So does one that comes before
    uvicorn listens for it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread can be signalled
        return

    def end(_signal: int, _frame: object) -> None:
        server.should_exit = True

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
