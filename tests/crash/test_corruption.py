"""Every file of an index, damaged in every usual way: never opened, never another error."""

from __future__ import annotations

import os
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from crash.conftest import settings_for
from qa_service.embedding.hashing import HashingEmbedder
from qa_service.errors import IndexCorrupt, IndexMismatch, IndexMissing
from qa_service.index.build import build_index
from qa_service.index.generation.manifest import MANIFEST_FILE
from qa_service.index.reader import GENERATION_FILES, open_index
from qa_service.index.vectors.protocol import PASSAGE_LISTS_FILE, SENTENCE_LISTS_FILE
from qa_service.index.verify import verify_index
from qa_service.settings import Settings

LISTS = (PASSAGE_LISTS_FILE, SENTENCE_LISTS_FILE)  # only these are not in every index
FILES = [
    "CURRENT",
    *(f"gen-000001/{name}" for name in (MANIFEST_FILE, *LISTS, *sorted(GENERATION_FILES))),
]


def flipped(place: float, bits: int) -> Callable[[bytes], bytes]:
    def flip(data: bytes) -> bytes:
        damaged = bytearray(data)
        damaged[min(int(place * len(data)), len(data) - 1)] ^= bits
        return bytes(damaged)

    return flip


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    **{
        f"bits {bits:#x} flipped at {place:.0%}": flipped(place, bits)
        for place in (0, 0.25, 0.5, 0.75, 1)
        for bits in (0x01, 0xFF)
    },
    "emptied": lambda data: b"",
    "cut in half": lambda data: data[: len(data) // 2],
    "cut by one": lambda data: data[:-1],
    "longer by one": lambda data: data + b"\0",
    "doubled": lambda data: data + data,
    "zeroed": lambda data: bytes(len(data)),
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an index that stays whole: every test damages a copy."""
    settings = settings_for(tmp_path_factory.mktemp("sound"), "old")
    settings = settings.model_copy(update={"vector_index": "ivf"})
    build_index(settings, HashingEmbedder())
    return settings


@pytest.fixture
def index(sound: Settings, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound.index, tmp_path / "index"))


def test_the_index_consists_of_the_files_damaged_here(index: Path) -> None:
    found = {str(path.relative_to(index)) for path in index.rglob("*") if path.is_file()}
    assert found == {*FILES, ".lock"}


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_always_noticed(index: Path, name: str) -> None:
    path = index / name
    sound = path.read_bytes()
    for damage, apply in DAMAGES.items():
        path.write_bytes(apply(sound))
        for look in (open_index, verify_index):
            with pytest.raises((IndexCorrupt, IndexMismatch)) as caught:
                look(index)
            assert caught.value.hint, damage
            assert str(index) in caught.value.message, damage
            assert isinstance(caught.value, IndexCorrupt) or MANIFEST_FILE in name, damage
    path.write_bytes(sound)
    open_index(index).close()


def test_a_thousand_random_damages_are_refused_before_anything_is_parsed(index: Path) -> None:
    """Seeded; flipped bits and truncations in turn, over all files alike."""
    chance = random.Random(11)
    refused = 0
    for number in range(1_000):
        path = index / FILES[number % len(FILES)]
        sound = path.read_bytes()
        if number // len(FILES) % 2:
            damaged = sound[: chance.randrange(len(sound))]
        else:
            flipped_one = bytearray(sound)
            flipped_one[chance.randrange(len(sound))] ^= 1 << chance.randrange(8)
            damaged = bytes(flipped_one)
        path.write_bytes(damaged)
        with pytest.raises((IndexCorrupt, IndexMismatch)) as caught:
            open_index(index)
        if path.name not in ("CURRENT", MANIFEST_FILE):
            assert re.search("SHA-256 is not|bytes, and the manifest says", caught.value.message)
            assert str(path) in caught.value.message
        refused += 1
        path.write_bytes(sound)
    assert refused == 1_000
    open_index(index).close()


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_or_a_stranger_in_its_place_is_noticed(index: Path, name: str) -> None:
    path = index / name
    aside = index.parent / "aside"
    path.rename(aside)
    with pytest.raises(IndexMissing if name == "CURRENT" else IndexCorrupt):
        open_index(index)
    for stranger in (Path.mkdir, os.mkfifo, lambda p: p.symlink_to(aside)):
        stranger(path)
        with pytest.raises(IndexCorrupt):
            open_index(index)
        path.rmdir() if path.is_dir() else path.unlink()
    aside.rename(path)
    open_index(index).close()


def test_a_damaged_index_is_cured_by_building_it_again(index: Path, sound: Settings) -> None:
    settings = sound.model_copy(update={"index": index})
    for name in FILES:
        live = index / name.replace("gen-000001", (index / "CURRENT").read_text().strip())
        live.write_bytes(b"damaged")
        build_index(settings, HashingEmbedder())
        assert verify_index(index).problems == ()
