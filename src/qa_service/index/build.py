"""Documents to a generation: walk, read, split, embed, write, commit."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from qa_service.chunking.passages import make_passages
from qa_service.chunking.tokens import TokenCounter
from qa_service.embedding.protocol import Embedder
from qa_service.errors import CorpusEmpty, DocumentBlank, DocumentError
from qa_service.index.analysis import ANALYZER_VERSION
from qa_service.index.budgets import CountMany, budget_files, build_budgets
from qa_service.index.commit import NewGeneration, new_generation
from qa_service.index.context import embedding_text, lexical_text, titled
from qa_service.index.disk import FileRecord
from qa_service.index.embedded import EmbeddedTexts, embed_distinct
from qa_service.index.layout import build_layout, layout_files
from qa_service.index.lexical import build_lexical, lexical_files
from qa_service.index.manifest import Chunking, Counts, Manifest, corpus_fingerprint
from qa_service.index.store import STORE_FILE, write_store
from qa_service.index.vectors import PASSAGE_VECTORS_FILE, SENTENCE_VECTORS_FILE, VectorIndex
from qa_service.reading.formats import read_document
from qa_service.reading.walk import Skipped, Walk, walk
from qa_service.records import Document, Passage
from qa_service.settings import Settings

Split = list[tuple[Document, list[Passage]]]


class BuildProgress(Protocol):
    """Told what is being done: a stage begins, then advances to its total."""

    def stage(self, name: str, total: int, unit: str) -> None: ...

    def advance(self, n: int) -> None: ...


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What was built. ``tokens`` counts tiktoken tokens of all passages, ``model_tokens`` what
    the embedder read; ``truncated`` the texts that did not fit its window (0, by counting).

    ``skipped`` are files of no supported format and blank ones; ``failed`` documents that could
    not be read and were left out because the settings allow it.
    """

    version: str
    documents: int
    passages: int
    sentences: int
    tokens: int
    model_tokens: int
    truncated: int
    skipped: tuple[Skipped, ...]
    failed: tuple[DocumentError, ...]
    seconds: Mapping[str, float]


@dataclass(slots=True)
class _Clock:
    """Stage names and their seconds; passes the stages on to whoever listens."""

    listener: BuildProgress | None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str, total: int, unit: str) -> Iterator[None]:
        if self.listener is not None:
            self.listener.stage(name, total, unit)
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start

    def advance(self, n: int) -> None:
        if self.listener is not None:
            self.listener.advance(n)


def build_index(
    settings: Settings, embedder: Embedder, *, progress: BuildProgress | None = None
) -> BuildReport:
    """Build ``settings.corpus`` into a new generation of ``settings.index`` and make it live.

    The same corpus, settings and embedder give the same bytes, ``created`` and the generation's
    number aside. Raises CorpusNotFound, CorpusEmpty, the DocumentError of a document that cannot
    be read (unless ``settings.skip_unreadable``), IndexLocked, IndexWriteFailed and the embedder's
    errors; the live generation is then what it was.
    """
    clock = _Clock(progress)
    found = walk(
        settings.corpus, max_bytes=settings.max_document_bytes, max_documents=settings.max_documents
    )
    documents, skipped, failed = _read(found, settings, clock)
    counter = TokenCounter(settings.token_encoding)
    split = _split(documents, settings, embedder, counter, clock)
    passages = [passage for _, own in split for passage in own]
    if not passages:
        raise _empty(settings, skipped, failed)
    with new_generation(settings.index) as generation:
        texts = _embed(passages, embedder, clock)
        with clock.stage("writing", 1, "index"):
            _write(generation, split, passages, texts, counter.count_many)
            counts = Counts(
                documents=len(split),
                passages=len(passages),
                sentences=sum(len(passage.sentences) for passage in passages),
                tokens=sum(passage.tokens for passage in passages),
                truncated=texts.truncated,
            )
            manifest = generation.commit(
                lambda files: _manifest(
                    generation.version, files, split, counts, settings, embedder
                )
            )
            clock.advance(1)
    return BuildReport(
        version=manifest.version,
        documents=counts.documents,
        passages=counts.passages,
        sentences=counts.sentences,
        tokens=counts.tokens,
        model_tokens=texts.model_tokens,
        truncated=counts.truncated,
        skipped=tuple(skipped),
        failed=tuple(failed),
        seconds=clock.seconds,
    )


def _read(
    found: Walk, settings: Settings, clock: _Clock
) -> tuple[list[Document], list[Skipped], list[DocumentError]]:
    """Return documents by id, and what was left out; raises the first failure unless allowed."""
    documents: list[Document] = []
    skipped, failed = list(found.skipped), list(found.failed)
    with clock.stage("reading", len(found.files), "files"):
        for file in found.files:
            try:
                documents.append(read_document(file))
            except DocumentBlank as error:
                skipped.append(Skipped.because(file.id, error))
            except DocumentError as error:
                failed.append(error)
            clock.advance(1)
    if failed and not settings.skip_unreadable:
        first, more = failed[0], len(failed) - 1
        others = f" (and {more} more {'document' if more == 1 else 'documents'})" if more else ""
        way_out = "QA_SKIP_UNREADABLE=true indexes the rest"
        raise type(first)(
            first.message + others, f"{first.hint}; {way_out}" if first.hint else way_out
        ) from first
    documents.sort(key=lambda document: document.id)
    return documents, sorted(skipped, key=lambda entry: entry.id), failed


def minimum_passage_tokens(passage_tokens: int) -> int:
    """Return below how many tokens a passage is joined with its neighbour."""
    return passage_tokens // 2


def chunking_of(settings: Settings) -> Chunking:
    """Return the rules of splitting that an index built with these settings records."""
    return Chunking(
        passage_tokens=settings.passage_tokens,
        minimum_tokens=minimum_passage_tokens(settings.passage_tokens),
        sentence_characters=settings.sentence_characters,
        token_encoding=settings.token_encoding,
    )


def _split(
    documents: Sequence[Document],
    settings: Settings,
    embedder: Embedder,
    counter: TokenCounter,
    clock: _Clock,
) -> Split:
    split: Split = []
    with clock.stage("splitting", len(documents), "documents"):
        for document in documents:
            passages = make_passages(
                document,
                max_tokens=settings.passage_tokens,
                min_tokens=minimum_passage_tokens(settings.passage_tokens),
                sentence_characters=settings.sentence_characters,
                count=counter.count_many,
                window=embedder.identity.window,
                window_count=partial(_titled_window_count, embedder, document.title),
            )
            split.append((document, passages))
            clock.advance(1)
    return split


def _titled_window_count(embedder: Embedder, title: str, texts: Sequence[str]) -> list[int]:
    """Return the model tokens of texts as they will be embedded at most: below the title."""
    return embedder.count_tokens([titled(title, text) for text in texts])


def _embed(passages: Sequence[Passage], embedder: Embedder, clock: _Clock) -> EmbeddedTexts:
    groups = (
        [embedding_text(passage) for passage in passages],
        [sentence.text for passage in passages for sentence in passage.sentences],
    )
    texts = EmbeddedTexts.of(groups, embedder)
    with clock.stage("embedding", texts.model_tokens, "tokens"):
        embed_distinct(texts, embedder, clock.advance)
    return texts


def _write(
    generation: NewGeneration,
    split: Split,
    passages: Sequence[Passage],
    texts: EmbeddedTexts,
    count: CountMany,
) -> None:
    write_store(generation.path(STORE_FILE), split)
    generation.adopt(STORE_FILE)
    for group, name in enumerate((PASSAGE_VECTORS_FILE, SENTENCE_VECTORS_FILE)):
        with generation.stream(name) as file:
            VectorIndex.of(texts.vectors(group)).write(file.write)
    numbers = [number for number, (_, own) in enumerate(split) for _ in own]
    lexical = build_lexical(
        [lexical_text(passage) for passage in passages],
        [sentence.text for passage in passages for sentence in passage.sentences],
    )
    budgets = build_budgets(split, count)
    for files in (
        layout_files(build_layout(passages, numbers)),
        budget_files(budgets),
        lexical_files(lexical),
    ):
        for name, data in files.items():
            generation.write(name, data)


def _manifest(
    version: str,
    files: Mapping[str, FileRecord],
    split: Split,
    counts: Counts,
    settings: Settings,
    embedder: Embedder,
) -> Manifest:
    return Manifest(
        version=version,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        files=files,
        corpus_fingerprint=corpus_fingerprint((d.id, d.sha256) for d, _ in split),
        embedder=embedder.identity,
        chunking=chunking_of(settings),
        analyzer_version=ANALYZER_VERSION,
        counts=counts,
    )


def _empty(
    settings: Settings, skipped: Sequence[Skipped], failed: Sequence[DocumentError]
) -> CorpusEmpty:
    left_out = [entry.message for entry in skipped] + [error.message for error in failed]
    shown = "; ".join(left_out[:3]) + ("; ..." if len(left_out) > 3 else "")
    return CorpusEmpty(
        f"{settings.corpus}: holds no document with text to index"
        + (f" ({len(left_out)} left out: {shown})" if left_out else ""),
        "put documents into that folder or choose another with --corpus",
    )
