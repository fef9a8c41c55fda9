"""Whatever is wrong with an index, a command says so in one line and ends with exit code 2."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from command_line import assert_refused, run_inside
from qa_service.embedding.hashing import HashingEmbedder
from qa_service.index.build import build_index
from qa_service.index.generation.manifest import FORMAT_VERSION, MANIFEST_FILE
from qa_service.index.generation.opening import CURRENT_FILE
from qa_service.index.reader import GENERATION_FILES
from qa_service.settings import Settings

FILES = sorted({CURRENT_FILE, MANIFEST_FILE, *GENERATION_FILES})


def file_of(index: Path, live: Path, name: str) -> Path:
    return (index if name == CURRENT_FILE else live) / name


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_bit_anywhere_is_noticed_before_anything_is_answered(
    copied: Path, live: Path, name: str
) -> None:
    path = file_of(copied, live, name)
    sound = path.read_bytes()
    for place in (0, len(sound) // 2, len(sound) - 1):
        damaged = bytearray(sound)
        damaged[place] ^= 0x10
        path.write_bytes(damaged)
        assert_refused(run_inside("ask", "Who?", "--index", copied), str(live.parent))
        assert_refused(run_inside("verify", "--index", copied))
    path.write_bytes(sound)
    assert run_inside("verify", "--index", copied).code == 0


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_missing_cut_short_or_too_long_is_noticed(
    copied: Path, live: Path, name: str
) -> None:
    path = file_of(copied, live, name)
    sound = path.read_bytes()
    for damaged in (sound[:-1], b"", sound + b"\0"):
        path.write_bytes(damaged)
        assert_refused(run_inside("ask", "Who?", "--index", copied))
    path.unlink()
    assert_refused(run_inside("ask", "Who?", "--index", copied), "qa-service index")
    path.mkdir()
    assert_refused(run_inside("ask", "Who?", "--index", copied))


def test_serve_refuses_a_damaged_index_before_it_listens(copied: Path, live: Path) -> None:
    path = live / "passages.faiss"
    path.write_bytes(path.read_bytes()[::-1])
    assert_refused(run_inside("serve", "--index", copied, "--port", 0), "passages.faiss")


def test_a_damaged_index_is_mended_by_indexing_again(
    copied: Path, live: Path, library_settings: Settings
) -> None:
    shutil.rmtree(live)
    assert_refused(run_inside("ask", "Who?", "--index", copied), "qa-service index")
    corpus = library_settings.corpus
    assert run_inside("index", "--corpus", corpus, "--index", copied).code == 0
    assert run_inside("verify", "--index", copied).code == 0


def test_no_index_is_said_so_with_the_command_that_builds_one(tmp_path: Path) -> None:
    for arguments in (("ask", "Who?"), ("verify",), ("serve", "--port", 0), ("eval",)):
        outcome = run_inside(*arguments, "--index", tmp_path / "none")
        assert_refused(outcome, "no index here", f"--index {tmp_path / 'none'}")


def test_an_index_of_another_model_is_refused_naming_both(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text("The mill stands by the river.\n")
    settings = Settings.create(
        corpus=tmp_path / "corpus", index=tmp_path / "index", model="hashing"
    )
    build_index(settings, HashingEmbedder(dimension=32))
    for arguments in (("ask", "Who?"), ("serve", "--port", 0), ("eval",)):
        outcome = run_inside(*arguments, "--index", settings.index)
        assert_refused(outcome, "dimension 32 there, 64 here", "QA_MODEL")


def test_an_index_of_a_later_format_is_refused(copied: Path, live: Path) -> None:
    path = live / MANIFEST_FILE
    later = FORMAT_VERSION + 1
    text = path.read_text().replace(
        f'"format_version": {FORMAT_VERSION}', f'"format_version": {later}'
    )
    path.write_text(text)
    assert_refused(run_inside("ask", "Who?", "--index", copied), f"index format {later}")


def test_a_link_in_the_index_is_not_followed(copied: Path, live: Path, tmp_path: Path) -> None:
    path = live / "passages.faiss"
    elsewhere = tmp_path / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    assert_refused(run_inside("ask", "Who?", "--index", copied), "passages.faiss")


@pytest.mark.parametrize(
    "content", ["../gen-000001\n", "/etc\n", "gen-000001", "gen-000001\ngen-000002\n", "gen-9\n"]
)
def test_a_current_file_that_names_no_generation_leads_nowhere(copied: Path, content: str) -> None:
    (copied / CURRENT_FILE).write_text(content)
    assert_refused(run_inside("ask", "Who?", "--index", copied), CURRENT_FILE)
