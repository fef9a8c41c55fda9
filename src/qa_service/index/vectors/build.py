"""Writes the vectors of a generation, and for many of them the inverted file that finds them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import faiss
import numpy as np
from numpy.typing import NDArray

from qa_service.index.generation.commit import NewGeneration
from qa_service.index.generation.manifest import VectorSearch
from qa_service.index.protocol import Rows
from qa_service.index.vectors.choice import Choice, choose
from qa_service.index.vectors.clusters import (
    Floats,
    centroids_of,
    list_count,
    nearest_centroids,
    products,
)
from qa_service.index.vectors.flat import one_thread, write_flat
from qa_service.index.vectors.ivf import BITS, Effort, IvfVectors
from qa_service.index.vectors.protocol import (
    PASSAGE_LISTS_FILE,
    PASSAGE_VECTORS_FILE,
    SENTENCE_LISTS_FILE,
    SENTENCE_VECTORS_FILE,
    VectorIndex,
)

Halves = NDArray[np.float16]

RECALL_AT = 10
_PASSAGE_RECALL = 0.98  # a margin above the 0.97 promised
# Sentences only put passages forward, beside two other searches, and are four times as many.
_SENTENCE_RECALL = 0.93
_FETCHED = (4, 8, 16)  # rows compared exactly for each one wanted, tried in this order
_LEFT_OUT = 4  # of so many lists a search looks into one at most
_FEW_LISTS = 64  # into so many it may look in any case
_COMPARE_BITS = 0.04  # microseconds a vector
_COMPARE_ROW = 2.0  # microseconds a row, its reading included
_DEPTH = 100  # rows that a search asks for, as retrieval does
_QUESTIONS = 256
_COSINE = 0.75
_SEED = 20_252
_ROWS = 16_384
_TIE = 1e-5  # cosines of the same vectors, summed in another order

_faiss: Any = faiss  # its type stubs lack this index and the callbacks


class _Which(NamedTuple):
    file: str
    lists_file: str
    recall: float


_PASSAGES = _Which(PASSAGE_VECTORS_FILE, PASSAGE_LISTS_FILE, _PASSAGE_RECALL)
_SENTENCES = _Which(SENTENCE_VECTORS_FILE, SENTENCE_LISTS_FILE, _SENTENCE_RECALL)


class Searches(NamedTuple):
    """How both sets of vectors are to be searched."""

    passages: VectorSearch
    sentences: VectorSearch


def write_vectors(
    generation: NewGeneration, passages: Halves, sentences: Halves, choice: Choice
) -> Searches:
    """Write both sets of unit vectors; return how each is to be searched."""
    asked = likely_questions(sentences)
    return Searches(
        _write(generation, _PASSAGES, passages, asked, choice),
        _write(generation, _SENTENCES, sentences, asked, choice),
    )


def _write(
    generation: NewGeneration,
    which: _Which,
    vectors: Halves,
    questions: Floats,
    choice: Choice,
) -> VectorSearch:
    with generation.stream(which.file) as file:
        write_flat(vectors, file.write)
    kind, why = choose(len(vectors), choice)
    if kind == "flat":
        return VectorSearch(kind, why, lists=0, probes=0, fetched=0, recall_per_mille=1000)
    index = build_lists(vectors)
    effort, recall = tuned(index, vectors, questions, which.recall)
    with generation.stream(which.lists_file) as file:
        write_faiss(index, file.write)
    return VectorSearch(kind, why, index.nlist, *effort, round(recall * 1000))


def build_lists(vectors: Halves) -> Any:
    """Return the FAISS index of ``(n, dimension)`` unit vectors; equal for equal vectors."""
    one_thread()
    count, dimension = list_count(len(vectors)), vectors.shape[1]
    centroids = centroids_of(vectors, count)
    nearest = nearest_centroids(vectors, centroids)
    quantizer = _faiss.IndexFlatIP(dimension)
    quantizer.add(centroids)
    index = _faiss.IndexIVFRaBitQ(
        quantizer, dimension, count, _faiss.METRIC_INNER_PRODUCT, True, BITS
    )
    quantizer.this.disown()
    index.own_fields = True
    index.is_trained = True  # RaBitQ learns nothing but the centroids
    for start in range(0, len(vectors), _ROWS):
        part = vectors[start : start + _ROWS].astype(np.float32)
        own = nearest[start : start + _ROWS]
        index.add_core(len(part), _faiss.swig_ptr(part), None, _faiss.swig_ptr(own))
    return index


def likely_questions(sentences: Halves, count: int = _QUESTIONS) -> Floats:
    """Return ``(count, dimension)`` unit vectors as questions about these sentences have them.

    Each is a sentence turned away from itself, along the difference of two others, to a cosine of
    0.75: about what a question has with the sentence that answers it. Beside real questions they
    tell the recall of a search to half a percent; the vectors of texts themselves, which stand
    closer to one another, promise too much.
    """
    random = np.random.default_rng(_SEED)
    one, other, another = sentences[random.integers(0, len(sentences), (3, count))].astype(
        np.float32
    )
    turned = _COSINE * one + math.sqrt(1 - _COSINE**2) * _unit(other - another)
    return _unit(turned)


def tuned(index: Any, vectors: Halves, questions: Floats, wanted: float) -> tuple[Effort, float]:
    """Return the cheapest effort that finds the wanted share of the ten nearest vectors, and the
    share that it finds.

    Looking into more lists and comparing more rows exactly can stand in for one another; for each
    of a few numbers of rows the fewest lists that will do are found by bisection. Where nothing
    finds enough, the most effort and what it finds is returned.
    """
    edges = exact_edges(vectors, questions, RECALL_AT)
    steps = _probes(index.nlist)

    def recall(effort: Effort) -> float:
        search = IvfVectors(index, _InMemory(vectors), effort)
        return recall_of(search, questions, edges, RECALL_AT)

    found: list[tuple[float, Effort, float]] = []
    for fetched in _FETCHED:
        low, high = 0, len(steps) - 1
        best = recall(Effort(steps[high], fetched))
        if best < wanted:
            continue
        while low < high:
            middle = (low + high) // 2
            there = recall(Effort(steps[middle], fetched))
            if there >= wanted:
                high, best = middle, there
            else:
                low = middle + 1
        effort = Effort(steps[high], fetched)
        found.append((_cost(effort, index), effort, best))
    if found:
        _, effort, reached = min(found)
        return effort, reached
    return Effort(steps[-1], _FETCHED[-1]), best


def _probes(lists: int) -> list[int]:
    """Return the numbers of lists to try, ascending, each about a quarter more than the last."""
    steps = [max(lists // _LEFT_OUT, min(lists, _FEW_LISTS))]
    while steps[0] > 1:
        steps.insert(0, min(steps[0] - 1, steps[0] * 4 // 5))
    return steps


def _cost(effort: Effort, index: Any) -> float:
    """Return about how many microseconds a search takes; a rule, so that builds agree."""
    compared = index.ntotal * effort.probes / index.nlist
    return float(compared * _COMPARE_BITS + _DEPTH * effort.fetched * _COMPARE_ROW)


def recall_of(search: VectorIndex, questions: Floats, edges: Floats, at: int) -> float:
    """Return the share of the ``at`` nearest vectors that a search finds; ``edges`` are the
    cosines of the last of them. Equal cosines are equally good."""
    wanted = min(at, len(search))
    found = 0
    for question, edge in zip(questions, edges, strict=True):
        scores = search.nearest(question, _DEPTH).scores[:wanted]
        found += int(np.count_nonzero(scores >= edge - _TIE))
    return found / (wanted * len(questions))


def exact_edges(vectors: Halves, questions: Floats, at: int) -> Floats:
    """Return for each question the cosine of the vector that is ``at``-th nearest, by an exact
    search."""
    best = np.full((len(questions), min(at, len(vectors))), -np.inf, dtype=np.float32)
    for start in range(0, len(vectors), _ROWS):
        scores = products(questions, vectors[start : start + _ROWS].astype(np.float32))
        better = np.flatnonzero(scores.max(axis=1) > best[:, 0])
        both = np.concatenate([best[better], scores[better]], axis=1)
        both.partition(both.shape[1] - best.shape[1], axis=1)
        best[better] = np.sort(both[:, -best.shape[1] :], axis=1)
    return best[:, 0]


def write_faiss(index: Any, write: Callable[[bytes], int]) -> None:
    """Hand a FAISS index to ``write`` piece by piece, in FAISS's own file format."""
    failure: list[BaseException] = []

    def piece(data: bytes) -> int:
        try:
            return write(data)
        except BaseException as error:
            failure.append(error)
            raise

    try:
        _faiss.write_index(index, _faiss.PyCallbackIOWriter(piece))
    except BaseException as error:
        # The library may dress the failure of the callback as its own.
        raise (failure[0] if failure else error) from None


def _unit(vectors: Floats) -> Floats:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)


class _InMemory:
    """The half-precision rows while they have no file yet."""

    def __init__(self, matrix: Halves) -> None:
        self.matrix = matrix

    def codes(self, rows: Rows) -> NDArray[np.uint8]:
        return np.ascontiguousarray(self.matrix[rows]).view(np.uint8)

    def close(self) -> None:
        """Nothing is held open."""
