from __future__ import annotations

import subprocess
import sys

import pytest

pytest.importorskip("openvino", reason="openvino is not installed")


def lines_of(code: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_telemetry_is_never_loaded() -> None:
    code = (
        "import sys\n"
        "from qa_service.embedding.openvino_import import import_openvino\n"
        "import_openvino().Core()\n"
        "print([m for m in sys.modules if 'telemetry' in m or m.startswith('openvino.tools')])"
    )
    assert lines_of(code) == ["[]"]


def test_what_was_left_out_can_be_imported_afterwards() -> None:
    code = (
        "import sys\n"
        "from qa_service.embedding.openvino_import import import_openvino\n"
        "import_openvino()\n"
        "print('openvino.tools.ovc' in sys.modules, 'openvino_telemetry' in sys.modules)"
    )
    assert lines_of(code) == ["False", "False"]


def test_module_imported_before_is_returned_as_it_is() -> None:
    code = (
        "import sys, types\n"
        "sys.modules['openvino'] = mine = types.ModuleType('openvino')\n"
        "from qa_service.embedding.openvino_import import import_openvino\n"
        "print(import_openvino() is mine)"
    )
    assert lines_of(code) == ["True"]
