"""Imports OpenVINO without its converter, and so without its telemetry.

``import openvino`` runs ``openvino.tools.ovc``. That sends a usage event over the network, from a
forked child, wherever ``openvino-telemetry`` is installed and has not been opted out of. Neither
is needed here: without them the process stays offline and starts 60 ms sooner and 14 MB smaller.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

_LEFT_OUT = ("openvino.tools.ovc", "openvino_telemetry")


def import_openvino() -> ModuleType:
    """Return the ``openvino`` module; raises ImportError where it is not installed.

    Where the process has imported OpenVINO before, that module is returned as it is.
    """
    with _absent(_LEFT_OUT):
        return importlib.import_module("openvino")


@contextmanager
def _absent(names: tuple[str, ...]) -> Iterator[None]:
    """Make imports of these modules fail, as if they were not installed; OpenVINO allows for it."""
    hidden = [name for name in names if name not in sys.modules]
    # None in sys.modules is the import system's own way to say "not importable"; the type of
    # sys.modules in the stubs does not know of it.
    modules: MutableMapping[str, Any] = sys.modules
    modules.update(dict.fromkeys(hidden))
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)
