"""Every step of a write fails once, or fails from then on: the old index must open."""

from __future__ import annotations

import errno
import os
import resource
import signal
from pathlib import Path

import pytest

from crash.faulty import FaultyOs, install
from descriptors import held_below
from qa_service.embedding.hashing import HashingEmbedder
from qa_service.errors import IndexMissing, IndexWriteFailed
from qa_service.index.build import build_index
from qa_service.index.reader import open_index
from qa_service.settings import Settings


def steps_of_a_build(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    faulty = FaultyOs()
    with monkeypatch.context() as patch:
        install(faulty, patch.setattr)
        build_index(settings, HashingEmbedder())
    return faulty.steps


def failing_at(step: int, number: int, for_good: bool) -> FaultyOs:
    def fail(now: int, name: str) -> None:
        if now == step or (for_good and now > step):
            raise OSError(number, os.strerror(number))

    return FaultyOs(before=fail)


def word_of(index: Path) -> str:
    """Which of the two corpora the index holds; opening it checks that it holds that one wholly."""
    with open_index(index) as opened:
        texts = [passage.text for passage in opened.passages(range(opened.passage_count))]
    words = {word for word in ("old", "new") if any(word in text for text in texts)}
    assert len(words) == 1
    return words.pop()


def failure_of(settings: Settings) -> IndexWriteFailed | None:
    try:
        build_index(settings, HashingEmbedder())
    except IndexWriteFailed as error:
        return error
    return None


@pytest.mark.parametrize(("number", "for_good"), [(errno.EIO, False), (errno.ENOSPC, True)])
def test_a_failure_of_any_step_is_reported_and_leaves_the_previous_generation(
    old: Settings, new: Settings, monkeypatch: pytest.MonkeyPatch, number: int, for_good: bool
) -> None:
    build_index(old, HashingEmbedder())
    steps = steps_of_a_build(old, monkeypatch)
    committed = len(steps) - steps[::-1].index("replace")  # the rename of CURRENT
    silent = []
    for step in range(1, len(steps) + 1):
        with monkeypatch.context() as patch:
            install(failing_at(step, number, for_good), patch.setattr)
            error = failure_of(new)
        if error is None:
            silent.append(step)
        else:
            assert os.strerror(number) in error.message
            assert str(old.index) in error.message
            assert error.hint
            assert ("is in place" in error.message) == (step > committed)
        expected = "new" if step > committed else "old"
        assert word_of(old.index) == expected, f"step {step}: {steps[step - 1]}"
        assert not list(old.index.glob("*.tmp"))
        # What a power loss may bring back is not pruned.
        assert len(list(old.index.glob("gen-*"))) <= (3 if expected == "new" else 2)
        if expected == "new":
            build_index(old, HashingEmbedder())
    # Only the lock's own descriptor may fail to close without a word: the lock is gone with it.
    assert [steps[step - 1] for step in silent] == ["close"]
    assert silent == [len(steps)]
    assert held_below(new.index) == []
    build_index(new, HashingEmbedder())
    assert word_of(new.index) == "new"


def test_a_first_build_that_fails_anywhere_leaves_no_index(
    new: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = new.model_copy(update={"index": tmp_path / "elsewhere"})
    steps = steps_of_a_build(elsewhere, monkeypatch)
    committed = len(steps) - steps[::-1].index("replace")
    for step in range(1, committed + 1, 3):
        with monkeypatch.context() as patch:
            install(failing_at(step, errno.EIO, False), patch.setattr)
            with pytest.raises(IndexWriteFailed):
                build_index(new, HashingEmbedder())
        with pytest.raises(IndexMissing):
            open_index(new.index)


@pytest.mark.parametrize("limit", [0, 1_000, 20_000])
def test_a_real_limit_on_file_size_is_a_write_failure(
    old: Settings, new: Settings, limit: int
) -> None:
    """SQLite and FAISS meet the system's own refusal here, not a stand-in's."""
    build_index(old, HashingEmbedder())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        with pytest.raises(IndexWriteFailed):
            build_index(new, HashingEmbedder())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    assert word_of(old.index) == "old"
    assert [path.name for path in old.index.glob("gen-*")] == ["gen-000001"]
