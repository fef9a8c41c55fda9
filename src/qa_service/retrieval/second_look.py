"""A second look where the topic is in doubt: has each word of the question a counterpart at all?

A vector of a whole passage says that it is about much the same as the question; it does not say
that some words of the question are foreign to it. So the first passages are read again, word by
word: each token of the question is compared with every token of theirs, and its best cosine kept
(late interaction, as in ColBERT, Khattab and Zaharia 2020, but with the vectors of the embedding
model at hand). It costs a pass of the model over the first passages, many times the rest of the
search: only questions that leave the topic in doubt, and three of whose words the passages do not
hold, are looked at twice.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qa_service.embedding.protocol import Embedder, WordEmbedder, WordVectors
from qa_service.errors import WindowExceeded
from qa_service.index.building.context import embedding_text
from qa_service.index.lexical.analysis import analyze
from qa_service.index.lexical.question_words import question_language
from qa_service.index.protocol import SearchIndex
from qa_service.index.vectors.closest import Closest
from qa_service.retrieval.question import Question

READ_PASSAGES = 6
_WORST = 3  # words; one or two without a counterpart are how people paraphrase
_FOREIGN = 0.25  # a cosine below which a word has no counterpart
_KEPT = 32  # passages, 400 KB each at most: a small collection's are read once


@dataclass(frozen=True, slots=True)
class SecondLook:
    """``unmatched_words``: by how much the mean of the three worst cosines stays below 0.25.

    Each is the highest cosine of one word of the question (stop words aside, the mean of its
    tokens) with any token of the first passages. ``words`` are those three as the question writes
    them, in its order.
    """

    unmatched_words: float
    words: tuple[str, ...]


class SecondLooker:
    """Looks at one index with one embedder; keeps the words of the passages read last.

    Thread-safe. The same question and passages give the same result, kept or not.
    """

    def __init__(self, embedder: WordEmbedder, index: SearchIndex) -> None:
        self._embedder = embedder
        self._index = index
        self._kept: OrderedDict[int, Closest] = OrderedDict()
        self._lock = threading.Lock()

    @classmethod
    def of(cls, embedder: Embedder, index: SearchIndex) -> SecondLooker | None:
        """Return one, or None where the embedder knows no vectors of words."""
        return cls(embedder, index) if isinstance(embedder, WordEmbedder) else None

    def look(self, asked: Question, rows: Sequence[int], missing: int) -> SecondLook | None:
        """Compare the question with the passages of these rows, its first ones.

        ``missing`` counts the question's terms that none of them holds: fewer than three cannot be
        unmatched, and nothing is read. Returns None for a question longer than the model's window,
        or without words to compare.
        """
        if missing < _WORST:
            return SecondLook(0.0, ())
        try:
            [question] = self._embedder.embed_words([asked.text])
        except WindowExceeded:
            return None
        language = question_language(asked.text, self._index.languages)
        spans = [asked.text[start:end] for start, end in question.spans]
        counted = [place for place, word in enumerate(spans) if _counts(word, language)]
        if not counted:
            return None
        best = self._best_cosines(question, counted, rows)
        worst = sorted(counted, key=best.__getitem__)[:_WORST]
        mean = sum(best[place] for place in worst) / len(worst)
        words = tuple(spans[place] for place in sorted(worst))
        return SecondLook(max(0.0, _FOREIGN - mean), words)

    def _best_cosines(
        self, question: WordVectors, counted: Sequence[int], rows: Sequence[int]
    ) -> dict[int, float]:
        """Return for each counted word the mean of its tokens' highest cosines."""
        wanted = np.zeros(len(question.spans), dtype=np.bool_)
        wanted[counted] = True
        kept = wanted[question.word]
        word, vectors = question.word[kept], question.vectors[kept]
        best = np.full(len(word), -1.0, dtype=np.float32)
        for tokens in self._tokens(rows):
            np.maximum(best, tokens.highest(vectors), out=best)
        starts = word.searchsorted(counted)
        means = np.add.reduceat(best, starts) / np.diff(starts, append=len(word))
        return dict(zip(counted, means.tolist(), strict=True))

    def _tokens(self, rows: Sequence[int]) -> list[Closest]:
        with self._lock:
            found = {row: self._kept[row] for row in rows if row in self._kept}
        new = [row for row in rows if row not in found]
        if new:
            texts = [embedding_text(passage) for passage in self._index.passages(new)]
            read = self._embedder.embed_words(texts)
            found |= {row: Closest(words.vectors) for row, words in zip(new, read, strict=True)}
        with self._lock:
            for row in rows:
                self._kept[row] = found[row]
                self._kept.move_to_end(row)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return [found[row] for row in rows]


def _counts(word: str, language: str) -> bool:
    """Whether a word of the question may be asked for: no stop word, sign, or lone letter, as the
    ``s`` of a genitive is."""
    lone = len(word) == 1 and word.isascii() and word.isalpha()
    return not lone and bool(analyze(word, language))
