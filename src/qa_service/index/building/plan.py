"""What a build will do, found out before anything is written or embedded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from qa_service.chunking.tokens import TokenCounter
from qa_service.embedding.protocol import Embedder
from qa_service.errors import CorpusEmpty
from qa_service.index.building.changes import Changes, changes_between
from qa_service.index.building.context import embedding_sentences, embedding_text
from qa_service.index.building.corpus import Corpus, read_corpus
from qa_service.index.building.document_copies import DocumentCopy, find_document_copies
from qa_service.index.building.embedded import NOTHING_KNOWN, EmbeddedTexts, KnownVectors
from qa_service.index.building.reuse import Earlier, Live, looking_at_live
from qa_service.index.building.splitting import Split, split_document
from qa_service.index.generation.manifest import Counts
from qa_service.index.progress import Clock
from qa_service.index.texts.duplicates import Duplicates, find_duplicates
from qa_service.index.texts.wording import wordings_of
from qa_service.records import Document, Passage
from qa_service.settings import Settings


@dataclass(frozen=True, slots=True)
class Plan:
    """The corpus read, split and compared, beside the live generation; ``texts`` are not embedded
    yet."""

    live: Live
    corpus: Corpus
    split: Split
    changes: Changes
    duplicates: Duplicates
    copies: tuple[DocumentCopy, ...]
    texts: EmbeddedTexts
    counter: TokenCounter

    @property
    def known(self) -> KnownVectors:
        """Return the vectors that need not be made again."""
        return NOTHING_KNOWN if self.live.earlier is None else self.live.earlier.vectors

    @property
    def changes_nothing(self) -> bool:
        """Tell whether the live generation is what this plan would build."""
        live = self.live
        return live.earlier is not None and live.searched_as_chosen and self.changes.none

    @property
    def passages(self) -> list[Passage]:
        """Return every passage, in row order."""
        return [passage for _, own in self.split for passage in own]

    @property
    def counts(self) -> Counts:
        """Return how much the generation will hold."""
        passages = self.passages
        return Counts(
            documents=len(self.split),
            passages=len(passages),
            sentences=sum(len(passage.sentences) for passage in passages),
            tokens=sum(passage.tokens for passage in passages),
            truncated=self.texts.truncated,
        )


@contextmanager
def planned(
    settings: Settings, embedder: Embedder, clock: Clock, *, full: bool = False
) -> Iterator[Plan]:
    """Give the plan of a build; what it takes over stays open as long as the block runs.

    ``full`` takes over nothing. The embedder counts tokens and embeds nothing. Raises
    CorpusNotFound, CorpusEmpty, the DocumentError of a document that cannot be read (unless
    ``settings.skip_unreadable``), WindowExceeded and TokenTablesMissing.
    """
    with looking_at_live(settings, embedder.identity, full=full) as live:
        corpus = read_corpus(settings, live.earlier, clock)
        counter = TokenCounter(settings.token_encoding)
        split = _split(corpus.documents, live.earlier, settings, embedder, counter, clock)
        passages = [passage for _, own in split for passage in own]
        if not passages:
            raise _empty(settings, corpus)
        known = NOTHING_KNOWN if live.earlier is None else live.earlier.vectors
        yield Plan(
            live,
            corpus,
            split,
            changes_between(live.documents, {d.id: d.sha256 for d in corpus.documents}),
            *_compared(split, clock),
            EmbeddedTexts.of(_texts(passages), embedder, known),
            counter,
        )


def _split(
    documents: Sequence[Document],
    earlier: Earlier | None,
    settings: Settings,
    embedder: Embedder,
    counter: TokenCounter,
    clock: Clock,
) -> Split:
    split: Split = []
    with clock.stage("splitting", len(documents), "documents"):
        for document in documents:
            passages = earlier.passages(document) if earlier is not None else None
            if passages is None:
                passages = split_document(document, settings, embedder, counter)
            split.append((document, passages))
            clock.advance(1)
    return split


def _compared(split: Split, clock: Clock) -> tuple[Duplicates, tuple[DocumentCopy, ...]]:
    with clock.stage("comparing", len(split), "documents"):
        wordings = wordings_of(passage for _, own in split for passage in own)
        copies = find_document_copies(
            wordings,
            [document.id for document, _ in split],
            [sum(len(passage.sentences) for passage in own) for _, own in split],
        )
        duplicates = find_duplicates(wordings.passages)
        clock.advance(len(split))
    return duplicates, copies


def _texts(passages: Sequence[Passage]) -> tuple[list[str], list[str]]:
    return (
        [embedding_text(passage) for passage in passages],
        [text for passage in passages for text in embedding_sentences(passage)],
    )


def _empty(settings: Settings, corpus: Corpus) -> CorpusEmpty:
    left_out = [entry.message for entry in corpus.skipped]
    left_out += [error.message for error in corpus.failed]
    shown = "; ".join(left_out[:3]) + ("; ..." if len(left_out) > 3 else "")
    return CorpusEmpty(
        f"{settings.corpus}: holds no document with text to index"
        + (f" ({len(left_out)} left out: {shown})" if left_out else ""),
        "put documents into that folder or choose another with --corpus",
    )
