"""The gate: where work runs, how much at once, and who waits for whom."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from functools import partial

import pytest
from starlette.requests import Request

from qa_service.errors import InvalidQuestion, Overloaded
from qa_service.web.gate import Gate, client_of

ONE = ("127.0.0.1", 1)
TWO = ("127.0.0.1", 2)


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate(limit=8)
    yield gate
    gate.close()


def where() -> str:
    return threading.current_thread().name


def test_a_lone_client_moves_onto_the_loop_once_work_is_known_to_be_quick(gate: Gate) -> None:
    async def run() -> list[str]:
        return [await gate.run("quick", ONE, where) for _ in range(3)]

    names = asyncio.run(run())
    assert names[0].startswith("qa-compute")
    assert names[1:] == [threading.main_thread().name] * 2


def test_a_second_client_moves_work_off_the_loop(gate: Gate) -> None:
    async def run() -> list[str]:
        clients = (ONE, ONE, TWO, ONE)
        return [await gate.run("quick", client, where) for client in clients]

    names = asyncio.run(run())
    assert names[1] == threading.main_thread().name
    assert all(name.startswith("qa-compute") for name in names[2:])


def test_work_that_was_slow_lately_stays_off_the_loop(gate: Gate) -> None:
    def slow() -> str:
        time.sleep(0.03)
        return where()

    async def run() -> list[str]:
        first = await gate.run("work", ONE, slow)
        return [first, *[await gate.run("work", ONE, where) for _ in range(5)]]

    names = asyncio.run(run())
    assert all(name.startswith("qa-compute") for name in names[:5])
    assert names[5] == threading.main_thread().name  # four quick ones later it is trusted again


def test_work_that_may_wait_never_runs_on_the_loop_however_quick_it_was() -> None:
    gate = Gate(8, waits=["ask"])

    async def run() -> list[str]:
        return [await gate.run("ask", ONE, where) for _ in range(6)]

    try:
        assert all(name.startswith("qa-wait") for name in asyncio.run(run()))
    finally:
        gate.close()


def test_work_that_waits_does_not_hold_the_computing_threads(gate: Gate) -> None:
    def waiting() -> str:
        time.sleep(0.15)
        return where()

    async def run() -> tuple[str, list[str]]:
        await gate.run("model", ONE, waiting)
        many = [asyncio.create_task(gate.run("model", ONE, waiting)) for _ in range(6)]
        await asyncio.sleep(0)
        quick = await gate.run("quick", TWO, where)
        assert not any(task.done() for task in many)
        return quick, await asyncio.gather(*many)

    quick, names = asyncio.run(run())
    assert quick.startswith("qa-compute")
    assert all(name.startswith("qa-wait") for name in names)


def test_more_than_the_limit_is_refused_and_the_rest_is_served(gate: Gate) -> None:
    release = threading.Event()

    async def run() -> tuple[int, list[object]]:
        many = [
            asyncio.create_task(gate.run("held", ("c", n), lambda: release.wait(5)))
            for n in range(12)
        ]
        await asyncio.sleep(0.05)
        held = gate.in_work
        release.set()
        return held, await asyncio.gather(*many, return_exceptions=True)

    held, results = asyncio.run(run())
    assert held == 8
    assert sum(isinstance(result, Overloaded) for result in results) == 4
    assert sum(result is True for result in results) == 8
    assert gate.in_work == 0


def test_waiting_work_is_served_first_come_first_served(monkeypatch: pytest.MonkeyPatch) -> None:
    # One thread, so that the order of starting is the order of finishing whatever else runs.
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    gate = Gate(8)
    order: list[int] = []

    async def run() -> None:
        await asyncio.gather(
            *(gate.run("note", ("c", n), partial(order.append, n)) for n in range(8))
        )

    asyncio.run(run())
    gate.close()
    assert order == list(range(8))


def test_errors_pass_through_and_free_the_place(gate: Gate) -> None:
    def refuse() -> None:
        raise InvalidQuestion("question: is blank", "ask something")

    async def run() -> None:
        for _ in range(20):  # pool first, then the loop: more than the limit in all
            with pytest.raises(InvalidQuestion):
                await gate.run("refused", ONE, refuse)

    asyncio.run(run())
    assert gate.in_work == 0


def test_an_unknown_client_is_never_taken_for_a_lone_one(gate: Gate) -> None:
    async def run() -> list[str]:
        return [await gate.run("quick", None, where) for _ in range(3)]

    assert all(name.startswith("qa-compute") for name in asyncio.run(run()))


@pytest.mark.parametrize("client", [ONE, None])
def test_a_connection_is_told_apart_by_its_peer(client: tuple[str, int] | None) -> None:
    assert client_of(Request({"type": "http", "client": client})) == client
