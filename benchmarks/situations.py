"""Situations in which a confidence must hold: collections large and small, and what is asked there.

Built from labelled collections: each one whole; where its documents are about different subjects,
each half of them; single documents; and single stretches of a document, a few passages long. Asked
are questions that are answered there, near misses, questions about another stretch of the same
document, and questions about something else altogether.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from halves import articles, halves
from labelled import Collection, Labelled

ANSWERABLE, NEAR_MISS, ELSEWHERE, OUT_OF_SCOPE = "answerable", "near miss", "elsewhere", "other"
WHOLE, SINGLE, STRETCH = "whole collections", "single documents", "stretches of a document"

_SINGLES = 12  # documents of a collection, those with the most questions
_STRANGERS = 250  # out-of-scope questions asked of a single document
_FEW = 80  # of a stretch
_ELSEWHERE = 25
_STRETCHES = ((0.15, 2500), (0.6, 4500))  # where one begins, as a share of the document; its length
_SEED = 7


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what it is in this situation. ``half`` goes by the document it is about;
    ``foreign`` questions come from another collection."""

    question: Labelled
    kind: str
    half: int
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Situation:
    """Documents by name, and what is asked of them."""

    name: str
    family: str
    documents: Mapping[str, str]
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A labelled collection with its documents read, and each question's document, half and place.

    ``apart``: its documents are about different subjects, so that a question about one is out of
    scope for another. ``shared`` are documents on a subject of another collection: no question
    about them is asked there, and none of its questions that finds them counts.
    """

    name: str
    apart: bool
    shared: frozenset[str]
    documents: Mapping[str, str]
    questions: tuple[Labelled, ...]
    about: tuple[str, ...]
    halves: tuple[int, ...]

    @classmethod
    def read(cls, collection: Collection, *, apart: bool, shared: Sequence[str]) -> Source:
        documents = {path.name: path.read_text("utf-8") for path in collection.corpus.iterdir()}
        about = articles(collection.questions)
        return cls(
            collection.name,
            apart,
            frozenset(shared),
            dict(sorted(documents.items())),
            collection.questions,
            tuple(about),
            tuple(halves(about)),
        )

    def own(self, documents: Sequence[str]) -> list[Asked]:
        """Return the questions about these documents."""
        return [
            Asked(question, ANSWERABLE if question.answerable else NEAR_MISS, half)
            for question, about, half in self._questions()
            if about in documents
        ]

    def others(self, documents: Sequence[str]) -> list[Asked]:
        """Return the questions about its other documents."""
        return [
            Asked(question, OUT_OF_SCOPE, half)
            for question, about, half in self._questions()
            if about not in documents
        ]

    def to_strangers(self) -> list[Asked]:
        """Return the questions that may be asked of another collection."""
        return [
            Asked(question, OUT_OF_SCOPE, half, foreign=True)
            for question, about, half in self._questions()
            if about not in self.shared
        ]

    def stretch(self, document: str, begin: float, length: int) -> tuple[str, list[Asked]]:
        """Return whole lines of a document below its title, and the questions about it.

        One without an answer is taken to be about the place of the answerable one before it.
        """
        text = self.documents[document]
        title = text.partition("\n")[0]
        start = text.rfind("\n", 0, int(len(text) * begin)) + 1
        end = text.find("\n", start + length)
        end = len(text) if end < 0 else end
        asked: list[Asked] = []
        inside = False
        for question, about, half in self._questions():
            if about != document:
                continue
            if question.answerable:
                inside = any(start <= s and e <= end for _, s, e in question.evidence)
            own = ANSWERABLE if question.answerable else NEAR_MISS
            asked.append(Asked(question, own if inside else ELSEWHERE, half))
        return f"{title}\n\n{text[start:end]}", asked

    def _questions(self) -> Iterator[tuple[Labelled, str, int]]:
        return zip(self.questions, self.about, self.halves, strict=True)


def situations(sources: Sequence[Source]) -> Iterator[Situation]:
    """Yield every situation; the same for the same sources."""
    chance = random.Random(_SEED)
    for source in sources:
        names = list(source.documents)
        foreign = [a for other in sources if other is not source for a in other.to_strangers()]
        yield _situation(source, WHOLE, "whole", names, source.own(names) + foreign)
        if source.apart:
            for half in (0, 1):
                some = names[half::2]
                asked = source.own(some) + _sample(chance, source.others(some), 6 * _STRANGERS)
                yield _situation(source, WHOLE, f"half {half}", some, asked)
        for name in sorted(names, key=lambda n: (-source.about.count(n), n))[:_SINGLES]:
            strangers = foreign + (source.others([name]) if source.apart else [])
            asked = source.own([name]) + _sample(chance, strangers, _STRANGERS)
            yield _situation(source, SINGLE, name, [name], asked)
            for begin, length in _STRETCHES:
                text, about = source.stretch(name, begin, length)
                inside = [a for a in about if a.kind != ELSEWHERE]
                outside = [a for a in about if a.kind == ELSEWHERE]
                asked = inside + _sample(chance, outside, _ELSEWHERE)
                asked += _sample(chance, strangers, _FEW)
                yield Situation(
                    f"{source.name} {name} {begin}", STRETCH, {name: text}, tuple(asked)
                )


def whole(collection: Collection) -> Situation:
    """Return a collection as it is; its category ``out-of-scope`` is what its name says."""
    documents = {path.name: path.read_text("utf-8") for path in collection.corpus.iterdir()}
    asked = tuple(Asked(question, _labelled_kind(question), 0) for question in collection.questions)
    return Situation(collection.name, WHOLE, documents, asked)


def _labelled_kind(question: Labelled) -> str:
    if question.answerable:
        return ANSWERABLE
    return OUT_OF_SCOPE if question.category == "out-of-scope" else NEAR_MISS


def _situation(
    source: Source, family: str, name: str, documents: Sequence[str], asked: Sequence[Asked]
) -> Situation:
    texts = {document: source.documents[document] for document in documents}
    return Situation(f"{source.name} {name}", family, texts, tuple(asked))


def _sample(chance: random.Random, asked: Sequence[Asked], most: int) -> list[Asked]:
    return chance.sample(asked, min(most, len(asked)))
