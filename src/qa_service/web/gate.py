"""Where a request's work runs: how much at once, and on which thread.

A question is a few milliseconds of computing, and handing it to another thread and back cost 0.1
to 0.25 ms of a 3.5 ms exchange. So while one client asks alone and answers are known to be quick,
the work runs where the request arrived; as soon as two clients ask, or the work is not known to
be quick, it runs on a pool, first come first served, and the event loop stays free to answer.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from starlette.requests import Request

from qa_service.errors import Overloaded

Result = TypeVar("Result")
Client = tuple[str, int] | None

# Work that took longer lately never runs on the event loop.
QUICK_SECONDS = 0.010
# Work that took longer lately waits for something else (a language model): more threads help it,
# and it must not hold the few threads that computing needs.
SLOW_SECONDS = 0.100
SLOW_THREADS = 32
# A client that has the service to itself for so long counts as alone.
ALONE_SECONDS = 1.0
_REMEMBERED = 4


class Gate:
    """Runs work for requests, at most ``limit`` at once. Used from one event loop only.

    Work named in ``waits`` may wait for something else at any time, however quick it was lately
    (a language model is not asked where the service abstains): it never runs on the event loop.
    """

    def __init__(self, limit: int, *, waits: Collection[str] = ()) -> None:
        self._limit = limit
        self._waits = frozenset(waits)
        self._in_work = 0
        self._last_client: Client = None
        self._last_end = float("-inf")
        self._durations: dict[str, deque[float]] = {}
        # Threads start with the first work that needs them.
        self._computing = ThreadPoolExecutor(os.cpu_count() or 1, "qa-compute")
        self._waiting = ThreadPoolExecutor(min(limit, SLOW_THREADS), "qa-wait")

    @property
    def in_work(self) -> int:
        """How many requests are being worked on or wait for a thread."""
        return self._in_work

    async def run(self, name: str, client: Client, work: Callable[[], Result]) -> Result:
        """Return ``work()``; raises whatever it raises, or Overloaded when ``limit`` is reached.

        ``name`` groups work that takes about the same time; ``client`` is the peer's address and
        port, which tells connections apart.
        """
        if self._in_work >= self._limit:
            raise Overloaded(
                f"{self._in_work} requests are in work already",
                "try again in a moment; QA_MAX_CONCURRENCY sets the limit",
            )
        longest = max(self._durations.get(name, ()), default=float("inf"))
        waits = name in self._waits
        on_loop = longest < QUICK_SECONDS and not waits and self._is_alone(client)
        self._last_client = client
        self._in_work += 1
        try:
            if on_loop:
                return self._timed(name, work)
            waits = waits or SLOW_SECONDS < longest < float("inf")
            pool = self._waiting if waits else self._computing
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(pool, self._timed, name, work)
        finally:
            self._in_work -= 1
            self._last_end = time.monotonic()

    async def draw(self, items: Iterator[Result]) -> Result | None:
        """Return the next of ``items`` or None, for a request that ``run`` has let in already.

        It is never refused: half a reply is out by then.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._waiting, next, items, None)

    def close(self) -> None:
        """Drop what waits and let the threads end; work that has begun is finished."""
        self._computing.shutdown(wait=False, cancel_futures=True)
        self._waiting.shutdown(wait=False, cancel_futures=True)

    def _is_alone(self, client: Client) -> bool:
        if client is None or self._in_work:
            return False
        same = client == self._last_client
        return same or time.monotonic() - self._last_end > ALONE_SECONDS

    def _timed(self, name: str, work: Callable[[], Result]) -> Result:
        started = time.monotonic()
        try:
            return work()
        finally:
            durations = self._durations.setdefault(name, deque(maxlen=_REMEMBERED))
            durations.append(time.monotonic() - started)


def client_of(request: Request) -> Client:
    """Return the peer of a request, as ``Gate.run`` takes it."""
    client = request.client
    return None if client is None else (client.host, client.port)
