"""``doctor`` names what is missing and how to get it, and never stops at the first finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_service.doctor import Check, Examination, examine
from qa_service.settings import Settings


def found(examination: Examination) -> dict[str, Check]:
    return {check.name: check for check in examination.checks}


def test_a_machine_without_an_index_is_well_and_told_how_to_build_one(tmp_path: Path) -> None:
    examination = examine(Settings.create(model="hashing", index=tmp_path))
    assert examination.well
    assert "qa-service index" in found(examination)["index"].found


def test_an_index_is_named_with_its_size(library_settings: Settings) -> None:
    check = found(examine(library_settings))["index"]
    assert check.well
    assert check.found.startswith("gen-")


def test_everything_missing_is_named_each_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path / "nowhere"))
    (tmp_path / "CURRENT").write_text("nonsense\n", "utf-8")
    settings = Settings.create(
        model=str(tmp_path / "no-model"), index=tmp_path, cache_dir=tmp_path / "cache"
    )
    examination = examine(settings)
    assert not examination.well
    missing = [check for check in examination.checks if not check.well]
    assert {"embedding model", "exported model", "index"} <= {check.name for check in missing}
    assert all(check.hint for check in missing)


def test_a_reranker_is_looked_at_only_where_one_is_set(tmp_path: Path) -> None:
    plain = Settings.create(model="hashing", index=tmp_path)
    assert "reranker" not in found(examine(plain))
    chosen = Settings.create(model="hashing", index=tmp_path, reranker="word-overlap")
    assert found(examine(chosen))["reranker"].well
    absent = Settings.create(
        model="hashing", index=tmp_path, reranker=str(tmp_path / "none"), cache_dir=tmp_path
    )
    assert not found(examine(absent))["reranker"].well
