"""Runs an exported model on the CPU with OpenVINO."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Any

import numpy as np

from qa_service.embedding.batching import Ids
from qa_service.embedding.openvino_import import import_openvino
from qa_service.embedding.protocol import Matrix
from qa_service.errors import ModelDamaged, ModelError

OPTIONS = {
    # One question should have all cores, rather than several questions one core each.
    "PERFORMANCE_HINT": "LATENCY",
    # OpenVINO computes in bfloat16 by itself on processors that have it. An index is often built
    # on another machine than it is served from: vectors must not depend on the processor.
    "INFERENCE_PRECISION_HINT": "f32",
    # Activations meet int8 weights as int8, scaled per row and group of 32: stated, so that a
    # new release with another default does not change vectors. No effect on float32 models.
    "DYNAMIC_QUANTIZATION_GROUP_SIZE": "32",
}


class OpenVinoRuntime:
    """Thread-safe: each concurrent call takes an infer request of its own.

    OpenVINO queues the requests in order of arrival, so that a question asked while documents
    are embedded waits for one batch at most.
    """

    def __init__(self, model_file: Path, threads: int) -> None:
        """Compile the model; raises ModelDamaged when OpenVINO cannot read it."""
        try:
            openvino = import_openvino()
        except ImportError as error:
            raise ModelError(
                f"the openvino runtime cannot be imported ({error})",
                "pip install openvino, or set QA_RUNTIME=onnxruntime",
            ) from error
        try:
            self._compiled = openvino.Core().compile_model(
                str(model_file), "CPU", {**OPTIONS, "INFERENCE_NUM_THREADS": str(threads)}
            )
        except RuntimeError as error:
            raise ModelDamaged(
                f"{model_file}: OpenVINO cannot load it ({_last_line(error)})",
                "delete the folder and run `qa-service index` to export the model again",
            ) from error
        self._idle: deque[Any] = deque([self._compiled.create_infer_request()])

    def run(self, ids: Ids, mask: Ids) -> Matrix:
        """Return ``(rows, dimension)`` float32 for ids and mask of shape ``(rows, width)``."""
        try:
            request = self._idle.pop()  # the one last used: its buffers are warm
        except IndexError:
            request = self._compiled.create_infer_request()
        try:
            request.infer({0: ids, 1: mask}, share_inputs=True, share_outputs=True)
            return np.array(request.get_output_tensor(0).data, dtype=np.float32)
        finally:
            self._idle.append(request)


def _last_line(error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
