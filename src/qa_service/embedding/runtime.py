"""What runs an exported model: one padded batch in, one row per text out."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from qa_service.embedding.batching import ALONE_WIDTHS, Ids
from qa_service.embedding.groups import EMBEDDING_GROUP, FINE_GROUP
from qa_service.embedding.protocol import Matrix
from qa_service.errors import InvalidSettings


class Runtime(Protocol):
    """Thread-safe; of concurrent calls, ``streams`` are computed at once and the others wait."""

    @property
    def streams(self) -> int: ...

    def run(self, ids: Ids, mask: Ids, types: Ids | None = None) -> Matrix:
        """Return ``(rows, dimension)`` float32 for ids and mask of shape ``(rows, width)``.

        ``types``, of the same shape, is for models of pairs alone: which of the two texts each
        token belongs to.
        """
        ...

    def run_tokens(self, ids: Ids, mask: Ids) -> tuple[Matrix, Matrix]:
        """Return what ``run`` returns and the last hidden state of each token, padding included,
        ``(rows, width, hidden)`` float32; models of pairs have none to give.

        One row of a width in ``alone`` may be computed by a graph of its own, and then differs a
        little from the same row among others."""
        ...

    def prepare(self, width: int | None = None) -> None:
        """Load now what ``run_tokens`` of one row of this width would load first, or, without a
        width, what any call would; safe to repeat."""
        ...


class DeferredRuntime:
    """A runtime that is loaded at the first batch: where nothing is embedded, it never is."""

    def __init__(self, load: Callable[[], Runtime]) -> None:
        self._load = load
        self._loaded: Runtime | None = None
        self._lock = threading.Lock()

    @property
    def streams(self) -> int:
        return self._runtime().streams

    def run(self, ids: Ids, mask: Ids, types: Ids | None = None) -> Matrix:
        """Return what the runtime returns; raises what loading it raises."""
        return self._runtime().run(ids, mask, types)

    def run_tokens(self, ids: Ids, mask: Ids) -> tuple[Matrix, Matrix]:
        """Return what the runtime returns; raises what loading it raises."""
        return self._runtime().run_tokens(ids, mask)

    def prepare(self, width: int | None = None) -> None:
        """Load the runtime, and what it loads late; raises what loading it raises."""
        self._runtime().prepare(width)

    def _runtime(self) -> Runtime:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded


def load_runtime(
    name: str,
    model_file: Path,
    threads: int,
    *,
    bulk: bool = False,
    group: int = FINE_GROUP,
    alone: Sequence[int] = (),
) -> Runtime:
    """Return the named runtime with the model loaded; ``threads`` 0 means every core.

    ``bulk`` arranges the threads for many texts instead of for one at a time; ``group`` is one of
    the sizes in ``groups.py``, for models with int8 weights; ``alone`` are widths at which
    ``run_tokens`` will be asked for one row at a time.
    """
    threads = threads or usable_cores()
    # Imported here: a process pays only for the runtime it uses, and needs only that one installed.
    if name == "openvino":
        from qa_service.embedding.openvino_runtime import OpenVinoRuntime

        return OpenVinoRuntime(model_file, threads, bulk=bulk, group=group, alone=alone)
    if name == "onnxruntime":
        from qa_service.embedding.onnxruntime_runtime import OnnxRuntime

        return OnnxRuntime(model_file, threads)
    raise InvalidSettings(f"runtime={name!r}: unknown", "use openvino or onnxruntime")


def load_embedder_runtime(
    name: str, model_file: Path, threads: int, *, bulk: bool = False
) -> Runtime:
    """Return the runtime of an embedder, loaded as `load_runtime` does it: for questions, or, in
    ``bulk``, for documents. An export is checked by the very runtime that will serve it."""
    return load_runtime(
        name,
        model_file,
        threads,
        bulk=bulk,
        group=EMBEDDING_GROUP,
        alone=() if bulk else ALONE_WIDTHS,
    )


def usable_cores() -> int:
    """Return how many cores this process may run on, at least 1."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS
        return os.cpu_count() or 1
