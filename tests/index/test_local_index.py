from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from descriptors import held_below
from qa_service.chunking.tokens import TokenCounter
from qa_service.embedding.hashing import HashingEmbedder
from qa_service.errors import IndexMismatch, IndexMissing
from qa_service.index import local_index
from qa_service.index.build import build_index
from qa_service.index.generation import opening as generation
from qa_service.index.local_index import OpenIndex
from qa_service.index.protocol import SearchIndex
from qa_service.index.reader import open_index
from qa_service.settings import Settings


def test_an_open_index_is_a_search_index(index: OpenIndex) -> None:
    search: SearchIndex = index
    assert search.version == "gen-000001"
    assert search.embedder_identity == HashingEmbedder().identity


def test_documents_are_listed_by_id_and_come_whole(index: OpenIndex, corpus: Path) -> None:
    ids = [info.id for info in index.documents()]
    assert ids == ["engines/steam.txt", "rivers.md", "глава.txt"]
    for document_id in ids:
        assert index.document(document_id).text == (corpus / document_id).read_text("utf-8")


def test_the_nearest_passage_and_sentence_hold_the_words(index: OpenIndex) -> None:
    vector = HashingEmbedder().embed(["James Watt added a separate condenser"])[0]
    passage = index.passages(index.nearest_passages(vector, 1).rows.tolist())[0]
    assert "separate condenser" in passage.text
    hit = index.nearest_sentences(vector, 1).rows
    owner = index.passages_of_sentences(hit)
    rows, places = index.sentence_rows(owner)
    assert hit[0] in rows
    assert places.tolist() == [0] * len(rows)
    assert index.passages(owner.tolist()) == [passage]


def test_a_mask_of_documents_limits_every_search(index: OpenIndex) -> None:
    mask = index.passage_mask(["rivers.md", "no such document"])
    rivers = set(np.flatnonzero(mask).tolist())
    assert {p.document_id for p in index.passages(sorted(rivers))} == {"rivers.md"}
    vector = HashingEmbedder().embed(["steam engine"])[0]
    terms = index.question_terms("steam engine kilometres")
    assert set(index.nearest_passages(vector, 99, mask).rows.tolist()) == rivers
    sentences = index.nearest_sentences(vector, 99, mask).rows
    assert set(index.passages_of_sentences(sentences).tolist()) == rivers
    assert set(index.best_lexical(terms, 99, mask).rows.tolist()) <= rivers
    assert not index.passage_mask([]).any()


def test_scores_at_rows_are_those_of_the_searches(index: OpenIndex) -> None:
    vector = HashingEmbedder().embed(["the Danube and the Rhine"])[0]
    terms = index.question_terms("Danube, Rhine, steam")
    dense = index.nearest_passages(vector, 99)
    assert np.array_equal(index.passage_cosines(vector, dense.rows), dense.scores)
    fine = index.nearest_sentences(vector, 99)
    assert np.array_equal(index.sentence_cosines(vector, fine.rows), fine.scores)
    lexical = index.best_lexical(terms, 99)
    assert np.array_equal(index.passage_lexical(terms, lexical.rows), lexical.scores)


def test_coverage_says_which_sentence_holds_which_term(index: OpenIndex) -> None:
    terms = index.question_terms("Volga kilometres zebra")
    rows = np.arange(index.sentence_count)
    scores, covered = index.sentence_matches(terms, rows)
    passages = index.passages(range(index.passage_count))
    texts = [sentence.text for passage in passages for sentence in passage.sentences]
    assert covered[:, 0].tolist() == ["Volga" in text for text in texts]
    assert not covered[:, 2].any()
    assert np.array_equal(scores > 0, covered.any(axis=1))


def test_neighbours_join_into_the_documents_own_text(index: OpenIndex, settings: Settings) -> None:
    count = TokenCounter(settings.token_encoding).count
    passages = index.passages(range(index.passage_count))
    joins = 0
    for row, (one, two) in enumerate(pairwise(passages)):
        assert index.joinable(row) == (one.document_id == two.document_id)
        if index.joinable(row):
            joined = index.joined(row, row + 1)
            text = index.document(one.document_id).text
            assert joined.text == text[one.start : two.end]
            assert joined.tokens == count(joined.text)
            joins += 1
    assert joins
    assert not index.joinable(index.passage_count - 1)
    assert index.joined(1, 1) == passages[1]


def test_tokens_of_sentences_are_counted_one_by_one(index: OpenIndex, settings: Settings) -> None:
    count = TokenCounter(settings.token_encoding).count
    for row, passage in enumerate(index.passages(range(index.passage_count))):
        first = index.first_sentence(row)
        assert index.sentence_rows(np.array([row]))[0][0] == first
        counts = index.sentence_tokens(first, len(passage.sentences)).tolist()
        assert counts == [count(sentence.text) for sentence in passage.sentences]


def test_pairs_of_words_score_the_passage_that_holds_them_together(index: OpenIndex) -> None:
    pairs = index.question_pairs("What about the Black Sea?")
    scores = index.pair_lexical(pairs, np.arange(index.passage_count))
    [best] = index.passages([int(scores.argmax())])
    assert "Black Sea" in best.text
    assert np.count_nonzero(scores) == 1


def test_questions_in_other_scripts_find_their_passages(index: OpenIndex) -> None:
    for question in ("домашняя птица", "蒸気機関", "cafe naive"):
        hits = index.best_lexical(index.question_terms(question), 1)
        assert index.passages(hits.rows.tolist())[0].document_id == "глава.txt"


def test_a_vector_of_another_dimension_is_a_mismatch(index: OpenIndex) -> None:
    with pytest.raises(IndexMismatch, match="64 dimensions"):
        index.nearest_passages(np.ones(3, np.float32), 1)


def test_threads_share_one_index(index: OpenIndex) -> None:
    vector = HashingEmbedder().embed(["a mine in 1712"])[0]
    terms = index.question_terms("mine 1712")

    def answer(_: int) -> object:
        rows = index.nearest_passages(vector, 3).rows.tolist()
        return index.passages(rows), index.best_lexical(terms, 3).rows.tolist()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(answer, range(64)))
    assert all(each == answers[0] for each in answers)


def test_passages_read_before_are_the_same_as_read_anew(
    index: OpenIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_index, "_KEPT_PASSAGES", 2)
    expected = [passage for _, passage in index.store.all_passages(index.layout)]
    for rows in ([0, 1], [1, 0, 1], [2, 0], range(len(expected)), [1]):
        assert index.passages(rows) == [expected[row] for row in rows]


def test_searching_a_closed_index_says_so(index: OpenIndex) -> None:
    index.passages([0])
    index.close()
    with pytest.raises(IndexMissing, match="closed"):
        index.passages([0])


@pytest.fixture
def searched_by_lists(settings: Settings) -> Iterator[OpenIndex]:
    """The same documents, their vectors found by inverted files and left on the disk."""
    build_index(settings.model_copy(update={"vector_index": "ivf"}), HashingEmbedder())
    with open_index(settings.index) as opened:
        yield opened


def test_an_index_searched_by_lists_answers_as_a_flat_one(
    index: OpenIndex, searched_by_lists: OpenIndex
) -> None:
    assert index.manifest.passage_search.kind == "flat"
    assert searched_by_lists.manifest.sentence_search.kind == "ivf"
    everything = np.arange(index.sentence_count)
    mask = index.passage_mask(["rivers.md"])
    for text in ("James Watt", "the Danube", "домашних птиц"):
        vector = HashingEmbedder().embed([text])[0]
        for one, other in (
            (index.nearest_passages(vector, 99), searched_by_lists.nearest_passages(vector, 99)),
            (index.nearest_sentences(vector, 99), searched_by_lists.nearest_sentences(vector, 99)),
            (
                index.nearest_sentences(vector, 9, mask),
                searched_by_lists.nearest_sentences(vector, 9, mask),
            ),
        ):
            assert np.array_equal(one.rows, other.rows)
            assert np.array_equal(one.scores, other.scores)
        assert np.array_equal(
            index.sentence_cosines(vector, everything),
            searched_by_lists.sentence_cosines(vector, everything),
        )


def test_a_mapped_index_answers_as_one_in_memory(
    index: OpenIndex, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generation, "_MAPPED", 1)
    monkeypatch.setattr(generation, "_HASHED_ALONE", 0)
    vector = HashingEmbedder().embed(["the condenser of Watt"])[0]
    with open_index(built) as mapped:
        terms = index.question_terms("condenser Watt zebra Black Sea")
        pairs = index.question_pairs("condenser Watt zebra Black Sea")
        rows = np.arange(index.passage_count)
        assert mapped.question_terms("condenser Watt zebra Black Sea") == terms
        assert mapped.question_pairs("condenser Watt zebra Black Sea") == pairs
        assert np.array_equal(
            mapped.passage_lexical(terms, rows), index.passage_lexical(terms, rows)
        )
        assert np.array_equal(mapped.pair_lexical(pairs, rows), index.pair_lexical(pairs, rows))
        assert np.array_equal(
            mapped.nearest_passages(vector, 9).rows, index.nearest_passages(vector, 9).rows
        )
        assert mapped.passages(rows.tolist()) == index.passages(rows.tolist())


def test_fifty_opens_of_lists_leak_no_descriptor(searched_by_lists: OpenIndex) -> None:
    folder = searched_by_lists.folder.parent
    before = held_below(folder)
    for _ in range(50):
        open_index(folder).close()
    assert held_below(folder) == before


def test_lists_answer_after_their_generation_was_pruned(
    searched_by_lists: OpenIndex, settings: Settings
) -> None:
    vector = HashingEmbedder().embed(["steam engine"])[0]
    before = searched_by_lists.nearest_passages(vector, 2)
    for _ in range(2):
        build_index(settings, HashingEmbedder(), full=True)
    assert not searched_by_lists.folder.exists()
    assert np.array_equal(searched_by_lists.nearest_passages(vector, 2).rows, before.rows)


def test_lists_of_a_closed_index_say_so(searched_by_lists: OpenIndex) -> None:
    vector = HashingEmbedder().embed(["steam engine"])[0]
    searched_by_lists.close()
    with pytest.raises(IndexMissing, match="closed"):
        searched_by_lists.nearest_passages(vector, 2)
