"""Runs an exported model on the CPU with OpenVINO."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from qa_service.embedding.batching import Ids
from qa_service.embedding.export_format import TEXTS, TOKENS
from qa_service.embedding.groups import FINE_GROUP
from qa_service.embedding.openvino_import import import_openvino
from qa_service.embedding.protocol import Matrix
from qa_service.errors import ModelDamaged, ModelError

MOST_STREAMS = 4
"""Batches in work at once when many are at hand; each takes 18 MB of its own."""

OPTIONS = {
    "PERFORMANCE_HINT": "LATENCY",
    # OpenVINO computes in bfloat16 by itself on processors that have it. An index is often built
    # on another machine than it is served from: vectors must not depend on the processor.
    "INFERENCE_PRECISION_HINT": "f32",
}


class OpenVinoRuntime:
    """Thread-safe: each concurrent call takes an infer request of its own.

    OpenVINO queues the requests in order of arrival, so that a question asked while documents
    are embedded waits for one batch at most. ``streams`` calls are computed at once.

    Measured on two cores, with the same vectors to the bit: a question alone took 2.0 ms on both
    and 2.8 ms on one of them; two batches, each on a core of its own, took two thirds of the time
    of one after the other on both.

    One graph takes rows of any number and width, and works out both in every node of every call.
    For a single row of a width in ``alone`` there is a graph of that one shape, compiled when first
    asked for: 24 tokens took 1.7 ms by it and 2.1 by the other, 16 tokens 1.3, for 25 MB and 0.2 s
    each. Vectors of the two agree to a cosine of 0.9996 (1,500 questions; 0.99995 on average).
    """

    def __init__(
        self,
        model_file: Path,
        threads: int,
        *,
        bulk: bool = False,
        group: int = FINE_GROUP,
        alone: Sequence[int] = (),
    ) -> None:
        """Read the model; raises ModelDamaged when OpenVINO cannot.

        All ``threads`` work on one call; for ``bulk`` they are shared out among several.
        Activations meet int8 weights as int8, scaled per row and ``group`` of so many; there is
        no effect on float32 models. Each graph is compiled when it is first needed, or in
        ``prepare``, and raises ModelDamaged when OpenVINO cannot do that.
        """
        try:
            openvino = import_openvino()
        except ImportError as error:
            raise ModelError(
                f"the openvino runtime cannot be imported ({error})",
                "pip install openvino, or set QA_RUNTIME=onnxruntime",
            ) from error
        self.streams = min(threads, MOST_STREAMS) if bulk else 1
        options = {
            **OPTIONS,
            "INFERENCE_NUM_THREADS": str(threads),
            "NUM_STREAMS": str(self.streams),
            # Stated, so that a new release with another default does not change vectors.
            "DYNAMIC_QUANTIZATION_GROUP_SIZE": str(group),
        }
        core = openvino.Core()
        try:
            # Held, not read again: a process that serves goes on with the model it started with.
            model = core.read_model(str(model_file))
        except RuntimeError as error:
            raise _damaged(model_file, error) from error

        def graph(width: int | None) -> _Graph:
            shaped = model
            if width is not None:
                shaped = model.clone()
                shaped.reshape({place: [1, width] for place in shaped.inputs})
            try:
                compiled = core.compile_model(shaped, "CPU", options)
            except RuntimeError as error:
                raise _damaged(model_file, error) from error
            return _Graph(compiled, openvino.Tensor, fixed=width is not None)

        self._alone = {width: _Late(partial(graph, width)) for width in alone}
        self._general = _Late(partial(graph, None))

    def prepare(self, width: int | None = None) -> None:
        """Compile the graph for one row of this width, or whatever is not compiled yet."""
        graphs = [*self._alone.values(), self._general] if width is None else [self._for(width)]
        for late in graphs:
            late()

    def run(self, ids: Ids, mask: Ids, types: Ids | None = None) -> Matrix:
        """Return ``(rows, dimension)`` float32 for inputs of shape ``(rows, width)``."""
        inputs = (ids, mask) if types is None else (ids, mask, types)
        [rows] = self._general().run(inputs, TEXTS)
        return rows

    def run_tokens(self, ids: Ids, mask: Ids) -> tuple[Matrix, Matrix]:
        """Return ``(rows, dimension)`` and ``(rows, width, hidden)`` float32."""
        rows, width = ids.shape
        late = self._for(width) if rows == 1 else self._general
        texts, tokens = late().run((ids, mask), TEXTS, TOKENS)
        return texts, tokens

    def _for(self, width: int) -> _Late:
        """The graph for one row alone."""
        return self._alone.get(width, self._general)


class _Late:
    """A graph that is compiled at its first use, once."""

    def __init__(self, compile_it: Callable[[], _Graph]) -> None:
        self._compile = compile_it
        self._graph: _Graph | None = None
        self._lock = threading.Lock()

    def __call__(self) -> _Graph:
        if self._graph is None:
            with self._lock:
                if self._graph is None:
                    self._graph = self._compile()
        return self._graph


class _Graph:
    """A compiled model and its idle infer requests; ``fixed``: of one shape alone."""

    def __init__(self, compiled: Any, tensor: Any, *, fixed: bool) -> None:
        self._compiled = compiled
        self._tensor = tensor
        self._fixed = fixed
        self._idle: deque[Any] = deque([compiled.create_infer_request()])

    def run(self, inputs: tuple[Ids, ...], *places: int) -> list[Matrix]:
        try:
            request = self._idle.pop()  # the one last used: its buffers are warm
        except IndexError:
            request = self._compiled.create_infer_request()
        try:
            for place, values in enumerate(inputs):
                if self._fixed:  # its own buffer is of the right size: 0.05 ms less
                    request.get_input_tensor(place).data[:] = values
                else:
                    request.set_input_tensor(place, self._tensor(values, shared_memory=True))
            request.start_async()  # with wait, 0.1 ms less than ``infer``
            request.wait()
            outputs = (request.get_output_tensor(place).data for place in places)
            return [np.array(output, dtype=np.float32) for output in outputs]
        finally:
            self._idle.append(request)


def _damaged(model_file: Path, error: Exception) -> ModelDamaged:
    lines = [line for line in str(error).splitlines() if line.strip()]
    what = lines[-1] if lines else type(error).__name__
    return ModelDamaged(
        f"{model_file}: OpenVINO cannot load it ({what})",
        "delete the folder and run `qa-service index` to export the model again",
    )
