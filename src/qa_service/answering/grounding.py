"""Which sentences of a written answer its sources back.

A sentence is backed when ``backing.py`` finds source sentences for it in the passages that it cites
and every quotation in it stands in one of them word for word. A sentence that cites nothing is held
against each passage by itself. One that cites a passage that does not exist is not backed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa_service.answering.backing import Backing, Source, backing_of, claims_something, sources_of
from qa_service.answering.plain_text import Mark
from qa_service.answering.quotes import Quote, find_quote, quotes
from qa_service.chunking.sentences import split_sentences
from qa_service.records import Citation, Evidence, Span

_LONGEST_SENTENCE = 4000


@dataclass(frozen=True, slots=True)
class Grounding:
    """The citations that carry an answer, and the spans of its text that nothing backs."""

    citations: tuple[Citation, ...]
    ungrounded: tuple[Span, ...]


def ground(text: str, marks: Sequence[Mark], evidence: Sequence[Evidence]) -> Grounding:
    """Return what backs each sentence of an answer; ``marks`` count ``evidence`` from 1.

    Every citation is a whole sentence of its passage at its exact offsets; ``answer_start`` and
    ``answer_end`` are those of the answer's sentence that it backs. Of several passages that back
    a sentence which cites none, the first is taken.
    """
    citations: list[Citation] = []
    ungrounded: list[Span] = []
    sentences = split_sentences(text, 0, len(text), max_characters=_LONGEST_SENTENCE)
    quoted = quotes(text)
    backings = [backing_of([one.passage]) for one in evidence]
    language = evidence[0].passage.language if evidence else ""
    held: list[Span] = []  # sentences like "Yes.": they share the fate of the next one
    for span in sentences:
        numbers = _cited(span, sentences, marks)
        inside = [one for one in quoted if one.start < span.end and one.end > span.start]
        if not inside and not claims_something(text[span.start : span.end], language):
            held.append(span)
            continue
        found = _backed(text[span.start : span.end], numbers, inside, evidence, backings)
        citations += [_citation(one, span) for one in found]
        ungrounded += [] if found else [*held, span]
        held = []
    return Grounding(tuple(citations), tuple(ungrounded + held))


def _cited(span: Span, sentences: Sequence[Span], marks: Sequence[Mark]) -> list[int]:
    """Return the numbers that a sentence cites: marks inside it, and behind it."""
    following = [other.start for other in sentences if other.start >= span.end]
    end = min(following, default=span.end)
    numbers = [
        number
        for mark in marks
        if span.start < mark.at <= span.end or span.end < mark.at < end
        for number in mark.numbers
    ]
    return list(dict.fromkeys(numbers))


def _backed(
    sentence: str,
    numbers: Sequence[int],
    quoted: Sequence[Quote],
    evidence: Sequence[Evidence],
    backings: Sequence[Backing],
) -> list[Source]:
    """Return the sources that back a sentence, none where it is not backed."""
    if any(not 1 <= number <= len(evidence) for number in numbers):
        return []
    if numbers:
        passages = [evidence[number - 1].passage for number in numbers]
        candidates = [backings[numbers[0] - 1] if len(numbers) == 1 else backing_of(passages)]
    else:
        candidates = list(backings)
    for backing in candidates:
        quoting = _quoting(quoted, backing)
        if quoting is None:
            continue
        found = sources_of(sentence, quoting, backing)
        if found:
            return found
    return []


def _quoting(quoted: Sequence[Quote], backing: Backing) -> list[Source] | None:
    """Return the sources that hold the quotes word for word, None where one is invented."""
    passages = {source.passage.id: source.passage for source in backing.sources}
    found: list[Source] = []
    for quote in quoted:
        for passage_id, passage in passages.items():
            span = find_quote(quote.text, passage.text)
            if span is not None:
                start, end = passage.start + span.start, passage.start + span.end
                found += [
                    source
                    for source in backing.sources
                    if source.passage.id == passage_id
                    and source.sentence.start < end
                    and source.sentence.end > start
                ]
                break
        else:
            return None
    return list(dict.fromkeys(found))


def _citation(source: Source, span: Span) -> Citation:
    return Citation(
        document_id=source.passage.document_id,
        title=source.passage.title,
        cited_text=source.sentence.text,
        source_start=source.sentence.start,
        source_end=source.sentence.end,
        answer_start=span.start,
        answer_end=span.end,
    )
