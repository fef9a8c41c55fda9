from __future__ import annotations

import threading
from pathlib import Path

import pytest

from qa_service.embedding.hashing import HashingEmbedder
from qa_service.errors import IndexCorrupt, IndexLocked, IndexMissing, InvalidRequest
from qa_service.index.build import build_index
from qa_service.index.generation.lock import write_lock
from qa_service.index.generation.opening import current_version
from qa_service.index.reader import open_index
from qa_service.index.rollback import kept_generations, roll_back
from qa_service.service import Service
from qa_service.settings import Settings


@pytest.fixture
def three(settings: Settings) -> Settings:
    """Settings of an index of three generations; in generation n, ``rivers.md`` says "Day n"."""
    kept = settings.model_copy(update={"keep_generations": 3})
    for day in (1, 2, 3):
        (settings.corpus / "rivers.md").write_text(f"# Rivers\n\nDay {day}.\n")
        build_index(kept, HashingEmbedder())
    return kept


def day_of(index: Path) -> str:
    with open_index(index) as opened:
        return opened.document("rivers.md").text.split()[-1]


def damage(index: Path, version: str) -> None:
    (index / version / "terms.txt").write_bytes(b"nothing\n")


def test_going_back_twice_and_forward_again(three: Settings) -> None:
    index = three.index
    done = roll_back(index)
    assert (done.before, done.now, done.passed_over) == ("gen-000003", "gen-000002", ())
    assert day_of(index) == "2."
    assert roll_back(index).now == "gen-000001"
    with pytest.raises(IndexMissing, match="no sound generation before gen-000001") as caught:
        roll_back(index)
    assert "rollback --to gen-000003" in caught.value.hint
    assert roll_back(index, "gen-000003").now == "gen-000003"
    assert day_of(index) == "3."


def test_the_next_build_goes_on_from_there_under_a_new_number(three: Settings) -> None:
    roll_back(three.index)
    (three.corpus / "rivers.md").write_text("# Rivers\n\nDay 2.\n")
    report = build_index(three, HashingEmbedder())
    assert report.version == "gen-000004"
    assert report.embedded == 0  # generation 2 held every text of it
    assert report.changes.none
    names = [kept.version for kept in kept_generations(three.index)]
    assert names == ["gen-000001", "gen-000002", "gen-000004"]


def test_a_damaged_generation_is_passed_over_and_named(three: Settings) -> None:
    damage(three.index, "gen-000002")
    done = roll_back(three.index)
    assert done.now == "gen-000001"
    assert "gen-000002" in done.passed_over[0]


def test_a_damaged_generation_is_refused_when_asked_for(three: Settings) -> None:
    damage(three.index, "gen-000001")
    with pytest.raises(IndexCorrupt, match="gen-000001"):
        roll_back(three.index, "gen-000001")
    assert current_version(three.index) == "gen-000003"


def test_a_damaged_live_generation_is_left_behind(three: Settings) -> None:
    damage(three.index, "gen-000003")
    assert roll_back(three.index).now == "gen-000002"
    assert day_of(three.index) == "2."


def test_a_damaged_current_is_mended(three: Settings) -> None:
    (three.index / "CURRENT").write_text("nonsense\n")
    done = roll_back(three.index)
    assert (done.before, done.now) == ("", "gen-000003")


@pytest.mark.parametrize(
    ("to", "error"),
    [
        ("gen-000009", IndexMissing),
        ("gen-000003", InvalidRequest),
        ("../gen-000001", InvalidRequest),
        ("1", InvalidRequest),
    ],
)
def test_a_name_that_leads_nowhere_is_refused(
    three: Settings, to: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        roll_back(three.index, to)
    assert current_version(three.index) == "gen-000003"


def test_without_an_index_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        roll_back(tmp_path / "none")
    assert not (tmp_path / "none").exists()
    with pytest.raises(IndexMissing):
        kept_generations(tmp_path)
    assert not list(tmp_path.iterdir())


def test_while_another_process_writes_it_is_refused(three: Settings) -> None:
    with write_lock(three.index), pytest.raises(IndexLocked, match=r"pid \d+ on .* since 20"):
        roll_back(three.index)


def test_the_list_tells_the_live_one_and_the_damaged(three: Settings) -> None:
    (three.index / "gen-000001" / "manifest.json").write_text("{}")
    first, second, third = kept_generations(three.index)
    assert first.manifest is None
    assert "gen-000001" in first.problem
    assert second.manifest is not None
    assert second.manifest.counts.documents == 3
    assert [kept.live for kept in (first, second, third)] == [False, False, True]


def test_a_running_service_follows_and_never_sees_a_mixture(three: Settings) -> None:
    service = Service.open(three, embedder=HashingEmbedder())
    seen: set[tuple[str, str]] = set()
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            reply = service.retrieve("Which day is it?", top_k=10)
            days = {e.passage.text for e in reply.evidence if e.passage.document_id == "rivers.md"}
            seen.update((reply.index_version, text.split()[-1]) for text in days)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        for to in ("gen-000002", "gen-000001", "gen-000003") * 5:
            roll_back(three.index, to)
            assert service.reload()
    finally:
        stop.set()
        thread.join()
        service.close()
    assert seen <= {(f"gen-00000{day}", f"{day}.") for day in (1, 2, 3)}
    assert seen
