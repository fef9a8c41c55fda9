"""An ``os`` module that counts the steps of a write, and fails or dies at a chosen one."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

STEPS = ("open", "write", "fsync", "replace", "mkdir", "makedirs", "close", "ftruncate", "pwrite")


class FaultyOs:
    """Stands in for ``os``. ``before(n, name)`` is called ahead of step ``n`` (from 1); it may
    raise, or end the process.
    """

    def __init__(self, before: Callable[[int, str], None] = lambda n, name: None) -> None:
        self.steps: list[str] = []
        self._before = before

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        if name not in STEPS:
            return real

        def step(*arguments: Any, **options: Any) -> Any:
            self.steps.append(name)
            number = len(self.steps)
            if name == "close":  # a close that reports an error has closed all the same
                real(*arguments, **options)
                self._before(number, name)
                return None
            self._before(number, name)
            return real(*arguments, **options)

        return step


def install(faulty: FaultyOs, put: Callable[[Any, str, Any], None]) -> None:
    """Put the stand-in where the writing path looks for ``os``; ``put`` sets an attribute."""
    from qa_service.index.generation import disk, lock

    put(disk, "os", faulty)
    put(lock, "os", faulty)
