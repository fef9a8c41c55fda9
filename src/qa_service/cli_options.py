"""What the commands share: options that mean the same everywhere, and the settings they give."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from qa_service.settings import Settings

CorpusOption = Annotated[
    Path | None, typer.Option("--corpus", help="Folder of documents (QA_CORPUS; corpus/).")
]
IndexOption = Annotated[
    Path | None, typer.Option("--index", help="Folder of the index (QA_INDEX; index/).")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]


def settings_from(**options: Any) -> Settings:
    """Return the settings of the environment's ``QA_*``, overridden by options that are given."""
    return Settings.from_environment(os.environ, **options)
