"""A made-up generation of any size: clustered vectors and texts of words by Zipf's law.

The arrays go to the index's own writers directly, past the reading, the analysis and the model,
which would take hours. Words are independent of one another and of the vectors: there are more
distinct pairs than in real text, and nothing can be said about the quality of answers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import overload

import numpy as np
from numpy.typing import NDArray

from qa_service.chunking.passages import SPLITTING_VERSION
from qa_service.embedding.protocol import EmbedderIdentity
from qa_service.index.generation.commit import new_generation
from qa_service.index.generation.manifest import Chunking, Counts, Manifest, corpus_fingerprint
from qa_service.index.lexical.analysis import ANALYZER_VERSION
from qa_service.index.lexical.bm25 import LexicalIndex, lexical_files, pair_places
from qa_service.index.lexical.postings import build_postings
from qa_service.index.lexical.vocabulary import PairVocabulary, Vocabulary
from qa_service.index.protocol import LONGEST_JOIN
from qa_service.index.texts.budgets import Budgets, budget_files
from qa_service.index.texts.duplicates import duplicate_files, find_duplicates
from qa_service.index.texts.layout import Layout, layout_files
from qa_service.index.texts.store import STORE_FILE
from qa_service.index.texts.store_writing import write_store
from qa_service.index.vectors.build import write_vectors
from qa_service.index.vectors.choice import Choice
from qa_service.reading.formats import READING_VERSION
from qa_service.records import Document, Passage, Sentence, passage_id

DIMENSION = 384
IDENTITY = EmbedderIdentity("synthetic", "0" * 64, DIMENSION, 256, "float32")

SENTENCES = 4  # a passage
TERMS = 14  # a sentence, stop words left out
PASSAGES = 20  # a document
_BRANCHES = 4  # of a node in the tree of vectors
_LEVELS_AT_ONCE = 6
_WORDS = 1_000_000
_WORD = "w{:06d}"  # no stemmer touches it, and the order of numbers is that of the bytes
_WIDTH = len(_WORD.format(0)) + 1
_CHUNK = 50_000

Halves = NDArray[np.float16]
Floats = NDArray[np.float32]
Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Made:
    """A collection of so many passages, by seed."""

    passages: int

    @property
    def documents(self) -> int:
        return -(-self.passages // PASSAGES)

    def vectors(self) -> tuple[Halves, Halves]:
        """Return the vectors of passages and of sentences, ``(n, DIMENSION)``, unit norm.

        Passages are leaves of a tree, each node turned away from its parent by as much as any
        other. At the size of a few thousand an inverted file then has to look into as many of its
        lists for a given recall as it has to with real articles, papers and questions: an eighth
        of them for 0.97, a fifth for 0.985.
        """
        random = np.random.default_rng(1)
        depth = math.ceil(math.log(max(self.passages, 2), _BRANCHES))
        passages = np.empty((self.passages, DIMENSION), dtype=np.float16)
        sentences = np.empty((self.passages * SENTENCES, DIMENSION), dtype=np.float16)
        below = min(depth, _LEVELS_AT_ONCE)
        nodes = _grown(random, 0.5 * _normal(random, 1), depth - below)
        leaves = _BRANCHES**below
        for place, node in enumerate(nodes):
            start = place * leaves
            if start >= self.passages:
                break
            part = _grown(random, node[None], below)[: self.passages - start]
            passages[start : start + len(part)] = _unit(part)
            fine = np.repeat(_unit(part), SENTENCES, axis=0)
            fine = _unit(0.82 * fine + 0.57 * _unit(_normal(random, len(fine))))
            sentences[start * SENTENCES : start * SENTENCES + len(fine)] = fine
        return passages, sentences

    def terms(self) -> NDArray[np.int32]:
        """Return ``(sentences, TERMS)`` numbers of words: Zipf's law with Mandelbrot's shift,
        the most frequent ones, stop words, left out."""
        random = np.random.default_rng(2)
        chance = np.cumsum(1 / (np.arange(_WORDS) + 60.0) ** 1.07)
        drawn = np.empty((self.passages * SENTENCES, TERMS), dtype=np.int32)
        for start in range(0, len(drawn), _CHUNK):
            place = random.random((len(drawn[start : start + _CHUNK]), TERMS)) * chance[-1]
            drawn[start : start + _CHUNK] = np.minimum(chance.searchsorted(place), _WORDS - 1)
        return drawn


def questions(sentences: Halves, terms: NDArray[np.int32], count: int) -> Iterator[_Question]:
    """Yield questions: a sentence's vector with noise, and some of its words."""
    random = np.random.default_rng(3)
    for row in random.integers(0, len(sentences), count).tolist():
        noise = _unit(_normal(random, 1))[0]
        vector = _unit((0.75 * sentences[row].astype(np.float32) + 0.66 * noise)[None])[0]
        words = random.choice(terms[row], random.integers(4, 9), replace=False)
        yield _Question(" ".join(map(_WORD.format, words.tolist())), vector)


@dataclass(frozen=True, slots=True)
class _Question:
    text: str
    vector: Floats


def write_generation(made: Made, index: Path, choice: Choice, step: Step) -> Manifest:
    """Write a generation and make it live; ``step`` hears the name of each part when it begins."""
    counts = Counts(
        made.documents, made.passages, made.passages * SENTENCES, made.passages * 144, 0
    )
    with new_generation(index) as generation:
        step("drawing vectors")
        passages, sentences = made.vectors()
        step("vectors")
        searches = write_vectors(generation, passages, sentences, choice)
        del passages, sentences
        step("drawing words")
        terms = made.terms()
        step("postings")
        for name, data in lexical_files(_lexical(terms)).items():
            generation.write(name, data)
        step("layout")
        for files in (
            layout_files(_layout(made)),
            budget_files(_budgets(made)),
            duplicate_files(find_duplicates([])),
        ):
            for name, data in files.items():
                generation.write(name, data)
        step("texts")
        texts = _Texts(made, terms)
        write_store(generation.path(STORE_FILE), texts)
        generation.adopt(STORE_FILE)
        step("end")
        return generation.commit(
            lambda files: Manifest(
                version=generation.version,
                created=datetime.now(UTC).isoformat(timespec="seconds"),
                files=files,
                corpus_fingerprint=corpus_fingerprint(
                    (_id(number), "0" * 64) for number in range(made.documents)
                ),
                embedder=IDENTITY,
                chunking=Chunking(144, 72, 350, "cl100k_base"),
                reading_version=READING_VERSION,
                splitting_version=SPLITTING_VERSION,
                analyzer_version=ANALYZER_VERSION,
                counts=counts,
                passage_search=searches.passages,
                sentence_search=searches.sentences,
            )
        )


def _lexical(terms: NDArray[np.int32]) -> LexicalIndex:
    distinct, places = np.unique(terms, return_inverse=True)
    vocabulary = Vocabulary.of(map(_WORD.format, distinct.tolist()))
    numbers = places.astype(np.int32).reshape(terms.shape)
    by_passage = list(numbers.reshape(-1, SENTENCES * TERMS))
    pairs, by_pair = pair_places(by_passage, len(vocabulary))
    paired = build_postings(by_pair, len(pairs))
    del by_pair
    return LexicalIndex(
        vocabulary,
        PairVocabulary(vocabulary, pairs),
        build_postings(by_passage, len(vocabulary)),
        build_postings(list(numbers), len(vocabulary)),
        paired,
    )


def _layout(made: Made) -> Layout:
    rows = np.arange(made.passages, dtype=np.int64)
    length = SENTENCES * TERMS * _WIDTH
    starts = rows % PASSAGES * length
    passages = np.stack(
        [rows // PASSAGES, starts, starts + length - 1, np.full_like(rows, 144), rows * SENTENCES],
        axis=1,
    )
    own = TERMS * _WIDTH * np.arange(SENTENCES, dtype=np.int64)
    firsts = (starts[:, None] + own).ravel()
    sentences = np.stack([firsts, firsts + TERMS * _WIDTH - 1], axis=1)
    return Layout(passages, sentences, np.append(rows * SENTENCES, len(sentences)))


def _budgets(made: Made) -> Budgets:
    rows = np.arange(made.passages)
    left = np.minimum(PASSAGES - rows % PASSAGES, made.passages - rows)
    joined = np.arange(2, LONGEST_JOIN + 1)
    runs = np.where(left[:, None] >= joined, joined * 144, 0).astype(np.int32)
    return Budgets(runs, np.full(made.passages * SENTENCES, 36, dtype=np.int32))


def _id(number: int) -> str:
    return f"{number // 1000:04d}/{number:07d}.txt"


class _Texts(Sequence[tuple[Document, Sequence[Passage]]]):
    """Documents with their passages, made when they are asked for."""

    def __init__(self, made: Made, terms: NDArray[np.int32]) -> None:
        self._made, self._terms = made, terms

    def __len__(self) -> int:
        return self._made.documents

    @overload
    def __getitem__(self, number: int) -> tuple[Document, Sequence[Passage]]: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[tuple[Document, Sequence[Passage]]]: ...
    def __getitem__(
        self, number: int | slice
    ) -> tuple[Document, Sequence[Passage]] | Sequence[tuple[Document, Sequence[Passage]]]:
        if isinstance(number, slice):
            return [self[place] for place in range(*number.indices(len(self)))]
        if not 0 <= number < len(self):
            raise IndexError(number)
        first = number * PASSAGES
        last = min(first + PASSAGES, self._made.passages)
        rows = self._terms[first * SENTENCES : last * SENTENCES]
        text = " ".join(map(_WORD.format, rows.ravel().tolist()))
        name, size, length = _id(number), TERMS * _WIDTH, SENTENCES * TERMS * _WIDTH
        passages = []
        for start in range(0, len(text), length):
            end = min(start + length - 1, len(text))
            sentences = tuple(
                Sentence(at, at + size - 1, text[at : at + size - 1])
                for at in range(start, end, size)
            )
            passages.append(
                Passage(
                    id=passage_id(name, start, end),
                    document_id=name,
                    title=f"Document {number}",
                    start=start,
                    end=end,
                    text=text[start:end],
                    tokens=144,
                    sentences=sentences,
                )
            )
        return Document(name, f"Document {number}", text, "0" * 64), passages


def _grown(random: np.random.Generator, nodes: Floats, levels: int) -> Floats:
    """Return the descendants of these nodes, so many levels down."""
    for _ in range(levels):
        nodes = np.repeat(nodes, _BRANCHES, axis=0)
        # Some places are denser than others.
        size = random.uniform(0.6, 1.4, (len(nodes), 1)).astype(np.float32)
        nodes += size * _normal(random, len(nodes))
    return nodes


def _normal(random: np.random.Generator, rows: int) -> Floats:
    """Return random vectors whose dimensions matter as unequally as a model's: like a power law."""
    scale = (np.arange(1, DIMENSION + 1) + 8.0) ** -0.95
    drawn = random.standard_normal((rows, DIMENSION), dtype=np.float32)
    return np.asarray(drawn * (scale / np.sqrt((scale**2).sum())), dtype=np.float32)


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)
