"""Run as a script, once for all tests: makes every tiny model in one process, for importing PyTorch
takes longer than the making.

usage: python make_models.py FOLDER

FOLDER gets ``embedders`` and ``pairs``, filled by the two scripts of those models.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import make_tiny_cross_encoders
import make_tiny_models


def main(root: Path) -> None:
    # Each in its folder: code that a model brings would write there, where the tests look.
    for name, make in (
        ("embedders", make_tiny_models.main),
        ("pairs", make_tiny_cross_encoders.main),
    ):
        folder = root / name
        folder.mkdir()
        with contextlib.chdir(folder):
            make(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
