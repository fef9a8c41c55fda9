"""How a build tells what it is doing, and how long each stage took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol


class BuildProgress(Protocol):
    """Told what is being done: a stage begins, then advances to its total."""

    def stage(self, name: str, total: int, unit: str) -> None: ...

    def advance(self, n: int) -> None: ...


@dataclass(slots=True)
class Clock:
    """Stage names and their seconds; passes the stages on to whoever listens."""

    listener: BuildProgress | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str, total: int, unit: str) -> Iterator[None]:
        """Name and time what is done inside the block."""
        if self.listener is not None:
            self.listener.stage(name, total, unit)
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start

    def advance(self, n: int) -> None:
        """Tell that ``n`` more of the stage's total are done."""
        if self.listener is not None:
            self.listener.advance(n)
