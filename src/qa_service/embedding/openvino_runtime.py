"""Runs an exported model on the CPU with OpenVINO."""

from __future__ import annotations

from collections import deque
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
    """

    def __init__(
        self, model_file: Path, threads: int, *, bulk: bool = False, group: int = FINE_GROUP
    ) -> None:
        """Compile the model; raises ModelDamaged when OpenVINO cannot read it.

        All ``threads`` work on one call; for ``bulk`` they are shared out among several.
        Activations meet int8 weights as int8, scaled per row and ``group`` of so many; there is
        no effect on float32 models.
        """
        try:
            openvino = import_openvino()
        except ImportError as error:
            raise ModelError(
                f"the openvino runtime cannot be imported ({error})",
                "pip install openvino, or set QA_RUNTIME=onnxruntime",
            ) from error
        self.streams = min(threads, MOST_STREAMS) if bulk else 1
        sizes = {
            "INFERENCE_NUM_THREADS": str(threads),
            "NUM_STREAMS": str(self.streams),
            # Stated, so that a new release with another default does not change vectors.
            "DYNAMIC_QUANTIZATION_GROUP_SIZE": str(group),
        }
        try:
            self._compiled = openvino.Core().compile_model(
                str(model_file), "CPU", {**OPTIONS, **sizes}
            )
        except RuntimeError as error:
            raise ModelDamaged(
                f"{model_file}: OpenVINO cannot load it ({_last_line(error)})",
                "delete the folder and run `qa-service index` to export the model again",
            ) from error
        self._tensor: Any = openvino.Tensor
        self._idle: deque[Any] = deque([self._compiled.create_infer_request()])

    def run(self, ids: Ids, mask: Ids, types: Ids | None = None) -> Matrix:
        """Return ``(rows, dimension)`` float32 for inputs of shape ``(rows, width)``."""
        [rows] = self._run((ids, mask) if types is None else (ids, mask, types), TEXTS)
        return rows

    def run_tokens(self, ids: Ids, mask: Ids) -> tuple[Matrix, Matrix]:
        """Return ``(rows, dimension)`` and ``(rows, width, hidden)`` float32."""
        rows, states = self._run((ids, mask), TEXTS, TOKENS)
        return rows, states

    def _run(self, inputs: tuple[Ids, ...], *places: int) -> list[Matrix]:
        try:
            request = self._idle.pop()  # the one last used: its buffers are warm
        except IndexError:
            request = self._compiled.create_infer_request()
        try:
            for place, values in enumerate(inputs):
                request.set_input_tensor(place, self._tensor(values, shared_memory=True))
            request.start_async()  # with wait, 0.1 ms less than ``infer``
            request.wait()
            outputs = (request.get_output_tensor(place).data for place in places)
            return [np.array(output, dtype=np.float32) for output in outputs]
        finally:
            self._idle.append(request)


def _last_line(error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
