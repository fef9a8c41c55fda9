from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from qa_service.chunking.tokens import TokenCounter
from qa_service.index.protocol import LONGEST_JOIN
from qa_service.retrieval.highlights import SentenceScores
from qa_service.retrieval.retriever import Retriever
from qa_service.retrieval.selection import Selected, select

counter = TokenCounter("cl100k_base")
ENGINES, HARBOUR, DANUBE = "engines.md", "ports/lindholm harbour.txt", "rivers/danube.md"


@pytest.fixture(scope="module")
def alike(retriever: Retriever) -> SentenceScores:
    rows = np.arange(retriever.index.sentence_count)
    return SentenceScores(rows, np.full(len(rows), 0.5, dtype=np.float32))


def rows_of(retriever: Retriever, document_id: str) -> list[int]:
    return np.flatnonzero(retriever.index.passage_mask([document_id])).tolist()


def chosen(
    retriever: Retriever,
    ranked: Sequence[int],
    top_k: int,
    max_tokens: int | None,
    sentence_scores: SentenceScores,
    scores: Sequence[float] | None = None,
) -> list[Selected]:
    """What is selected of these rows, which score alike unless told otherwise."""
    given = [0.5] * len(ranked) if scores is None else scores
    return select(retriever.index, ranked, given, top_k, max_tokens, sentence_scores)


def spans(selected: Sequence[Selected]) -> list[tuple[int, int]]:
    return [(one.passage.start, one.passage.end) for one in selected]


def test_neighbours_within_the_first_ranks_are_joined(
    retriever: Retriever, alike: SentenceScores
) -> None:
    first, second, third = rows_of(retriever, ENGINES)
    one, _, three = retriever.index.passages([first, second, third])
    for ranked in ([first, second, third], [second, third, first], [third, first, second]):
        [joined] = chosen(retriever, ranked, 5, None, alike)
        text = retriever.index.document(ENGINES).text
        assert spans([joined]) == [(one.start, three.end)]
        assert joined.passage.text == text[one.start : three.end]
        assert joined.passage.tokens == counter.count(joined.passage.text)
        assert joined.row == ranked[0]
        assert joined.first_sentence == retriever.index.first_sentence(first)


def test_a_neighbour_that_scores_far_less_stays_apart(
    retriever: Retriever, alike: SentenceScores
) -> None:
    # What hardly fits the question would only use up the reader's budget.
    first, second, _ = rows_of(retriever, ENGINES)
    for ranked in ([first, second], [second, first]):
        assert len(chosen(retriever, ranked, 5, None, alike, [0.8, 0.7])) == 1
        found = chosen(retriever, ranked, 5, None, alike, [0.8, 0.2])
        assert [one.row for one in found] == ranked


def test_rows_that_are_no_neighbours_stay_apart(
    retriever: Retriever, alike: SentenceScores
) -> None:
    first, _, third = rows_of(retriever, ENGINES)
    found = chosen(retriever, [third, first], 5, None, alike)
    assert [one.row for one in found] == [third, first]


def test_neighbours_beyond_the_first_ranks_stay_apart(
    retriever: Retriever, alike: SentenceScores
) -> None:
    one, two, _ = rows_of(retriever, ENGINES)
    others = [rows_of(retriever, name)[0] for name in (HARBOUR, DANUBE, "наука/глава.txt")]
    far = rows_of(retriever, HARBOUR)[3]
    ranked = [*others, far, one, two]  # ``two`` is sixth
    found = chosen(retriever, ranked, 10, None, alike)
    assert [selected.row for selected in found] == ranked


def test_the_last_of_one_document_is_not_joined_with_the_first_of_the_next(
    retriever: Retriever, alike: SentenceScores
) -> None:
    last, following = rows_of(retriever, ENGINES)[-1], rows_of(retriever, HARBOUR)[0]
    assert following == last + 1
    found = chosen(retriever, [last, following], 5, None, alike)
    assert [one.row for one in found] == [last, following]


def test_no_more_than_three_are_joined(retriever: Retriever, alike: SentenceScores) -> None:
    rows = rows_of(retriever, HARBOUR)
    assert len(rows) == 5
    found = chosen(retriever, [rows[2], *rows[:2], *rows[3:]], 10, None, alike)
    text = retriever.index.document(HARBOUR).text
    covered: list[int] = []
    for one in found:
        inside = [
            row
            for row, passage in zip(rows, retriever.index.passages(rows), strict=True)
            if one.passage.start <= passage.start and passage.end <= one.passage.end
        ]
        assert len(inside) <= LONGEST_JOIN
        assert one.passage.text == text[one.passage.start : one.passage.end]
        covered += inside
    assert sorted(covered) == rows  # none lost, none twice


def test_the_same_text_is_given_once_from_where_it_ranked_first(
    retriever: Retriever, alike: SentenceScores
) -> None:
    own, copy = rows_of(retriever, DANUBE)[1], rows_of(retriever, "rivers/ferry.txt")[0]
    assert len({passage.text for passage in retriever.index.passages([own, copy])}) == 1
    for ranked in ([own, copy], [copy, own]):
        [one] = chosen(retriever, ranked, 5, None, alike)
        assert one.row == ranked[0]


def test_a_repeat_costs_neither_a_place_nor_budget(
    retriever: Retriever, alike: SentenceScores
) -> None:
    own, copy = rows_of(retriever, DANUBE)[1], rows_of(retriever, "rivers/ferry.txt")[0]
    other = rows_of(retriever, ENGINES)[0]
    first, last = retriever.index.passages([own, other])
    budget = first.tokens + last.tokens
    found = chosen(retriever, [own, copy, other], 2, budget, alike)
    assert [one.row for one in found] == [own, other]


def test_a_passage_that_does_not_fit_is_passed_over_for_one_that_does(
    retriever: Retriever, alike: SentenceScores
) -> None:
    large, small = rows_of(retriever, ENGINES)[0], rows_of(retriever, HARBOUR)[2]
    one, two = retriever.index.passages([large, small])
    assert two.tokens < one.tokens
    found = chosen(retriever, [large, small], 5, two.tokens, alike)
    assert [selected.row for selected in found] == [small]


def test_where_a_join_does_not_fit_its_best_passage_stands_alone(
    retriever: Retriever, alike: SentenceScores
) -> None:
    first, second, _ = rows_of(retriever, ENGINES)
    [passage] = retriever.index.passages([second])
    found = chosen(retriever, [second, first], 5, passage.tokens + 1, alike)
    assert spans(found) == [(passage.start, passage.end)]


def test_a_join_that_does_not_fit_is_taken_apart_and_what_fits_of_it_stands(
    retriever: Retriever, alike: SentenceScores
) -> None:
    first, second, third = rows_of(retriever, ENGINES)
    tokens = [passage.tokens for passage in retriever.index.passages([first, second])]
    found = chosen(retriever, [second, first, third], 5, sum(tokens), alike)
    assert [selected.row for selected in found][:2] == [second, first]
    assert [selected.passage.tokens for selected in found][:2] == tokens[::-1]


def test_where_nothing_fits_the_best_sentence_that_does_stands_alone(
    retriever: Retriever,
) -> None:
    row = rows_of(retriever, ENGINES)[0]
    [passage] = retriever.index.passages([row])
    first = retriever.index.first_sentence(row)
    tokens = counter.count_many([sentence.text for sentence in passage.sentences])
    for best in range(len(passage.sentences)):
        values = np.full(retriever.index.sentence_count, 0.1, dtype=np.float32)
        values[first + best] = 0.9
        scores = SentenceScores(np.arange(len(values)), values)
        [alone] = chosen(retriever, [row], 5, tokens[best], scores)
        sentence = passage.sentences[best]
        assert alone.passage.text == sentence.text
        assert alone.passage.tokens == tokens[best]
        assert alone.passage.sentences == (sentence,)
        assert alone.first_sentence == first + best
        assert alone.passage.id == f"{ENGINES}#char={sentence.start},{sentence.end}"


def test_where_no_sentence_fits_nothing_is_given(
    retriever: Retriever, alike: SentenceScores
) -> None:
    ranked = rows_of(retriever, ENGINES)
    assert chosen(retriever, ranked, 5, 1, alike) == []
