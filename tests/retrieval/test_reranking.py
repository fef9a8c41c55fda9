from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from conftest import QUESTIONS, write_corpus
from qa_service.embedding.hashing import HashingEmbedder
from qa_service.embedding.reranker import Logits
from qa_service.errors import ModelNotFound, WindowExceeded
from qa_service.index.build import build_index
from qa_service.records import Retrieval
from qa_service.retrieval.reranking import FEATURE, passage_logits, rerank
from qa_service.retrieval.retriever import Retriever
from qa_service.settings import Settings


class Judge:
    """A reranker of words with a window and an opinion; remembers what it read."""

    def __init__(self, opinion: Callable[[str], float], window: int = 1000) -> None:
        self.opinion = opinion
        self.window = window
        self.read: list[tuple[str, str]] = []

    def count_tokens(self, question: str, texts: Sequence[str]) -> list[int]:
        return [len(question.split()) + len(text.split()) + 3 for text in texts]

    def score(self, question: str, texts: Sequence[str]) -> Logits:
        counts = self.count_tokens(question, texts)
        if any(count > self.window for count in counts):
            raise WindowExceeded(f"{max(counts)} tokens")
        self.read += [(question, text) for text in texts]
        return np.array([self.opinion(text) for text in texts], dtype=np.float32)


def reranked(retriever: Retriever, judge: Judge, **settings: object) -> Retriever:
    """The same index and embedder with a reranker."""
    changed = retriever.settings.model_copy(update=settings)
    return Retriever(retriever.index, retriever.embedder, changed, reranker=judge)


def ids(reply: Retrieval) -> list[str]:
    return [one.passage.id for one in reply.evidence]


def mentions(word: str) -> Callable[[str], float]:
    return lambda text: 3.0 if word in text else -3.0


def test_the_passage_the_reranker_prefers_comes_first(retriever: Retriever) -> None:
    question = "Who added a separate condenser?"
    assert "turbines" not in retriever.retrieve(question).evidence[0].passage.text
    whole = reranked(retriever, Judge(mentions("turbines")), rerank_weight=1.0)
    first = whole.retrieve(question).evidence[0]
    assert "turbines" in first.passage.text
    assert first.score == 1


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_weight_of_0_changes_nothing_but_the_explanation(
    retriever: Retriever, question: str
) -> None:
    plain = retriever.retrieve(question, top_k=50)
    weightless = reranked(retriever, Judge(mentions("coal")), rerank_weight=0.0)
    assert weightless.retrieve(question, top_k=50).evidence == plain.evidence


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("weight", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("candidates", [2, 5, 200])
def test_scores_fall_lie_between_0_and_1_and_are_what_the_explanation_adds_up_to(
    retriever: Retriever, question: str, weight: float, candidates: int
) -> None:
    judge = Judge(lambda text: len(text) % 7 - 3.0)
    asked = reranked(retriever, judge, rerank_weight=weight, rerank_candidates=candidates)
    reply = asked.retrieve(question, top_k=50, explain=True)
    scores = [one.score for one in reply.evidence]
    assert scores == sorted(scores, reverse=True)
    for one in reply.evidence:
        assert 0 <= one.score <= 1 + 1e-6
        assert one.explanation is not None
        terms = one.explanation.values()
        total = sum(term.weight * term.normalised for term in terms)
        assert total == pytest.approx(one.score, abs=1e-5)
        weights = 1 if FEATURE in one.explanation else 1 - weight
        assert sum(term.weight for term in terms) == pytest.approx(weights)


def test_the_explanation_holds_the_raw_logit_and_its_weight(retriever: Retriever) -> None:
    asked = reranked(retriever, Judge(mentions("condenser")), rerank_weight=0.4)
    reply = asked.retrieve(QUESTIONS[0], explain=True)
    found = {one.explanation[FEATURE] for one in reply.evidence if one.explanation}
    assert {(term.value, term.normalised, term.weight) for term in found} == {
        (3.0, 1.0, 0.4),
        (-3.0, 0.0, 0.4),
    }


def test_only_so_many_passages_are_read_and_the_others_stay_below(retriever: Retriever) -> None:
    question = "The harbour of Lindholm and the ferry on the Danube"
    plain = retriever.retrieve(question, top_k=50)
    judge = Judge(lambda text: float(len(judge.read)))
    asked = reranked(retriever, judge, rerank_candidates=3, rerank_weight=0.9)
    reply = asked.retrieve(question, top_k=50, explain=True)
    assert len(judge.read) == 3
    assert len(reply.evidence) == len(plain.evidence) > 4
    explained = [FEATURE in (one.explanation or {}) for one in reply.evidence]
    assert explained == sorted(explained, reverse=True)
    assert sum(explained) <= 3  # neighbours may have been joined


def test_the_first_candidates_are_read_whatever_the_reply_asks_for(retriever: Retriever) -> None:
    for top_k in (1, 5, 50):
        judge = Judge(mentions("coal"))
        few = reranked(retriever, judge, rerank_candidates=6).retrieve(QUESTIONS[0], top_k=top_k)
        assert len(judge.read) == 6
        most = reranked(retriever, judge, rerank_candidates=6).retrieve(QUESTIONS[0], top_k=50)
        assert few.evidence == most.evidence[:top_k]


def test_opinions_that_do_not_differ_leave_the_order(retriever: Retriever) -> None:
    for question in QUESTIONS:
        plain = retriever.retrieve(question, top_k=50, max_tokens=400)
        asked = reranked(retriever, Judge(lambda _: 5.0))
        assert ids(asked.retrieve(question, top_k=50, max_tokens=400)) == ids(plain)


def test_ties_break_by_fused_score_then_by_row(retriever: Retriever) -> None:
    rows = np.array([3, 5, 7, 9])
    fused = np.array([0.2, 0.8, 0.2, 0.8], np.float32)
    found = rerank(
        retriever.index, Judge(lambda _: 0.0), "?", rows, fused, candidates=2, weight=1.0
    )
    assert rows[found.order].tolist() == [5, 9, 3, 7]
    assert found.scores.tolist() == [0, 0, 0, 0]
    assert found.places.tolist() == [1, 3]


@pytest.mark.parametrize("logit", [1e6, 88.0, 0.0, -88.0, -1e6])
def test_extreme_logits_stay_numbers(retriever: Retriever, logit: float) -> None:
    judge = Judge(lambda text: logit if "coal" in text else -logit)
    for one in reranked(retriever, judge).retrieve(QUESTIONS[0], top_k=50).evidence:
        assert 0 <= one.score <= 1


def test_a_passage_is_read_below_its_title(retriever: Retriever) -> None:
    judge = Judge(mentions("coal"))
    passages = retriever.index.passages([0, 1])
    passage_logits(judge, "Who?", passages)
    assert all(text.startswith(passages[0].title) for _, text in judge.read)


def long_passage(tmp_path: Path) -> Retriever:
    sentences = [f"Sentence number {n} tells of day {n}." for n in range(12)]
    settings = Settings.create(
        corpus=write_corpus(tmp_path / "corpus", {"days.txt": "Days\n\n" + " ".join(sentences)}),
        index=tmp_path / "index",
        model="hashing",
        passage_tokens=400,
    )
    build_index(settings, HashingEmbedder())
    return Retriever.open(settings.index, settings)


def test_a_passage_too_long_for_the_window_is_read_in_whole_sentences_none_left_out(
    tmp_path: Path,
) -> None:
    judge = Judge(lambda text: 4.0 if "day 9." in text else -4.0, window=30)
    with long_passage(tmp_path) as retriever:
        passages = retriever.index.passages(range(retriever.index.passage_count))
        [score] = passage_logits(judge, "What of day nine?", passages[-1:])
    assert score == 4
    texts = [text.removeprefix("Days\n") for _, text in judge.read]
    assert len(texts) > 2
    whole = " ".join(f"Sentence number {n} tells of day {n}." for n in range(12))
    assert " ".join(" ".join(texts).split()).endswith(whole)
    assert all(text.startswith("Days") for _, text in judge.read)
    assert all(text.endswith(".") for text in texts)


def test_a_title_that_would_fill_the_window_is_left_out_of_it(tmp_path: Path) -> None:
    judge = Judge(len, window=24)
    with long_passage(tmp_path) as retriever:
        [passage] = retriever.index.passages([retriever.index.passage_count - 1])
        passage = dataclasses.replace(passage, title=" ".join(["long"] * 13))
        passage_logits(judge, "What of day nine?", [passage])
    assert not any(text.startswith("long") for _, text in judge.read)
    assert sum("Sentence number" in text for _, text in judge.read) > 1


def test_a_question_longer_than_half_of_the_window_is_read_in_parts_and_their_mean_counts(
    retriever: Retriever,
) -> None:
    question = "Where does the Danube rise? And who was it that added a separate condenser?"
    opinions = {"Where": 1.0, "And": 4.0}

    class ByPart(Judge):
        def score(self, question: str, texts: Sequence[str]) -> Logits:
            return super().score(question, texts) + np.float32(opinions[question.split()[0]])

    judge = ByPart(lambda _: 0.0, window=24)
    passages = retriever.index.passages([0, 1, 2])
    assert passage_logits(judge, question, passages).tolist() == [2.5, 2.5, 2.5]
    parts = {part for part, _ in judge.read}
    assert len(parts) > 1
    assert " ".join(sorted(parts, key=question.index)) == question


def test_the_setting_switches_it_on(library_settings: Settings) -> None:
    settings = library_settings.model_copy(update={"reranker": "word-overlap"})
    with Retriever.open(settings.index, settings) as retriever:
        reply = retriever.retrieve("Who added a separate condenser?", explain=True)
    assert "James Watt" in reply.evidence[0].passage.text
    assert FEATURE in (reply.evidence[0].explanation or {})


def test_a_reranker_that_is_not_there_is_one_clear_error_and_leaves_nothing_open(
    library_settings: Settings, tmp_path: Path
) -> None:
    settings = library_settings.model_copy(update={"reranker": str(tmp_path / "gone")})
    with pytest.raises(ModelNotFound, match="reranker") as caught:
        Retriever.open(settings.index, settings)
    assert "QA_RERANKER" in caught.value.hint


def test_without_the_setting_not_even_its_modules_are_imported(library_settings: Settings) -> None:
    program = (
        "import sys\n"
        "from qa_service import Retriever\n"
        f"with Retriever.open({str(library_settings.index)!r}) as retriever:\n"
        "    retriever.retrieve('Who added a separate condenser?', explain=True)\n"
        "words = ('rerank', 'cross_encoder', 'word_overlap', 'retrieval.windows')\n"
        "print([name for name in sys.modules if any(word in name for word in words)])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stderr
