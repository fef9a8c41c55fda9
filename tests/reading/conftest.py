from __future__ import annotations

from collections.abc import Iterator

import pytest

from qa_service.reading.confined.isolation import IsolatedParser
from reading.parsers import LIMITS, MISBEHAVING


@pytest.fixture(scope="session")
def shared() -> Iterator[IsolatedParser]:
    """A parser that misbehaves on demand, shared: tests must not stop it."""
    parser = IsolatedParser(LIMITS, MISBEHAVING)
    yield parser
    parser.close()
