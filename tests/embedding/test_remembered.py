from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from qa_service.embedding.models import MINILM, resolve_model
from qa_service.embedding.remembered import Remembered, recall, remember

from .small_parts import write_model_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_model_folder(tmp_path / "mine")


@pytest.fixture
def memory(tmp_path: Path, folder: Path) -> Path:
    remember(tmp_path / "cache", str(folder), resolve_model(str(folder)))
    return tmp_path / "cache"


def test_model_seen_before_is_recalled(memory: Path, folder: Path) -> None:
    expected = Remembered("mine", resolve_model(str(folder)).weights_sha256)
    assert recall(memory, str(folder)) == expected


def test_relative_name_recalls_the_same_folder(
    memory: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    assert recall(memory, "mine") is not None
    assert recall(memory, "mine") == recall(memory, str(folder))


def test_model_never_seen_is_not_recalled(tmp_path: Path, folder: Path) -> None:
    assert recall(tmp_path / "cache", str(folder)) is None


def test_touched_file_voids_the_memory(memory: Path, folder: Path) -> None:
    os.utime(folder / "tokenizer.json", ns=(1, 1))
    assert recall(memory, str(folder)) is None


def test_new_file_voids_the_memory(memory: Path, folder: Path) -> None:
    (folder / "added_tokens.json").write_text("{}")
    assert recall(memory, str(folder)) is None


def test_model_removed_since_is_still_recalled(memory: Path, folder: Path) -> None:
    shutil.rmtree(folder)
    found = recall(memory, str(folder))
    assert found is not None
    assert found.name == "mine"


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"folder": 3}', "\x00"])
def test_unusable_memory_is_no_memory(memory: Path, folder: Path, content: str) -> None:
    for path in (memory / "known").iterdir():
        path.write_text(content)
    assert recall(memory, str(folder)) is None


def test_known_model_needs_no_memory(tmp_path: Path) -> None:
    expected = Remembered(MINILM.name, MINILM.weights_sha256)
    assert recall(tmp_path, MINILM.name) == recall(tmp_path, MINILM.hub_id) == expected


def test_nothing_but_the_memory_is_left_behind(memory: Path, folder: Path) -> None:
    remember(memory, str(folder), resolve_model(str(folder)))
    assert len(list((memory / "known").iterdir())) == 1


def test_many_writers_at_once_do_not_disturb_each_other(tmp_path: Path, folder: Path) -> None:
    model = resolve_model(str(folder))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: remember(tmp_path / "cache", str(folder), model), range(80)))
    assert recall(tmp_path / "cache", str(folder)) is not None
    assert len(list((tmp_path / "cache" / "known").iterdir())) == 1
