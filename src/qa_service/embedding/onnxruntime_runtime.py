"""Runs an exported model on the CPU with onnxruntime, the portable alternative."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from qa_service.embedding.batching import Ids
from qa_service.embedding.export_format import TEXTS, TOKENS
from qa_service.embedding.protocol import Matrix
from qa_service.errors import ModelDamaged, ModelError


class OnnxRuntime:
    """Thread-safe: an onnxruntime session may be run from several threads at once."""

    streams = 1  # all of a session's threads work on one batch

    def __init__(self, model_file: Path, threads: int) -> None:
        """Load the model; raises ModelDamaged when onnxruntime cannot read it."""
        try:
            import onnxruntime
        except ImportError as error:
            raise ModelError(
                f"the onnxruntime runtime cannot be imported ({error})",
                "pip install 'qa-service[onnxruntime]', or set QA_RUNTIME=openvino",
            ) from error
        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3  # errors only
        # Spinning threads burn the cores that FAISS and the web server need between questions.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(
                str(model_file), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # its exceptions share no public base but Exception
            raise ModelDamaged(
                f"{model_file}: onnxruntime cannot load it ({error})",
                "delete the folder and run `qa-service index` to export the model again",
            ) from error
        self._outputs = [output.name for output in self._session.get_outputs()]

    def run(self, ids: Ids, mask: Ids, types: Ids | None = None) -> Matrix:
        """Return ``(rows, dimension)`` float32 for inputs of shape ``(rows, width)``."""
        inputs = {"input_ids": ids, "attention_mask": mask}
        if types is not None:
            inputs["token_type_ids"] = types
        [rows] = self._run(inputs, TEXTS)
        return rows

    def run_tokens(self, ids: Ids, mask: Ids) -> tuple[Matrix, Matrix]:
        """Return ``(rows, dimension)`` and ``(rows, width, hidden)`` float32."""
        rows, states = self._run({"input_ids": ids, "attention_mask": mask}, TEXTS, TOKENS)
        return rows, states

    def prepare(self, width: int | None = None) -> None:
        """Nothing is left to load: a session computes every shape."""

    def _run(self, inputs: dict[str, Ids], *places: int) -> list[Matrix]:
        outputs = self._session.run([self._outputs[place] for place in places], inputs)
        return [np.asarray(output, dtype=np.float32) for output in outputs]
