from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import qa_service
import qa_service.retrieval.retriever as module
from conftest import LIBRARY, QUESTIONS, write_corpus
from descriptors import held_below
from qa_service.embedding.hashing import HashingEmbedder
from qa_service.embedding.reranker import Logits
from qa_service.embedding.word_overlap import WordOverlapReranker
from qa_service.errors import (
    IndexMismatch,
    IndexMissing,
    InvalidQuestion,
    InvalidRequest,
)
from qa_service.index.build import build_index
from qa_service.index.local_index import OpenIndex
from qa_service.index.reader import open_index
from qa_service.records import Retrieval
from qa_service.retrieval.features import FEATURES
from qa_service.retrieval.fusion import FusionWeights
from qa_service.retrieval.retriever import MAX_TOP_K, Retriever
from qa_service.settings import Settings


def same(one: Retrieval, other: Retrieval) -> bool:
    """Equal but for the time they took."""
    return dataclasses.replace(one, took_ms=0) == dataclasses.replace(other, took_ms=0)


def test_three_lines_open_an_index_and_ask(library_settings: Settings) -> None:
    with qa_service.Retriever.open(library_settings.index) as retriever:
        reply = retriever.retrieve("Who added a separate condenser?", top_k=5)
    assert "James Watt" in reply.evidence[0].passage.text


def test_a_folder_may_be_named_by_a_string(library_settings: Settings) -> None:
    with Retriever.open(str(library_settings.index)) as retriever:
        assert retriever.settings.model == "hashing"


def test_the_reply_says_what_it_was_made_of(retriever: Retriever) -> None:
    reply = retriever.retrieve("  Who added a separate condenser?\n")
    assert reply.question == "Who added a separate condenser?"
    assert reply.index_version == retriever.index.version
    assert reply.took_ms > 0
    assert reply.threshold == retriever.calibration.threshold
    assert 0 <= reply.confidence <= 1


@pytest.mark.parametrize("question", QUESTIONS)
def test_passages_and_highlights_are_slices_of_their_documents(
    retriever: Retriever, question: str
) -> None:
    for evidence in retriever.retrieve(question, top_k=50).evidence:
        passage = evidence.passage
        text = retriever.index.document(passage.document_id).text
        assert text[passage.start : passage.end] == passage.text
        assert passage.id == f"{passage.document_id}#char={passage.start},{passage.end}"
        for sentence in passage.sentences:
            assert text[sentence.start : sentence.end] == sentence.text


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_same_question_twice_has_the_same_reply(retriever: Retriever, question: str) -> None:
    options: dict[str, Any] = {"top_k": 7, "explain": True}
    assert same(retriever.retrieve(question, **options), retriever.retrieve(question, **options))


def test_another_build_of_the_same_corpus_ranks_the_same(
    retriever: Retriever, tmp_path: Path
) -> None:
    # Written in the opposite order: the order of a folder's listing must not matter.
    corpus = write_corpus(tmp_path / "corpus", dict(reversed(LIBRARY.items())))
    settings = Settings.create(
        corpus=corpus, index=tmp_path / "index", model="hashing", passage_tokens=40
    )
    build_index(settings, HashingEmbedder())
    with Retriever.open(settings.index, settings) as again:
        for question in QUESTIONS:
            assert same(again.retrieve(question, top_k=50), retriever.retrieve(question, top_k=50))


@pytest.mark.parametrize("question", QUESTIONS)
def test_fewer_passages_are_the_first_of_more(retriever: Retriever, question: str) -> None:
    for max_tokens in (None, 20, 60, 200):
        ten = retriever.retrieve(question, top_k=10, max_tokens=max_tokens)
        for top_k in range(1, 11):
            few = retriever.retrieve(question, top_k=top_k, max_tokens=max_tokens)
            assert few.evidence == ten.evidence[:top_k]
            assert few.confidence == ten.confidence


@pytest.mark.parametrize("question", QUESTIONS)
def test_scores_fall_and_lie_between_0_and_1(retriever: Retriever, question: str) -> None:
    scores = [one.score for one in retriever.retrieve(question, top_k=50).evidence]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 + 1e-6 for score in scores)


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_explanation_adds_up_to_the_score(retriever: Retriever, question: str) -> None:
    for evidence in retriever.retrieve(question, top_k=50, explain=True).evidence:
        assert evidence.explanation is not None
        terms = evidence.explanation.values()
        assert sum(one.weight for one in terms) == pytest.approx(1)
        assert all(-1e-6 <= one.normalised <= 1 + 1e-6 for one in terms)
        total = sum(one.weight * one.normalised for one in terms)
        assert total == pytest.approx(evidence.score, abs=1e-5)


def test_explaining_changes_nothing_else(retriever: Retriever) -> None:
    plain = retriever.retrieve(QUESTIONS[0], top_k=50)
    explained = retriever.retrieve(QUESTIONS[0], top_k=50, explain=True)
    assert all(one.explanation is None for one in plain.evidence)
    stripped = tuple(dataclasses.replace(one, explanation=None) for one in explained.evidence)
    assert same(plain, dataclasses.replace(explained, evidence=stripped))


def test_ties_break_by_document_and_place(tmp_path: Path) -> None:
    # The same title and the same words everywhere: nothing but the place tells them apart.
    twins = {
        f"{name}.txt": "Tides\n\n" + "\n\n".join(f"{number}: tide water." for number in "1234")
        for name in "cab"
    }
    settings = Settings.create(
        corpus=write_corpus(tmp_path / "corpus", twins),
        index=tmp_path / "index",
        model="hashing",
        passage_tokens=16,
    )
    build_index(settings, HashingEmbedder())
    with Retriever.open(settings.index, settings) as retriever:
        [first, *_] = retriever.retrieve("tide water").evidence
        assert first.passage.document_id == "a.txt"
        filters = {"type": "ne", "key": "document_id", "value": "a.txt"}
        [first, *_] = retriever.retrieve("tide water", filters=filters).evidence
        assert first.passage.document_id == "b.txt"


def test_forty_passages_of_two_scores_come_in_the_order_of_their_documents(tmp_path: Path) -> None:
    # More than a sort keeps in order by chance; each has a word of its own, so none is a repeat.
    texts = {f"{n:02}.txt": f"tide {'water' if n % 2 else 'tide'} w{n:02}\n" for n in range(40)}
    settings = Settings.create(
        corpus=write_corpus(tmp_path / "corpus", texts), index=tmp_path / "index", model="hashing"
    )
    build_index(settings, HashingEmbedder())
    words = FusionWeights.of({name: float(name == "passage_bm25") for name in FEATURES})
    with Retriever.open(settings.index, settings) as opened:
        retriever = Retriever(opened.index, opened.embedder, settings, weights=words)
        found = retriever.retrieve("tide water", top_k=50).evidence
        assert len({one.score for one in found}) == 2
        ids = [one.passage.document_id for one in found]
        assert ids == [*sorted(texts)[1::2], *sorted(texts)[::2]]


def test_an_abstention_gives_a_reason_and_the_closest_passages_all_the_same(
    library_settings: Settings,
) -> None:
    settings = library_settings.model_copy(update={"threshold": 1.0})
    with Retriever.open(settings.index, settings) as retriever:
        for question in ("Which zebra xylophone quarks?", *QUESTIONS):
            reply = retriever.retrieve(question, top_k=3)
            assert not reply.answerable
            assert reply.confidence < reply.threshold == 1.0
            assert reply.reason
            assert len(reply.evidence) == 3


def test_an_answerable_question_has_no_reason(library_settings: Settings) -> None:
    settings = library_settings.model_copy(update={"threshold": 0.0})
    with Retriever.open(settings.index, settings) as retriever:
        for question in QUESTIONS:
            reply = retriever.retrieve(question)
            assert reply.answerable
            assert reply.threshold == 0.0
            assert reply.reason is None


def test_nothing_is_answerable_where_nothing_fits_the_budget(library_settings: Settings) -> None:
    settings = library_settings.model_copy(update={"threshold": 0.0})
    with Retriever.open(settings.index, settings) as retriever:
        reply = retriever.retrieve(QUESTIONS[0], max_tokens=1)
    assert reply.evidence == ()
    assert not reply.answerable
    assert reply.reason


@pytest.mark.parametrize("kept", ["passage_similarity", "word_pairs"])
def test_given_weights_decide_the_order(library_settings: Settings, kept: str) -> None:
    with Retriever.open(library_settings.index, library_settings) as opened:
        names = opened.retrieve(QUESTIONS[0], explain=True).evidence[0].explanation
        assert names is not None
        weights = FusionWeights.of({name: float(name == kept) for name in names})
        retriever = Retriever(opened.index, opened.embedder, opened.settings, weights=weights)
        for one in retriever.retrieve(QUESTIONS[0], top_k=50, explain=True).evidence:
            assert one.explanation is not None
            assert one.score == pytest.approx(one.explanation[kept].normalised, abs=1e-6)


def test_a_question_longer_than_the_window_is_answered(retriever: Retriever) -> None:
    filler = "Please consider everything that you have read so far with care. " * 25
    for question in (filler + QUESTIONS[0], QUESTIONS[0] + " " + filler):
        assert retriever.embedder.count_tokens([question])[0] > retriever.embedder.identity.window
        reply = retriever.retrieve(question, top_k=3)
        assert reply.question == question.strip()
        assert any("separate condenser" in one.passage.text for one in reply.evidence)


def test_the_longest_question_allowed_is_answered_and_one_more_character_is_not(
    retriever: Retriever,
) -> None:
    limit = retriever.settings.max_question_characters
    assert retriever.retrieve("q" * limit).evidence
    with pytest.raises(InvalidQuestion, match=f"{limit + 1} characters"):
        retriever.retrieve("q" * (limit + 1))


@pytest.mark.parametrize("question", ["", " \n\t", "?!", "…", "\ud800 who?", 7, None, b"who?"])
def test_what_is_no_question_is_refused(retriever: Retriever, question: Any) -> None:
    with pytest.raises(InvalidQuestion):
        retriever.retrieve(question)


@pytest.mark.parametrize(
    "question", ["Who\0?", "a", "7", "<|endoftext|>", "'; DROP TABLE passages; --", "🏗 а́ e\u0301"]
)
def test_odd_questions_are_questions(retriever: Retriever, question: str) -> None:
    assert retriever.retrieve(question).evidence


@pytest.mark.parametrize("top_k", [0, -1, MAX_TOP_K + 1, 2.0, True, "3", None])
def test_a_top_k_out_of_bounds_is_refused(retriever: Retriever, top_k: Any) -> None:
    with pytest.raises(InvalidRequest, match="top_k") as caught:
        retriever.retrieve("Who?", top_k=top_k)
    assert "1 to 50" in caught.value.hint


@pytest.mark.parametrize("max_tokens", [0, -5, 100_001, 1.5, False, "9"])
def test_a_max_tokens_out_of_bounds_is_refused(retriever: Retriever, max_tokens: Any) -> None:
    with pytest.raises(InvalidRequest, match="max_tokens"):
        retriever.retrieve("Who?", max_tokens=max_tokens)


def test_an_index_of_another_model_is_refused_naming_both(
    library_settings: Settings,
) -> None:
    with pytest.raises(IndexMismatch) as caught:
        Retriever.open(
            library_settings.index, library_settings, embedder=HashingEmbedder(dimension=32)
        )
    assert "dimension 64 there, 32 here" in caught.value.message
    assert "qa-service index" in caught.value.hint


def test_an_index_that_is_refused_is_closed_again(
    library_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[OpenIndex] = []

    def open_and_keep(folder: Path) -> OpenIndex:
        opened.append(open_index(folder))
        return opened[-1]

    monkeypatch.setattr(module, "open_index", open_and_keep)
    with pytest.raises(IndexMismatch):
        Retriever.open(library_settings.index, embedder=HashingEmbedder(dimension=32))
    with pytest.raises(IndexMissing, match="closed"):
        opened[0].document("engines.md")


def test_a_folder_without_an_index_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="no index here"):
        Retriever.open(tmp_path)


def test_opening_and_closing_and_failing_to_open_leaves_no_descriptor(
    library_settings: Settings,
) -> None:
    def once() -> None:
        retriever = Retriever.open(library_settings.index, library_settings)
        retriever.retrieve("Who?")
        retriever.close()
        retriever.close()
        with pytest.raises(IndexMismatch):
            Retriever.open(library_settings.index, embedder=HashingEmbedder(dimension=32))

    before = held_below(library_settings.index)
    for _ in range(20):
        once()
    assert held_below(library_settings.index) == before


RULE = "Visitors register at the desk, wear a badge at all times and leave by the western gate."
WINTERS = {f"rest{n}.txt": f"The river froze in the winter of {1800 + n}.\n" for n in range(20)}
HOUSES = {f"{name}.md": f"---\ntitle: House {name}\n---\n{RULE}\n" for name in "abcdefgh"}


@contextmanager
def asking(tmp_path: Path, files: dict[str, str], **choices: Any) -> Iterator[Retriever]:
    settings = Settings.create(
        corpus=write_corpus(tmp_path / "corpus", files),
        index=tmp_path / "index",
        model="hashing",
        passage_tokens=32,
        **choices,
    )
    build_index(settings, HashingEmbedder())
    with Retriever.open(settings.index, settings) as opened:
        yield opened


def places(reply: Retrieval) -> list[tuple[str, list[str]]]:
    return [
        (one.passage.document_id, [name.partition("#")[0] for name in one.passage.also_in])
        for one in reply.evidence
    ]


def test_what_several_documents_say_is_given_once_from_the_one_that_fits_best(
    tmp_path: Path,
) -> None:
    names = sorted(HOUSES)
    with asking(tmp_path, HOUSES) as retriever:
        for asked in "aeh":
            reply = retriever.retrieve(f"Who wears a badge in house {asked.upper()} {asked}?")
            [(document_id, others)] = places(reply)
            assert [document_id, *others] == [f"{asked}.md", *(n for n in names if n[0] != asked)]
        [(document_id, _)] = places(retriever.retrieve("Who wears a badge?"))
        assert document_id == "a.md"


def test_another_copy_stands_in_where_a_filter_leaves_the_best_out(tmp_path: Path) -> None:
    filters = {"type": "in", "key": "document_id", "value": ["c.md", "g.md", "h.md"]}
    with asking(tmp_path, HOUSES) as retriever:
        reply = retriever.retrieve("Who wears a badge in house H h?", filters=filters)
        assert places(reply) == [("h.md", ["c.md", "g.md"])]
        reply = retriever.retrieve("Who wears a badge in house A a?", filters=filters)
        [(document_id, others)] = places(reply)
        assert sorted([document_id, *others]) == filters["value"]
        only = {"type": "eq", "key": "document_id", "value": "f.md"}
        assert places(retriever.retrieve("Who wears a badge?", filters=only)) == [("f.md", [])]


def test_copies_do_not_crowd_other_passages_out_of_the_candidates(tmp_path: Path) -> None:
    other = {"z.txt": "A badge is made of tin by the smith of the town.\n"}
    more = {f"a{n:02}.md": HOUSES["a.md"] for n in range(40)}  # than a first search asks for
    with asking(tmp_path, {**HOUSES, **more, **other, **WINTERS}, candidates=2) as retriever:
        found = places(retriever.retrieve("Who wears a badge?", top_k=2))
        assert [document_id for document_id, _ in found] == ["a.md", "z.txt"]


def test_another_number_or_a_negation_is_another_fact(tmp_path: Path) -> None:
    files = {
        "a.txt": "The ticket for the ferry costs 10 crowns on a weekday.\n",
        "b.txt": "The ticket for the ferry costs 12 crowns on a weekday.\n",
        "c.txt": "The ticket for the ferry costs 10 crowns, not on a weekday.\n",
        "d.txt": "The TICKET for the ferry costs 10 crowns, on a weekday.\n",
    }
    with asking(tmp_path, files) as retriever:
        found = places(retriever.retrieve("What does the ticket for the ferry cost?"))
        assert sorted(found) == [("a.txt", ["d.txt"]), ("b.txt", []), ("c.txt", [])]


def test_the_signals_count_a_text_once_however_often_it_stands_there(tmp_path: Path) -> None:
    with asking(tmp_path, {**HOUSES, **WINTERS}) as retriever:
        everything = retriever.retrieve("Who wears a badge?").signals
        some = {"type": "nin", "key": "document_id", "value": ["a.md", "rest0.txt"]}
        filtered = retriever.retrieve("Who wears a badge?", filters=some).signals
        assert everything is not None
        assert filtered is not None
        assert everything["log_passages"] == pytest.approx(math.log(21))
        assert filtered["log_passages"] == pytest.approx(math.log(20))


class Reading(WordOverlapReranker):
    """Remembers what it read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def score(self, question: str, texts: Sequence[str]) -> Logits:
        self.read += texts
        return super().score(question, texts)


def test_a_reranker_reads_each_text_once(tmp_path: Path) -> None:
    with asking(tmp_path, {**HOUSES, **WINTERS}) as opened:
        reranker = Reading()
        retriever = Retriever(opened.index, opened.embedder, opened.settings, reranker=reranker)
        reply = retriever.retrieve("Who wears a badge?", top_k=50)
        assert len(reply.evidence) == 21
        assert len(reranker.read) == opened.settings.rerank_candidates == 20
        assert sum(RULE in text for text in reranker.read) == 1


def test_copies_take_no_place_among_the_first_that_confidence_is_read_from(tmp_path: Path) -> None:
    dated = {"z.txt": "The badge of a visitor was first made at the desk in 1871.\n"}
    with asking(tmp_path, {**HOUSES, **dated, **WINTERS}) as retriever:
        signals = retriever.retrieve("In what year did visitors wear a badge at the desk?").signals
        assert signals is not None
        assert signals["kind_missing"] == 0


def test_joined_neighbours_name_where_they_stand_together(tmp_path: Path) -> None:
    ferry = "The ferry between the two banks ran every day, in fog and in frost, as of old times."
    texts = {"a": f"{ferry}\n\n{RULE}", "b": f"{ferry}\n\n{RULE}", "c": RULE, "d": ferry}
    files = {f"{n}.md": f"---\ntitle: Town\n---\n{text}\n" for n, text in texts.items()}
    with asking(tmp_path, {**files, **WINTERS}) as retriever:
        question = f"{ferry} {RULE}"
        reply = retriever.retrieve(question)
        assert len(reply.evidence[0].passage.sentences) == 2
        assert places(reply)[0] == ("a.md", ["b.md"])
        budget = reply.evidence[0].passage.tokens - 1
        alone = retriever.retrieve(question, max_tokens=budget).evidence[0].passage
        assert len(alone.sentences) == 1
        assert len(alone.also_in) == 2
