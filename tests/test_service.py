from __future__ import annotations

import itertools
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

import qa_service
from conftest import write_corpus
from descriptors import held_below
from qa_service.embedding.hashing import HashingEmbedder
from qa_service.embedding.protocol import EmbedderIdentity, Matrix, Progress
from qa_service.errors import (
    DocumentNotFound,
    IndexCorrupt,
    IndexMismatch,
    IndexMissing,
    OriginalUnavailable,
)
from qa_service.index.build import build_index
from qa_service.index.generation.opening import CURRENT_FILE
from qa_service.retrieval.retriever import Retriever
from qa_service.service import Service
from qa_service.settings import Settings

QUESTION = "Which edition is this?"


class SlowEmbedder:
    """The hashing embedder, which waits in the middle of a question until it may go on."""

    def __init__(self) -> None:
        self._embedder = HashingEmbedder()
        self.reached = threading.Event()
        self.go_on = threading.Event()

    @property
    def identity(self) -> EmbedderIdentity:
        return self._embedder.identity

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._embedder.count_tokens(texts)

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        self.reached.set()
        assert self.go_on.wait(10)
        return self._embedder.embed(texts, progress)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.create(
        corpus=tmp_path / "corpus",
        index=tmp_path / "index",
        model="hashing",
        passage_tokens=16,
        threshold=0,
    )


def publish(settings: Settings, edition: int) -> str:
    """Index a corpus whose every text names its edition; return the version."""
    texts = {
        f"{name}.txt": f"Edition {edition} of {name}.\n\nThis is edition {edition}, too 😀.\n"
        for name in ("almanac", "gazetteer")
    }
    write_corpus(settings.corpus, texts)
    return build_index(settings, HashingEmbedder()).version


@contextmanager
def opened(settings: Settings) -> Iterator[Service]:
    service = Service.open(settings)
    try:
        yield service
    finally:
        service.close()


def test_the_package_offers_it_by_name() -> None:
    assert qa_service.Service is Service
    assert qa_service.Settings is Settings
    with pytest.raises(AttributeError, match="Servise"):
        qa_service.Servise  # noqa: B018


def test_a_service_answers_with_citations_and_lists_its_documents(settings: Settings) -> None:
    version = publish(settings, 1)
    with opened(settings) as service:
        assert service.index_version == version
        retrieval, answer = service.ask(QUESTION, top_k=2, explain=True)
        assert retrieval.index_version == version
        assert len(retrieval.evidence) == 2
        assert answer is not None
        assert "1" in answer.text
        assert [info.id for info in service.documents()] == ["almanac.txt", "gazetteer.txt"]
        assert service.document("almanac.txt").text.startswith("Edition 1 of almanac.")
        with pytest.raises(DocumentNotFound):
            service.document("atlas.txt")


def test_an_abstention_has_passages_and_no_answer(settings: Settings) -> None:
    publish(settings, 1)
    with opened(settings.model_copy(update={"threshold": 1.0})) as service:
        retrieval, answer = service.ask(QUESTION)
    assert not retrieval.answerable
    assert retrieval.evidence
    assert answer is None


def test_options_reach_the_retriever(settings: Settings) -> None:
    publish(settings, 1)
    only = {"type": "eq", "key": "document_id", "value": "gazetteer.txt"}
    with opened(settings) as service:
        for found in (
            service.retrieve(QUESTION, top_k=1, max_tokens=16, filters=only, explain=True),
            service.ask(QUESTION, top_k=1, max_tokens=16, filters=only, explain=True)[0],
        ):
            [evidence] = found.evidence
            assert evidence.passage.document_id == "gazetteer.txt"
            assert evidence.passage.tokens <= 16
            assert evidence.explanation


def test_reload_swaps_to_a_newer_generation_once(settings: Settings) -> None:
    publish(settings, 1)
    with opened(settings) as service:
        assert service.reload() is False
        version = publish(settings, 2)
        assert service.index_version != version  # nothing swaps by itself
        assert service.reload() is True
        assert service.index_version == version
        assert "edition 2" in service.document("almanac.txt").text
        assert service.reload() is False


def test_a_generation_that_cannot_be_opened_leaves_the_old_one_serving(
    settings: Settings,
) -> None:
    first = publish(settings, 1)
    with opened(settings) as service:
        second = publish(settings, 2)
        damaged = settings.index / second / "passages.faiss"
        damaged.write_bytes(damaged.read_bytes()[:-1] + b"\0\0")
        with pytest.raises(IndexCorrupt, match=r"passages\.faiss"):
            service.reload()
        assert service.ask(QUESTION)[0].index_version == first
        (settings.index / CURRENT_FILE).unlink()
        with pytest.raises(IndexMissing):
            service.reload()
        assert service.ask(QUESTION)[0].index_version == first
        third = publish(settings, 3)
        assert service.reload() is True
        assert service.index_version == third


def test_a_generation_of_another_model_is_refused_and_the_old_one_serves(
    settings: Settings,
) -> None:
    first = publish(settings, 1)
    with opened(settings) as service:
        build_index(settings, HashingEmbedder(dimension=32))
        with pytest.raises(IndexMismatch):
            service.reload()
        assert service.ask(QUESTION)[0].index_version == first


def test_a_request_in_work_ends_on_the_generation_it_began_with(settings: Settings) -> None:
    first = publish(settings, 1)
    slow = SlowEmbedder()
    service = Service.open(settings, embedder=slow)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(service.ask, QUESTION)
        assert slow.reached.wait(10)
        second = publish(settings, 2)
        assert service.reload() is True
        assert service.index_version == second
        slow.go_on.set()
        retrieval, answer = asked.result(10)
    assert retrieval.index_version == first
    assert answer is not None
    assert "1" in answer.text
    service.close()


@pytest.mark.parametrize("ending", ["close", "reload"])
def test_an_index_is_closed_when_its_last_request_has_ended_and_not_before(
    settings: Settings, ending: str
) -> None:
    publish(settings, 1)
    slow = SlowEmbedder()
    retriever = Retriever.open(settings.index, settings, embedder=slow)
    service = Service(settings, retriever)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(service.ask, QUESTION)
        assert slow.reached.wait(10)
        if ending == "reload":
            publish(settings, 2)
            service.reload()
        else:
            service.close()
            with pytest.raises(IndexMissing, match="closed"):
                service.ask(QUESTION)
        assert retriever.index.document("almanac.txt")
        slow.go_on.set()
        assert asked.result(10)[0].evidence
    with pytest.raises(IndexMissing, match="closed"):
        retriever.index.document("almanac.txt")
    service.close()


def test_a_closed_service_refuses_everything_and_may_be_closed_again(settings: Settings) -> None:
    publish(settings, 1)
    service = Service.open(settings)
    service.close()
    service.close()
    for use in (
        lambda: service.index_version,
        lambda: service.retrieve(QUESTION),
        lambda: service.ask(QUESTION),
        service.documents,
        lambda: service.document("almanac.txt"),
        service.reload,
    ):
        with pytest.raises(IndexMissing, match="closed"):
            use()


def test_a_failed_request_releases_its_generation(settings: Settings) -> None:
    publish(settings, 1)
    before = held_below(settings.index)
    service = Service.open(settings)
    with pytest.raises(DocumentNotFound):
        service.document("atlas.txt")
    service.close()
    assert held_below(settings.index) == before


def test_eight_threads_over_several_swaps_see_no_error_and_one_generation_each(
    settings: Settings,
) -> None:
    editions = {publish(settings, 1): "1"}
    service = Service.open(settings)
    stop = threading.Event()

    def use() -> set[str]:
        seen: set[str] = set()
        while not stop.is_set():
            retrieval, answer = service.ask(QUESTION, top_k=50)
            assert answer is not None
            texts = [answer.text, *(one.passage.text for one in retrieval.evidence)]
            named = {character for text in texts for character in text if character.isdigit()}
            assert len(named) == 1, retrieval.index_version
            seen.add(f"{retrieval.index_version} {named.pop()}")
            assert service.documents()
        return seen

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)
    try:
        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(use) for _ in range(8)]
            try:
                for edition in range(2, 7):
                    editions[publish(settings, edition)] = str(edition)
                    assert service.reload() is True
                    time.sleep(0.02)
            finally:
                stop.set()
            seen = set().union(*(future.result(30) for future in asked))
    finally:
        sys.setswitchinterval(before)
        service.close()
    assert seen <= {f"{version} {edition}" for version, edition in editions.items()}
    assert len(seen) > 1


def test_two_reloads_at_once_swap_once(settings: Settings) -> None:
    publish(settings, 1)
    with opened(settings) as service:
        publish(settings, 2)
        with ThreadPoolExecutor(4) as pool:
            swapped = list(pool.map(lambda _: service.reload(), range(4)))
        assert sorted(swapped) == [False, False, False, True]


def test_opening_reloading_and_closing_leaves_no_descriptor(settings: Settings) -> None:
    publish(settings, 1)
    editions = itertools.count(2)

    def once() -> None:
        service = Service.open(settings)
        service.ask(QUESTION)
        publish(settings, next(editions) % 10)
        assert service.reload() is True
        service.ask(QUESTION)
        service.close()

    once()
    before = held_below(settings.index)
    for _ in range(5):
        once()
    assert held_below(settings.index) == before


def test_the_embedder_is_kept_over_a_swap(settings: Settings) -> None:
    # Loading a model takes a second; a new generation of the same model must not wait for it.
    publish(settings, 1)
    own = SlowEmbedder()
    own.go_on.set()
    service = Service.open(settings, embedder=own)
    publish(settings, 2)
    assert service.reload() is True
    assert not own.reached.is_set()
    service.ask(QUESTION)
    assert own.reached.is_set()
    service.close()


def test_what_an_embedder_loads_late_can_be_loaded_at_once(settings: Settings) -> None:
    class Late(HashingEmbedder):
        prepared = 0

        def prepare(self) -> None:
            self.prepared += 1

    publish(settings, 1)
    late = Late()
    with closing(Service.open(settings, embedder=late)) as service:
        assert late.prepared == 0
        service.prepare()
        assert late.prepared == 1
    with opened(settings) as service:
        service.prepare()  # an embedder that loads nothing late has nothing to do


def test_the_reranker_is_kept_over_a_swap(settings: Settings) -> None:
    publish(settings, 1)
    service = Service.open(settings.model_copy(update={"reranker": "word-overlap"}))
    with service._using() as retriever:
        before = retriever.reranker
    publish(settings, 2)
    assert service.reload()
    with service._using() as retriever:
        assert before is not None
        assert retriever.reranker is before
    service.close()


def test_the_original_is_the_indexed_file_or_says_why_not(settings: Settings) -> None:
    text = "The first edition, with a café.\r\n"
    (settings.corpus / "deep").mkdir(parents=True)
    (settings.corpus / "deep" / "a.txt").write_bytes(text.encode())
    (settings.corpus / "b.txt").write_text("Another document stays as it is.")
    build_index(settings, HashingEmbedder())
    service = Service.open(settings, embedder=HashingEmbedder())
    try:
        assert service.original("deep/a.txt") == text.encode()
        with pytest.raises(DocumentNotFound):
            service.original("../corpus/b.txt")
        (settings.corpus / "deep" / "a.txt").write_text("The second edition.")
        with pytest.raises(OriginalUnavailable, match="not the one that was indexed"):
            service.original("deep/a.txt")
        (settings.corpus / "deep" / "a.txt").unlink()
        with pytest.raises(OriginalUnavailable, match=r"deep/a\.txt"):
            service.original("deep/a.txt")
        outside = settings.corpus.parent / "outside.txt"
        (settings.corpus / "b.txt").rename(outside)
        (settings.corpus / "b.txt").symlink_to(outside)
        with pytest.raises(OriginalUnavailable, match="leads out of the corpus"):
            service.original("b.txt")
    finally:
        service.close()
