"""A parser in a process of its own that misbehaves on demand, and how to ask it."""

from __future__ import annotations

import sys
from pathlib import Path

from qa_service.reading.confined.isolation import IsolatedParser, Limits
from qa_service.reading.files import CorpusFile
from qa_service.records import Document

MISBEHAVING = (sys.executable, "-P", str(Path(__file__).with_name("misbehaving.py")))
LIMITS = Limits(seconds=1, megabytes=200)


def file_named(name: str, data: bytes) -> CorpusFile:
    """Return a file that only its name and its bytes tell of."""
    return CorpusFile(name, Path("/nowhere") / name, len(data))


def parsed(parser: IsolatedParser, text: str) -> Document:
    """Return what the parser makes of a file that holds ``text``."""
    data = text.encode()
    return parser.parse(file_named("a.pdf", data), data)
