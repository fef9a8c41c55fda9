"""What the next generation takes over from the live one: only what a build would make again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from qa_service.chunking.passages import SPLITTING_VERSION
from qa_service.embedding.protocol import EmbedderIdentity
from qa_service.errors import IndexError_, IndexMissing
from qa_service.index.building.context import embedding_sentences, embedding_text
from qa_service.index.building.embedded import KnownVectors
from qa_service.index.building.splitting import Split, chunking_of
from qa_service.index.generation.manifest import Manifest
from qa_service.index.lexical.analysis import ANALYZER_VERSION
from qa_service.index.local_index import OpenIndex
from qa_service.index.reader import open_index
from qa_service.index.texts.budgets import Budgets, CountMany, build_budgets
from qa_service.index.vectors.choice import searched_as_chosen
from qa_service.reading.formats import READING_VERSION
from qa_service.reading.repeated import as_read
from qa_service.records import Document, Passage
from qa_service.settings import Settings


@dataclass(frozen=True, slots=True)
class _Held:
    """A document of the earlier generation, its passages, and its rows there."""

    document: Document
    passages: list[Passage]
    rows: slice
    sentences: slice


class Earlier:
    """The documents, passages, token counts and vectors of a verified generation that was made by
    the same rules; what is asked for comes from it or is None.
    """

    def __init__(self, index: OpenIndex) -> None:
        self._budgets = index.budgets
        self._held = {held.document.id: held for held in _documents(index)}
        rows: dict[str, int] = {}
        everything = [passage for held in self._held.values() for passage in held.passages]
        for row, passage in enumerate(everything):
            rows.setdefault(embedding_text(passage), row)
        sentences = (text for passage in everything for text in embedding_sentences(passage))
        for row, text in enumerate(sentences, start=len(everything)):
            rows.setdefault(text, row)
        self.vectors = KnownVectors(
            rows, (index.passage_vectors.matrix, index.sentence_vectors.matrix)
        )

    def document(self, document_id: str, sha256: str) -> Document | None:
        """Return the document that was read from these bytes under this name, as it was read."""
        held = self._held.get(document_id)
        if held is None or held.document.sha256 != sha256:
            return None
        return as_read(held.document)

    def passages(self, document: Document) -> list[Passage] | None:
        """Return the passages of exactly this document, marks and metadata included."""
        held = self._held.get(document.id)
        return held.passages if held is not None and held.document == document else None

    def budgets(self, split: Split, count: CountMany) -> Budgets:
        """Return the counts of all texts in ``split``; only those of new passages are counted."""
        fresh = build_budgets(
            [(document, own) for document, own in split if not self._made(document, own)], count
        )
        runs: list[NDArray[np.int32]] = []
        sentences: list[NDArray[np.int32]] = []
        row = sentence = 0
        for document, own in split:
            if self._made(document, own):
                held = self._held[document.id]
                runs.append(self._budgets.runs[held.rows])
                sentences.append(self._budgets.sentences[held.sentences])
            else:
                count_of_sentences = sum(len(passage.sentences) for passage in own)
                runs.append(fresh.runs[row : row + len(own)])
                sentences.append(fresh.sentences[sentence : sentence + count_of_sentences])
                row += len(own)
                sentence += count_of_sentences
        return Budgets(np.concatenate(runs), np.concatenate(sentences))

    def _made(self, document: Document, passages: Sequence[Passage]) -> bool:
        held = self._held.get(document.id)
        return held is not None and held.passages is passages


@dataclass(frozen=True, slots=True)
class Live:
    """The generation that a build finds: its name ("" where there is none), the SHA-256 of its
    documents' bytes by id, and what can be taken over from it. Where that is nothing,
    ``from_scratch`` says why. ``searched_as_chosen`` tells whether its vectors are searched as
    the settings would have it.
    """

    version: str = ""
    documents: Mapping[str, str] = field(default_factory=dict)
    earlier: Earlier | None = None
    from_scratch: str = ""
    searched_as_chosen: bool = False


@contextmanager
def looking_at_live(
    settings: Settings, identity: EmbedderIdentity, *, full: bool = False
) -> Iterator[Live]:
    """Give what the live generation of ``settings.index`` offers, open as long as the block runs.

    Every file of it is verified first. Never raises for what is wrong with it: a generation that
    is damaged, or made by other rules, offers nothing.
    """
    index, why_not = _open(settings)
    if index is None:
        yield Live(from_scratch=why_not)
        return
    with index:
        yield _offer(index, settings, identity, full=full)


def differing_rules(manifest: Manifest, settings: Settings, identity: EmbedderIdentity) -> str:
    """Return in words which rule that made this generation is another one now, or ""."""
    built = manifest.embedder
    if built != identity:
        return f"it was built with {built.model} ({built.variant}, {built.weights_sha256[:12]})"
    chunking = chunking_of(settings)
    for rule in fields(chunking):
        then, now = getattr(manifest.chunking, rule.name), getattr(chunking, rule.name)
        if then != now:
            return f"it was built with {rule.name} {then}, now {now}"
    for name, then, now in (
        ("reading", manifest.reading_version, READING_VERSION),
        ("splitting", manifest.splitting_version, SPLITTING_VERSION),
        ("analysing words", manifest.analyzer_version, ANALYZER_VERSION),
    ):
        if then != now:
            return f"it was built by rules {then} of {name}, now {now}"
    return ""


def _open(settings: Settings) -> tuple[OpenIndex | None, str]:
    try:
        return open_index(settings.index), ""
    except IndexMissing:
        return None, "there was no index"
    except IndexError_ as error:
        return None, f"the live generation cannot be used: {error.message}"


def _offer(index: OpenIndex, settings: Settings, identity: EmbedderIdentity, *, full: bool) -> Live:
    documents = {info.id: info.sha256 for info in index.documents()}
    why_not = "asked for" if full else differing_rules(index.manifest, settings, identity)
    if why_not:
        return Live(index.version, documents, None, why_not)
    as_chosen = searched_as_chosen(index.manifest, settings.vector_index)
    return Live(index.version, documents, Earlier(index), searched_as_chosen=as_chosen)


def _documents(index: OpenIndex) -> Iterator[_Held]:
    passages = [passage for _, passage in index.store.all_passages(index.layout)]
    for number, info in enumerate(index.documents()):
        first, end = index.layout.passage_range(number)
        starts = index.layout.sentence_starts
        yield _Held(
            index.document(info.id),
            passages[first:end],
            slice(first, end),
            slice(int(starts[first]), int(starts[end])),
        )
