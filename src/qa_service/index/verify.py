"""Check a whole index: checksums, then everything that the files promise each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa_service.index.generation.manifest import Counts, Manifest, corpus_fingerprint
from qa_service.index.local_index import OpenIndex
from qa_service.index.protocol import LONGEST_JOIN
from qa_service.index.reader import open_index
from qa_service.index.texts.duplicates import find_duplicates
from qa_service.index.texts.wording import wordings_of
from qa_service.records import Passage, passage_id

CountTokens = Callable[[Sequence[str]], list[int]]

_NORM_TOLERANCE = 2e-3  # of a unit vector at half precision
_ROWS = 8_192
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked and what is wrong; ``problems`` is empty when everything holds."""

    version: str
    manifest: Manifest
    problems: tuple[str, ...]

    @property
    def counts(self) -> Counts:
        return self.manifest.counts


def verify_index(index_dir: Path, *, count: CountTokens | None = None) -> Verification:
    """Check the live generation; with ``count`` (tiktoken) all token counts as well.

    Raises IndexMissing, IndexMismatch, and IndexCorrupt for the first file whose size or SHA-256
    is not as the manifest says; what the files then contradict among each other is listed, at
    most 20 of a kind.
    """
    with open_index(index_dir) as index:
        problems = [
            *index.store.quick_check(),
            *index.layout.problems(index.store.document_count),
            *_first(_documents(index)),
            *_first(_passages(index)),
            *(_first(_tokens(index, count)) if count is not None else ()),
            *_duplicates(index),
            *_vectors("passage", index.passage_vectors.matrix),
            *_vectors("sentence", index.sentence_vectors.matrix),
            *_totals(index),
        ]
        return Verification(index.version, index.manifest, tuple(problems))


def _documents(index: OpenIndex) -> Iterator[str]:
    infos = index.documents()
    ids = [info.id for info in infos]
    if ids != sorted(set(ids)):
        yield "document ids are not in order, or not distinct"
    for number, info in enumerate(infos):
        text = index.document(info.id).text
        if len(text) != info.characters:
            yield f"{info.id}: {len(text)} characters, listed as {info.characters}"
        first, end = index.layout.passage_range(number)
        if end - first != info.passages:
            yield f"{info.id}: {end - first} passages, listed as {info.passages}"


def _passages(index: OpenIndex) -> Iterator[str]:
    """Compare each passage, its sentences, and the gap after it with the document's text."""
    gaps = index.store.gaps()
    before: Passage | None = None
    text = ""
    for row, passage in index.store.all_passages(index.layout):
        same = before is not None and before.document_id == passage.document_id
        if not same:
            text = index.document(passage.document_id).text
        if text[passage.start : passage.end] != passage.text:
            yield f"{passage.id}: its text is not the document's at that place"
        for sentence in passage.sentences:
            if text[sentence.start : sentence.end] != sentence.text:
                yield f"{passage.id}: the sentence at {sentence.start} is not the document's"
        if before is not None:
            between = text[before.end : passage.start] if same else "another document"
            if gaps[row - 1] != (between if not between.strip() else None):
                yield f"{before.id}: the gap after it is not the document's"
            if index.joinable(row - 1) != (gaps[row - 1] is not None):
                yield f"{before.id}: its token counts and its gap disagree on whether it goes on"
        before = passage


def _tokens(index: OpenIndex, count: CountTokens) -> Iterator[str]:
    """Count again every text whose tokens are stored: passages, sentences, joined passages."""
    gaps = index.store.gaps()
    stored: list[tuple[str, int]] = []
    texts: list[str] = []
    before: list[tuple[int, Passage, str]] = []  # runs up to the passage before: row, first, text
    for row, passage in index.store.all_passages(index.layout):
        gap = gaps[row - 1] if row and index.joinable(row - 1) else None
        runs = [
            (first, begin, f"{text}{gap}{passage.text}")
            for first, begin, text in before
            if gap is not None and row - first < LONGEST_JOIN
        ]
        for first, begin, text in runs:
            name = passage_id(begin.document_id, begin.start, passage.end)
            stored.append((name, index.budgets.of_run(first, row)))
            texts.append(text)
        before = [*runs, (row, passage, passage.text)]
        alone = index.sentence_tokens(index.first_sentence(row), len(passage.sentences)).tolist()
        stored.append((passage.id, passage.tokens))
        stored += [(f"{passage.id}, a sentence", tokens) for tokens in alone]
        texts += [passage.text, *(each.text for each in passage.sentences)]
        if len(texts) >= _ROWS or row + 1 == index.passage_count:
            for (name, tokens), counted in zip(stored, count(texts), strict=True):
                if tokens != counted:
                    yield f"{name}: {counted} tokens, stored as {tokens}"
            stored, texts = [], []


def _duplicates(index: OpenIndex) -> list[str]:
    """Look for the passages of equal wording again."""
    passages = (passage for _, passage in index.store.all_passages(index.layout))
    found = find_duplicates(wordings_of(passages).passages)
    same = np.array_equal(found.copies, index.duplicates.copies)
    return [] if same else ["the passages listed as duplicates are not those of equal wording"]


def _vectors(kind: str, matrix: NDArray[np.float16]) -> list[str]:
    bad = 0
    for start in range(0, len(matrix), _ROWS):
        norms = np.linalg.norm(matrix[start : start + _ROWS].astype(np.float32), axis=1)
        bad += int(np.count_nonzero(~(np.abs(norms - 1) < _NORM_TOLERANCE)))  # counts NaN, too
    return [f"{bad} {kind} vectors are not finite and of unit norm"] if bad else []


def _totals(index: OpenIndex) -> Iterator[str]:
    tokens = int(index.layout.passages[:, 3].sum())
    if tokens != index.manifest.counts.tokens:
        yield f"{tokens} tokens in all passages, {index.manifest.counts.tokens} in the manifest"
    if index.manifest.counts.truncated:
        yield f"{index.manifest.counts.truncated} texts were truncated before they were embedded"
    fingerprint = corpus_fingerprint((info.id, info.sha256) for info in index.documents())
    if fingerprint != index.manifest.corpus_fingerprint:
        yield "the corpus fingerprint is not that of the documents listed"


def _first(problems: Iterator[str]) -> list[str]:
    shown = [problem for _, problem in zip(range(_SHOWN), problems, strict=False)]
    more = sum(1 for _ in problems)
    return [*shown, f"... and {more} more of the kind"] if more else shown
