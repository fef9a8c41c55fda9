"""Token budgets, counted exactly by tiktoken from tables that are already on this machine."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import tiktoken

from qa_service.errors import TokenTablesMissing

CACHE_VARIABLE = "TIKTOKEN_CACHE_DIR"

# tiktoken's regular expressions overflow their stack on a million characters of whitespace.
_LONGEST_BLANK = 900_000
_BLANK = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Table:
    """One encoding's table: its name in tiktoken's cache and the SHA-256 of its bytes."""

    file: str
    sha256: str


_TABLES = {
    "cl100k_base": _Table(
        "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    ),
    "o200k_base": _Table(
        "fb374d419588a4632f3f557e76b4b70aebbca790",
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    ),
}

# tiktoken takes its folder from the process environment, so two loads must not overlap.
_loading = threading.Lock()


class TokenCounter:
    """Counts tokens of one tiktoken encoding; the table loads at the first count.

    Names of special tokens inside a text (``<|endoftext|>``) count as the ordinary text they are.
    Thread-safe. Counting raises TokenTablesMissing when this machine lacks the table: a budget is
    never estimated, and nothing is downloaded. Whitespace of a million characters in a row, on
    which tiktoken itself fails, is counted in pieces: the sum is then an upper bound.
    """

    def __init__(self, encoding_name: str) -> None:
        self.encoding_name = encoding_name
        self._encoding: tiktoken.Encoding | None = None

    def count(self, text: str) -> int:
        """Return the number of tokens of ``text``."""
        return self.count_many([text])[0]

    def count_many(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, in order."""
        if not texts:
            return []  # without a text to count, no table need be loaded
        encode = self._loaded().encode_ordinary
        return [
            len(encode(text)) if len(text) < _LONGEST_BLANK else _count_pieces(encode, text)
            for text in texts
        ]

    def _loaded(self) -> tiktoken.Encoding:
        if self._encoding is None:
            self._encoding = _load(self.encoding_name)
        return self._encoding


def find_table_folder(encoding_name: str) -> Path:
    """Return the folder that holds the encoding's table, its content verified.

    Looks in ``TIKTOKEN_CACHE_DIR``, in the tables that litellm carries (without importing it), and
    where tiktoken itself keeps downloads. Raises TokenTablesMissing when none has it.
    """
    table = _TABLES.get(encoding_name)
    if table is None:
        raise TokenTablesMissing(
            f"{encoding_name}: no such token encoding here", f"use one of {', '.join(_TABLES)}"
        )
    damaged: list[str] = []
    for folder in _candidate_folders():
        path = folder / table.file
        try:
            found = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:
            continue
        if found == table.sha256:
            return folder
        # Checked before tiktoken sees it: tiktoken would delete the file and go to the network.
        damaged.append(str(path))
    what = f"{damaged[0]} is damaged" if damaged else "it is not on this machine"
    raise TokenTablesMissing(
        f"tiktoken table {encoding_name}: {what}",
        f"`pip install litellm` (it carries the tables), or set {CACHE_VARIABLE} to a folder "
        f"with the file {table.file}",
    )


def _count_pieces(encode: Callable[[str], list[int]], text: str) -> int:
    total = at = 0
    for blank in _BLANK.finditer(text):
        while blank.end() - max(at, blank.start()) >= _LONGEST_BLANK:
            stop = max(at, blank.start()) + _LONGEST_BLANK - 1
            total += len(encode(text[at:stop]))
            at = stop
    return total + len(encode(text[at:]))


def _candidate_folders() -> Iterator[Path]:
    for variable in (CACHE_VARIABLE, "DATA_GYM_CACHE_DIR"):
        if os.environ.get(variable):
            yield Path(os.environ[variable])
    try:
        litellm = importlib.util.find_spec("litellm")  # locates the package, does not import it
    except ValueError:  # a stand-in module without a spec
        litellm = None
    for location in (litellm.submodule_search_locations or ()) if litellm else ():
        yield Path(location, "litellm_core_utils", "tokenizers")
    yield Path(tempfile.gettempdir(), "data-gym-cache")


def _load(encoding_name: str) -> tiktoken.Encoding:
    with _loading, _environment(CACHE_VARIABLE, str(find_table_folder(encoding_name))):
        return tiktoken.get_encoding(encoding_name)


@contextmanager
def _environment(variable: str, value: str) -> Iterator[None]:
    before = os.environ.get(variable)
    os.environ[variable] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[variable]
        else:
            os.environ[variable] = before
