from __future__ import annotations

import numpy as np
import pytest

from conftest import QUESTIONS
from qa_service.index.lexical.analysis import analyze
from qa_service.index.protocol import QuestionTerm
from qa_service.retrieval.features import FEATURES, FeatureTable
from qa_service.retrieval.highlights import sentence_scores
from qa_service.retrieval.question import read_question
from qa_service.retrieval.retriever import Retriever
from qa_service.retrieval.signals import (
    ANSWER_SIGNALS,
    TOPIC_SIGNALS,
    _share_missing,
    read_signals,
)

Passages = list[list[tuple[str, float]]]


def read(
    question: str, passages: Passages, searched: int = 100, language: str = ""
) -> dict[str, float]:
    """Signals of passages given as (sentence, cosine), best first; every term has idf 2."""
    terms = [QuestionTerm(term, 2.0, True) for term in dict.fromkeys(analyze(question))]
    texts = [text for passage in passages for text, _ in passage]
    holds = np.array(
        [[term.term in analyze(text) for term in terms] for text in texts], dtype=np.bool_
    ).reshape(len(texts), len(terms))
    idf = np.full(len(terms), 2, dtype=np.float32)
    total = float(idf.sum())
    owner = np.repeat(np.arange(len(passages)), [len(passage) for passage in passages])
    table = FeatureTable(
        rows=np.arange(len(passages)),
        values=np.full((len(passages), len(FEATURES)), 0.5, dtype=np.float32),
        sentence_rows=np.arange(len(texts)),
        sentence_owner=owner,
        sentence_cosine=np.array([c for p in passages for _, c in p], dtype=np.float32),
        sentence_holds=holds,
        sentence_coverage=(holds @ idf / (total or 1)).astype(np.float32),
        passage_coverage=np.zeros(len(passages), dtype=np.float32),
        term_idf=idf,
        total_idf=total,
        rarest_idf=4.0,
    )
    return read_signals(
        read_question(question, max_characters=1000),
        terms,
        table,
        sentence_scores(table),
        np.arange(len(passages)),
        [[text for text, _ in passage] for passage in passages[:3]],
        searched,
        [language] * len(passages),
    )


FITTING: Passages = [
    [("It was wet.", 0.1), ("Watt built the engine in 1769.", 0.8), ("Coal was dear.", 0.2)],
    [("Ships came by.", 0.3)],
]


def test_every_signal_is_read_and_no_other() -> None:
    assert set(read("What did Watt build?", FITTING)) == {*TOPIC_SIGNALS, *ANSWER_SIGNALS}


def test_a_sentence_that_says_it_all_leaves_nothing_missing() -> None:
    found = read("Who built the engine?", FITTING)
    assert found["sentence_similarity"] == pytest.approx(0.8)
    assert found["sentence_match"] == pytest.approx(0.6 * 0.8 + 0.4)
    absent = ("rarest_missing", "negation_missing", "opposite_word")
    absent += ("number_missing", "name_missing", "kind_missing", "kind_not_near")
    assert {name: found[name] for name in absent} == dict.fromkeys(absent, 0.0)


def test_a_missing_word_is_measured_against_the_rarest() -> None:
    found = read("Who built the engine of gold?", FITTING)
    assert found["rarest_missing"] == pytest.approx(2 / 4)


def test_a_number_must_stand_in_the_closest_sentence() -> None:
    assert read("What did Watt build in 1769?", FITTING)["number_missing"] == 0
    assert read("What did Watt build in 1770?", FITTING)["number_missing"] == 1
    assert read("What was built in 1769 and 1770?", FITTING)["number_missing"] == 0.5


def test_a_name_may_stand_in_the_sentence_beside_it() -> None:
    passages: Passages = [[("Watt came.", 0.1), ("He built the engine.", 0.8), ("Rain.", 0.1)]]
    assert read("What engine was built by Watt?", passages)["name_missing"] == 0
    assert read("What engine was built by Newcomen?", passages)["name_missing"] == 1
    far: Passages = [[("Watt came.", 0.1), ("Rain.", 0.1), ("He built the engine.", 0.8)]]
    assert read("What engine was built by Watt?", far)["name_missing"] == 1


def test_a_name_in_the_next_passage_is_not_beside_it() -> None:
    passages: Passages = [[("He built the engine.", 0.8)], [("Watt came.", 0.1)]]
    assert read("What engine was built by Watt?", passages)["name_missing"] == 1


def test_a_denial_must_be_in_the_sentence_too() -> None:
    assert read("What did Watt not build?", FITTING)["negation_missing"] == 1
    denied: Passages = [[("Watt did not build the mill.", 0.8)]]
    assert read("What did Watt not build?", denied)["negation_missing"] == 0
    assert read("What did Watt build?", denied)["negation_missing"] == 0


def test_an_opposite_counts_only_for_a_missing_word() -> None:
    early: Passages = [[("The earliest engine was slow.", 0.8)]]
    assert read("Was the latest engine slow?", early)["opposite_word"] == 1
    both: Passages = [[("The earliest engine was slow, the latest fast.", 0.8)]]
    assert read("Was the latest engine slow?", both)["opposite_word"] == 0


def test_the_words_around_are_those_of_the_passages_own_language() -> None:
    german: Passages = [[("Die Fabrik baute Watt.", 0.8)]]
    assert read("When was Watt born?", german)["opposite_word"] == 1  # "die", by English rules
    assert read("When was Watt born?", german, language="de")["opposite_word"] == 0


def test_a_name_written_in_several_languages_is_missing_only_where_none_is_held() -> None:
    names = frozenset({"houston", "paris"})
    terms = [QuestionTerm("housto", 2.0, True, ("houston",)), QuestionTerm("open", 1.0, True)]
    idf = np.array([2, 1], dtype=np.float32)
    share = _share_missing(terms, names, idf, np.array([True, False]))
    assert share == 1
    assert _share_missing(terms, names, idf, np.array([False, True])) == 0


def test_an_opposite_may_stand_in_the_sentence_beside_it() -> None:
    beside: Passages = [[("The engine was slow to heat.", 0.8), ("It was the earliest.", 0.1)]]
    assert read("Was the latest engine slow to heat?", beside)["opposite_word"] == 1
    found: Passages = [[("The engine was slow.", 0.8), ("It was the latest, not earliest.", 0.1)]]
    assert read("Was the latest engine slow?", found)["opposite_word"] == 0


def test_similarity_speaks_for_an_answer_only_where_it_is_high() -> None:
    def close(cosine: float) -> float:
        return read("Who?", [[("Nobody knows.", cosine)]])["close_similarity"]

    assert close(0.1) == close(0.4) == 0.5
    assert close(0.9) == pytest.approx(0.9)


def test_the_kind_asked_for_may_stand_in_any_first_passage_or_around_the_closest() -> None:
    plain: Passages = [[("Watt built the engine.", 0.8)], [("It was new.", 0.1)]]
    found = read("When did Watt build the engine?", plain)
    assert (found["kind_missing"], found["kind_not_near"]) == (1, 1)
    dated: Passages = [[("Watt built the engine.", 0.8)], [("It was 1769.", 0.1)]]
    found = read("When did Watt build the engine?", dated)
    assert (found["kind_missing"], found["kind_not_near"]) == (0, 1)
    beside: Passages = [[("Watt built the engine.", 0.8), ("It was 1769.", 0.1)]]
    found = read("When did Watt build the engine?", beside)
    assert (found["kind_missing"], found["kind_not_near"]) == (1, 0)


def test_sizes_beyond_what_was_fitted_on_count_as_its_ends() -> None:
    sizes = [read("Who?", FITTING, searched)["log_passages"] for searched in (1, 6, 3000, 10**7)]
    assert sizes[0] == sizes[1] < sizes[2] == sizes[3]


def test_a_question_of_stop_words_alone_is_read() -> None:
    found = read("Who is it?", FITTING)
    assert found["rarest_missing"] == 0
    assert all(np.isfinite(value) for value in found.values())


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_reply_carries_its_signals_and_they_are_shares(
    retriever: Retriever, question: str
) -> None:
    signals = retriever.retrieve(question).signals
    assert signals is not None
    for name in ANSWER_SIGNALS:
        assert 0 <= signals[name] <= 1 + 1e-6


def test_filters_count_only_what_they_admit(retriever: Retriever) -> None:
    only = {"type": "eq", "key": "document_id", "value": "rivers/ferry.txt"}
    one = retriever.retrieve("ferry", filters=only).signals
    everything = retriever.retrieve("ferry").signals
    assert one is not None
    assert everything is not None
    assert one["log_passages"] < everything["log_passages"]


def test_the_closest_sentence_is_chosen_by_score_not_by_rank_of_its_passage() -> None:
    passages: Passages = [[("Rain fell.", 0.2)], [("Watt built it in 1769.", 0.9)]]
    assert read("What did Watt build in 1769?", passages)["number_missing"] == 0
    swapped = [passages[1], passages[0]]
    assert read("What did Watt build in 1769?", swapped)["number_missing"] == 0
