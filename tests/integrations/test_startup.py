"""Connectors cost nothing until they are used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOREIGN = ("mcp", "httpx", "openai", "anthropic", "langchain_core", "llama_index", "tiktoken")
PROGRAM = f"""
import sys
from qa_service.settings import Settings
from qa_service.web.app import create_app
from web.fakes import FakeService
create_app(Settings(model="hashing"), FakeService())
print([name for name in {FOREIGN!r} if name in sys.modules])
"""


def test_making_the_app_loads_no_connectors_library() -> None:
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={"PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert found.stdout == "[]\n"
