"""Documents to passages by the settings, each measured with the tokenizer that embeds it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from qa_service.chunking.passages import make_passages
from qa_service.chunking.tokens import TokenCounter
from qa_service.embedding.protocol import Embedder
from qa_service.index.building.context import titled
from qa_service.index.generation.manifest import Chunking
from qa_service.records import Document, Passage
from qa_service.settings import Settings

Split = list[tuple[Document, list[Passage]]]
"""Documents in id order, each with its passages in text order."""


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


def split_document(
    document: Document, settings: Settings, embedder: Embedder, counter: TokenCounter
) -> list[Passage]:
    """Return the document's passages; raises WindowExceeded as ``make_passages`` does."""
    return make_passages(
        document,
        max_tokens=settings.passage_tokens,
        min_tokens=minimum_passage_tokens(settings.passage_tokens),
        sentence_characters=settings.sentence_characters,
        count=counter.count_many,
        window=embedder.identity.window,
        window_count=partial(_titled_window_count, embedder, document.title),
    )


def _titled_window_count(embedder: Embedder, title: str, texts: Sequence[str]) -> list[int]:
    """Return the model tokens of texts as they will be embedded at most: below the title."""
    return embedder.count_tokens([titled(title, text) for text in texts])
