"""Counters with known answers, and one call that chunks with them."""

from __future__ import annotations

from collections.abc import Sequence

from qa_service.chunking.passages import make_passages
from qa_service.records import Document, Heading, Passage, Span


def words(texts: Sequence[str]) -> list[int]:
    """Count whitespace-separated words."""
    return [len(text.split()) for text in texts]


def utf8_bytes(texts: Sequence[str]) -> list[int]:
    """Count bytes, and two special tokens: the hungriest tokenizer there can be."""
    return [len(text.encode("utf-8", "surrogatepass")) + 2 for text in texts]


def document(
    text: str,
    *,
    headings: tuple[Heading, ...] = (),
    boilerplate: tuple[Span, ...] = (),
    blocks: tuple[Span, ...] = (),
) -> Document:
    return Document(
        "d.txt", "T", text, "", headings=headings, boilerplate=boilerplate, blocks=blocks
    )


def chunked(
    source: Document | str,
    *,
    max_tokens: int = 20,
    min_tokens: int = 8,
    sentence_characters: int = 350,
    window: int = 100_000,
) -> list[Passage]:
    """Chunk with budgets in words and the window in bytes."""
    return make_passages(
        document(source) if isinstance(source, str) else source,
        max_tokens=max_tokens,
        min_tokens=min_tokens,
        sentence_characters=sentence_characters,
        count=words,
        window=window,
        window_count=utf8_bytes,
    )


def prose(sentences: int, words_each: int = 5, name: str = "w") -> str:
    """Return so many sentences of so many words."""
    body = " ".join([name] * (words_each - 1))
    return " ".join(f"The{i} {body}." for i in range(sentences))
