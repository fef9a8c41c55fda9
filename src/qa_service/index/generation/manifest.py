"""The manifest: what a generation consists of, under one checksum of its own.

It is read strictly. The bytes must be exactly what ``render`` writes for the values they hold, so
that a flipped bit anywhere in the file, white space included, is noticed.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from qa_service.embedding.protocol import EmbedderIdentity
from qa_service.errors import IndexCorrupt, IndexMismatch
from qa_service.index.generation.disk import FileRecord

MANIFEST_FILE = "manifest.json"
if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FORMAT_VERSION = 3
LARGEST_MANIFEST = 1_000_000
REBUILD = "run `qa-service index` to build the index again"

_SHA256 = re.compile("[0-9a-f]{64}")
_FILE_NAME = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
_VERSION = re.compile("gen-[0-9]{6,12}")

T = TypeVar("T", bound="DataclassInstance")


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a generation holds; ``tokens`` counts tiktoken tokens of all passages."""

    documents: int
    passages: int
    sentences: int
    tokens: int
    truncated: int


@dataclass(frozen=True, slots=True)
class Chunking:
    """The settings that decided where passages and sentences end."""

    passage_tokens: int
    minimum_tokens: int
    sentence_characters: int
    token_encoding: str


@dataclass(frozen=True, slots=True)
class VectorSearch:
    """How one set of vectors is searched: ``kind`` is ``flat`` (every vector is compared) or
    ``ivf`` (those in the ``probes`` nearest of ``lists``, by a few bits; ``fetched`` for each one
    wanted are compared exactly), and ``why`` says why in words.

    ``recall_per_mille`` of the ten nearest vectors were found beside an exact search, when the
    index was built.
    """

    kind: str
    why: str
    lists: int
    probes: int
    fetched: int
    recall_per_mille: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything an opened generation must agree with.

    ``created`` is UTC, ISO 8601, for people only: nothing compares it. The versions are those of
    the rules by which files were read, texts split, and words analysed.
    """

    version: str
    created: str
    files: Mapping[str, FileRecord]
    corpus_fingerprint: str
    embedder: EmbedderIdentity
    chunking: Chunking
    reading_version: int
    splitting_version: int
    analyzer_version: int
    counts: Counts
    passage_search: VectorSearch
    sentence_search: VectorSearch


def is_version(name: str) -> bool:
    """Return whether ``name`` can name a generation's folder."""
    return _VERSION.fullmatch(name) is not None


def corpus_fingerprint(documents: Iterable[tuple[str, str]]) -> str:
    """Return one SHA-256 over the sorted (document id, SHA-256 of its bytes) pairs."""
    digest = hashlib.sha256()
    for document_id, sha256 in sorted(documents):
        digest.update(f"{sha256} {json.dumps(document_id)}\n".encode())
    return digest.hexdigest()


def render(manifest: Manifest) -> bytes:
    """Return the manifest as the bytes of its file."""
    plain = {"format_version": FORMAT_VERSION, **dataclasses.asdict(manifest)}
    plain["manifest_sha256"] = _checksum(plain)
    return (json.dumps(plain, indent=1, sort_keys=True) + "\n").encode()


def parse(data: bytes, where: object) -> Manifest:
    """Return the manifest these bytes hold; ``where`` names the file in errors.

    Raises IndexMismatch for another format version, IndexCorrupt for anything else.
    """
    try:
        plain = json.loads(data)
        if not isinstance(plain, dict):
            raise ValueError("it holds no object")
        found = plain.get("format_version")
        if type(found) is not int:
            raise ValueError("format_version is no number")
        if found != FORMAT_VERSION:
            raise IndexMismatch(
                f"{where}: index format {found}, and this program reads format {FORMAT_VERSION}",
                REBUILD,
            )
        checksum = plain.pop("manifest_sha256", None)
        if checksum != _checksum(plain):
            raise ValueError("its checksum does not match")
        del plain["format_version"]
        manifest = _manifest(plain)
        if render(manifest) != data:
            raise ValueError("it is not written as this program writes it")
    except (ValueError, RecursionError) as error:
        raise IndexCorrupt(f"{where}: damaged: {error}", REBUILD) from error
    return manifest


def _manifest(plain: dict[str, Any]) -> Manifest:
    files = plain.get("files")
    if not isinstance(files, dict) or not all(_FILE_NAME.fullmatch(name) for name in files):
        raise ValueError("files does not map file names to records")
    records = {name: _record(FileRecord, record) for name, record in files.items()}
    for name, record in records.items():
        if not _SHA256.fullmatch(record.sha256):
            raise ValueError(f"the checksum of {name} is none")
    parts = {
        "files": records,
        "embedder": _record(EmbedderIdentity, plain.get("embedder")),
        "chunking": _record(Chunking, plain.get("chunking")),
        "counts": _record(Counts, plain.get("counts")),
        "passage_search": _record(VectorSearch, plain.get("passage_search")),
        "sentence_search": _record(VectorSearch, plain.get("sentence_search")),
    }
    manifest = _record(Manifest, {**plain, **parts}, tuple(parts))
    if not is_version(manifest.version):
        raise ValueError(f"{manifest.version!r} is no name of a generation")
    return manifest


def _record(kind: type[T], plain: Any, parsed: tuple[str, ...] = ()) -> T:
    """Return ``kind`` filled from a mapping with exactly its fields, each of exactly its type."""
    types = {field.name: field.type for field in dataclasses.fields(kind)}
    if not isinstance(plain, dict) or plain.keys() != types.keys():
        raise ValueError(f"{kind.__name__} needs exactly {', '.join(sorted(types))}")
    for name, value in plain.items():
        if name in parsed:
            continue
        if type(value) is not {"int": int, "str": str}[str(types[name])]:
            raise ValueError(f"{name} is {value!r} instead of {types[name]}")
        if isinstance(value, int) and value < 0:
            raise ValueError(f"{name} is negative")
    return kind(**plain)


def _checksum(plain: Mapping[str, Any]) -> str:
    canonical = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
