"""Any ranking, any labels: bounds, order, and agreement with the metrics written a second time."""

from __future__ import annotations

import json
import re
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_service.errors import EvaluationError
from qa_service.evaluation.answerability import (
    area_under_risk_coverage,
    auroc,
    expected_calibration_error,
)
from qa_service.evaluation.bootstrap import mean_intervals
from qa_service.evaluation.catalogue import BUDGETS, CUTOFFS
from qa_service.evaluation.labels import check_labels, reanchor
from qa_service.evaluation.metrics import budget_measures, judge, rank_measures
from qa_service.evaluation.questions import MULTI_SENTENCE, EvidenceSpan, Question, load_questions
from qa_service.evaluation.report_junit import render_junit
from qa_service.evaluation.report_markdown import escape
from qa_service.evaluation.report_questions import marked
from qa_service.evaluation.report_trec import docid
from qa_service.evaluation.results import Evaluation, Latency, QuestionResult
from qa_service.evaluation.summary import summarise, summarise_categories
from qa_service.records import Span

Place = tuple[str, int, int]

# A shared machine may pause in the middle of any example.
unhurried = settings(deadline=None)

starts = st.integers(0, 60)
places = st.tuples(st.sampled_from("ab"), starts, st.integers(1, 40)).map(
    lambda drawn: (drawn[0], drawn[1], drawn[1] + drawn[2])
)
rankings = st.lists(st.tuples(places, st.integers(1, 700)), max_size=15)
evidence = st.lists(
    places.map(lambda p: EvidenceSpan(*p, "x" * (p[2] - p[1]))), min_size=1, max_size=4, unique=True
)
questions = st.builds(
    lambda spans, category: Question("q", "?", True, category, tuple(spans)),
    evidence,
    st.sampled_from(["paraphrase", MULTI_SENTENCE]),
)


def characters(spans: Sequence[Place]) -> set[tuple[str, int]]:
    return {(document, at) for document, start, end in spans for at in range(start, end)}


def plain_measures(
    question: Question, ranking: Sequence[Place], tokens: Sequence[int]
) -> dict[str, float]:
    """The definitions once more, slowly, over sets of characters."""
    gold = [(e.document, e.start, e.end) for e in question.evidence]

    def rank_of(wanted: Sequence[Place]) -> float:
        for rank, (document, start, end) in enumerate(ranking, start=1):
            if any(document == d and start <= s and e <= end for d, s, e in wanted):
                return rank
        return float("inf")

    first = rank_of(gold)
    found = {f"hit@{k}": float(first <= k) for k in CUTOFFS}
    for k in CUTOFFS:
        ranks = [rank_of([g]) for g in gold] if question.category == MULTI_SENTENCE else [first]
        found[f"recall@{k}"] = sum(rank <= k for rank in ranks) / len(ranks)
    found["mrr@10"] = 1 / first if first <= 10 else 0.0
    wanted = characters(gold)
    for budget in BUDGETS:
        kept: list[Place] = []
        used = 0
        for place, count in zip(ranking, tokens, strict=True):
            if used + count > budget:
                break
            used += count
            kept.append(place)
        read = characters(kept)
        found[f"char_recall@{budget}"] = len(wanted & read) / len(wanted)
        found[f"char_precision@{budget}"] = len(wanted & read) / len(read) if read else 0.0
        found[f"char_iou@{budget}"] = len(wanted & read) / len(wanted | read)
    return found


def measured(question: Question, ranked: Sequence[tuple[Place, int]]) -> dict[str, float]:
    ranking, tokens = [place for place, _ in ranked], [count for _, count in ranked]
    return rank_measures(judge(question, ranking)) | budget_measures(question, ranking, tokens)


@unhurried
@given(questions, rankings)
def test_measures_agree_exactly_with_their_plain_second_version(
    question: Question, ranked: list[tuple[Place, int]]
) -> None:
    found = measured(question, ranked)
    found.pop("ndcg@10")
    assert found == plain_measures(question, [p for p, _ in ranked], [n for _, n in ranked])


@unhurried
@given(questions, rankings)
def test_every_measure_is_a_share(question: Question, ranked: list[tuple[Place, int]]) -> None:
    assert all(0 <= value <= 1 + 1e-12 for value in measured(question, ranked).values())


@unhurried
@given(questions, rankings)
def test_recall_never_falls_with_more_passages_or_more_tokens(
    question: Question, ranked: list[tuple[Place, int]]
) -> None:
    found = measured(question, ranked)
    for stem, sizes in (("hit", CUTOFFS), ("recall", CUTOFFS), ("char_recall", BUDGETS)):
        assert all(found[f"{stem}@{a}"] <= found[f"{stem}@{b}"] for a, b in pairwise(sizes))


@unhurried
@given(questions, rankings)
def test_evidence_in_one_first_passage_is_perfect(
    question: Question, ranked: list[tuple[Place, int]]
) -> None:
    everything: list[tuple[Place, int]] = [(("a", 0, 1000), 1), (("b", 0, 1000), 1)]
    if {e.document for e in question.evidence} == {"a"}:
        found = measured(question, everything + ranked)
        assert found["recall@1"] == found["mrr@10"] == found["char_recall@250"] == 1


@unhurried
@given(
    st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1, max_size=30),
    st.randoms(use_true_random=False),
)
def test_answerability_figures_are_shares_and_do_not_depend_on_order(
    drawn: list[tuple[bool, float]], random: Random
) -> None:
    def figures(pairs: list[tuple[bool, float]]) -> list[float]:
        flags = np.array([flag for flag, _ in pairs])
        confidence = np.array([value for _, value in pairs])
        ones = np.ones((1, len(pairs)))
        return [
            float(statistic(flags, confidence, ones)[0])
            for statistic in (auroc, expected_calibration_error, area_under_risk_coverage)
        ]

    shuffled = list(drawn)
    random.shuffle(shuffled)
    found = figures(drawn)
    assert np.allclose(found, figures(shuffled), equal_nan=True)
    assert all(np.isnan(value) or -1e-12 <= value <= 1 + 1e-12 for value in found)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_intervals_hold_their_mean_and_stay_within_the_values(values: list[float]) -> None:
    bounds = mean_intervals(np.array(values)[:, None], resamples=200)[0]
    assert min(values) - 1e-9 <= bounds.low <= bounds.high <= max(values) + 1e-9
    assert bounds.value == pytest.approx(np.mean(values))


@unhurried
@given(st.text(min_size=1, max_size=40), st.text(max_size=30), st.data())
def test_a_moved_quote_is_found_again_or_left_alone(
    text: str, inserted: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    question = Question("q", "?", True, "c", (EvidenceSpan("d", start, end, text[start:end]),))
    assert check_labels([question], {"d": text}) == []
    changed = {"d": inserted + text}
    reanchored = reanchor([question], changed)
    assert len(check_labels(reanchored.questions, changed)) == len(reanchored.left)


lines = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 99) | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "question", "answerable", "category", "evidence", "pinned"])
            | st.sampled_from(["document", "start", "end", "quote"]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


@unhurried
@given(st.lists(lines.map(json.dumps) | st.text(max_size=30), max_size=3))
def test_any_label_file_is_read_or_refused_by_name(content: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "q.jsonl"
        path.write_text("\n".join(content), "utf-8")
        try:
            load_questions(path)
        except EvaluationError as error:
            assert "q.jsonl" in error.message  # noqa: PT017
            assert error.hint  # noqa: PT017


@unhurried
@given(st.text(max_size=60))
def test_any_text_survives_the_reports(text: str) -> None:
    question = Question("q", text, False, "near-miss", ())
    measures = {"false_answer": 1.0, "brier": 1.0}
    result = QuestionResult(question, (), 1.0, 0.5, True, text, (), None, (), measures, 1.0)
    evaluation = Evaluation(
        (result,), summarise([result]), summarise_categories([result]), Latency(1, 1), 5, text,
        "a" * 64, "b" * 64, {},
    )  # fmt: skip
    ET.fromstring(render_junit(evaluation))
    assert "\n" not in escape(text)
    assert "<" not in escape(text)


@unhurried
@given(st.text(max_size=20), st.text(max_size=20))
def test_trec_ids_are_one_column_and_distinct(first: str, second: str) -> None:
    assert len(f"x{docid(first)}".split()) == 1
    assert (docid(first) == docid(second)) == (first == second)


@unhurried
@given(
    st.text(st.characters(exclude_characters="<>&\"'"), min_size=1, max_size=30),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=4),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=4),
)
def test_marking_changes_no_character_of_a_passage(
    text: str, gold: list[tuple[int, int]], seen: list[tuple[int, int]]
) -> None:
    kinds = {"gold": gold, "seen": seen}
    spans = {kind: [Span(min(s), max(s)) for s in some] for kind, some in kinds.items()}
    page = marked(text, 0, len(text), spans)
    assert re.sub(r'</?mark( class="[a-z ]+")?>', "", page) == text
