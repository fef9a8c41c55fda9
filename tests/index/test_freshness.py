from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from qa_service.embedding.hashing import HashingEmbedder
from qa_service.errors import CorpusNotFound
from qa_service.index.freshness import up_to_date
from qa_service.settings import Settings

IDENTITY = HashingEmbedder().identity


def test_an_untouched_corpus_is_up_to_date(built: Path, settings: Settings) -> None:
    assert up_to_date(settings, IDENTITY) == "gen-000001"
    (settings.corpus / "rivers.md").touch()  # only its bytes count
    (settings.corpus / "image.png").write_bytes(b"\x89PNG")  # no document
    assert up_to_date(settings, IDENTITY) == "gen-000001"


def edit(settings: Settings) -> None:
    (settings.corpus / "rivers.md").write_text("# Rivers\n\nDry.\n")


def add(settings: Settings) -> None:
    (settings.corpus / "new.txt").write_text("New.\n")


def remove(settings: Settings) -> None:
    (settings.corpus / "rivers.md").unlink()


def rename(settings: Settings) -> None:
    (settings.corpus / "rivers.md").rename(settings.corpus / "waters.md")


def damage(settings: Settings) -> None:
    path = settings.index / "gen-000001" / "terms.txt"
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def lose(settings: Settings) -> None:
    (settings.index / "CURRENT").unlink()


@pytest.mark.parametrize("change", [edit, add, remove, rename, damage, lose])
def test_any_change_makes_a_build_necessary(
    built: Path, settings: Settings, change: Callable[[Settings], None]
) -> None:
    change(settings)
    assert up_to_date(settings, IDENTITY) is None


def test_other_rules_make_a_build_necessary(built: Path, settings: Settings) -> None:
    assert up_to_date(settings, HashingEmbedder(32).identity) is None
    assert up_to_date(settings.model_copy(update={"passage_tokens": 50}), IDENTITY) is None
    assert up_to_date(settings.model_copy(update={"vector_index": "ivf"}), IDENTITY) is None


def test_without_a_corpus_it_says_so(built: Path, settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(CorpusNotFound):
        up_to_date(settings.model_copy(update={"corpus": tmp_path / "none"}), IDENTITY)
