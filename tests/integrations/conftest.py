"""A server process over the library, and the same service in this process."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator

import pytest

from command_line import serving, variables_of
from qa_service.service import Service
from qa_service.settings import Settings


@pytest.fixture(scope="session")
def url(library_settings: Settings) -> Iterator[str]:
    """The address of a server process that answers from the library."""
    with serving(**variables_of(library_settings), QA_CORPUS=library_settings.corpus) as (_, found):
        yield found


@pytest.fixture(scope="session")
def service(library_settings: Settings) -> Iterator[Service]:
    """The service over the library in this process."""
    opened = Service.open(library_settings)
    yield opened
    opened.close()


def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that is a coroutine to its end, those of other projects' suites included."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = inspect.signature(pyfuncitem.obj).parameters
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True
