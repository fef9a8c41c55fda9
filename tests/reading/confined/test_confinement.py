"""A parser may compute and answer: no connection, no program, no change to a file, no secret."""

from __future__ import annotations

import platform
import sys

import pytest

from qa_service.reading.confined.isolation import IsolatedParser
from reading.parsers import LIMITS, MISBEHAVING, parsed

FILTERED = sys.platform == "linux" and platform.machine() in ("x86_64", "aarch64")


@pytest.mark.skipif(not FILTERED, reason="no filter of system calls for this machine")
@pytest.mark.parametrize(
    ("action", "outcome"),
    [
        ("socket", "refused: Operation not permitted"),
        ("program", "refused: Operation not permitted"),
        ("fork", "refused: Operation not permitted"),
        ("kill", "refused: Operation not permitted"),
        ("signal", "refused: Operation not permitted"),
        ("mode", "refused: Operation not permitted"),
        ("owner", "refused: Operation not permitted"),
        ("times", "refused: Operation not permitted"),
        ("device", "refused: Operation not permitted"),
        ("attribute", "refused: Operation not permitted"),
        ("write", "refused: Operation not permitted"),
        ("append", "refused: Operation not permitted"),
        ("remove", "refused: Operation not permitted"),
        ("read", "done: True"),
        ("thread", "from a thread"),
        ("print", "printed"),
        ("core", "0 0"),
        ("file-size", "0 0"),
        ("address-space", "False"),
        ("processor-time", "True"),
    ],
)
def test_a_parser_may_compute_and_nothing_else(
    shared: IsolatedParser, action: str, outcome: str
) -> None:
    assert parsed(shared, action).text == outcome


def test_the_environment_is_not_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "swordfish")
    parser = IsolatedParser(LIMITS, MISBEHAVING)
    assert "SECRET" not in parsed(parser, "environment").text
    parser.close()
