"""An answer made of the documents' own sentences: nothing is written that they do not hold."""

from __future__ import annotations

from collections.abc import Sequence

from qa_service.index.lexical.analysis import analyze
from qa_service.records import Answer, Citation, Evidence, Highlight, Retrieval
from qa_service.retrieval.answer_kind import asked_kind, holds_kind

Scored = tuple[float, Evidence, Highlight]

MODE = "extractive"
_PASSAGES = 3  # sentences are looked for in the first passages only
_MOST = 3
_OWN_WORDS = 0.3  # weight of a follow-up question's own words, beside those it was searched with
_OTHERS = 0.5  # share of the best highlight's score that any other sentence of its passage has
_NEAR_BEST = 0.93  # a further sentence joins when it scores at least this share of the best


def extractive_answer(retrieval: Retrieval, asked: str = "") -> Answer | None:
    """Return the best sentence, and up to two more that are nearly as good; None on abstention,
    and where no passage has a highlight.

    Sentences are taken by passage score and sentence score together, and stand in order of rank.
    Where the question asks for a date, a number, a name or the like and none of them holds one,
    the best one's neighbour that does stands beside it. Each is one citation, verbatim at its
    offsets on both sides. ``asked`` is the question as it was asked, where another was searched
    for: the sentences that hold its own words come first, for those of the question before it
    were answered then.
    """
    if not retrieval.answerable:
        return None
    first = retrieval.evidence[:_PASSAGES]
    own_words = asked if asked.strip() != retrieval.question else ""
    scored = _follow_up(first, own_words) if own_words else _scored(first)
    if not scored:
        return None
    chosen = _with_the_kind_asked_for(_choose(scored), own_words or retrieval.question)
    citations: list[Citation] = []
    text = ""
    for evidence, highlight in chosen:
        text += " " if text else ""
        citations.append(
            Citation(
                document_id=evidence.passage.document_id,
                title=evidence.passage.title,
                cited_text=highlight.text,
                source_start=highlight.start,
                source_end=highlight.end,
                answer_start=len(text),
                answer_end=len(text) + len(highlight.text),
            )
        )
        text += highlight.text
    return Answer(text, MODE, tuple(citations))


def _scored(evidence: Sequence[Evidence]) -> list[Scored]:
    return [
        (0.5 * one.score + 0.5 * highlight.score, one, highlight)
        for one in evidence
        for highlight in one.highlights
    ]


def _follow_up(evidence: Sequence[Evidence], asked: str) -> list[Scored]:
    """Return the sentences scored by what was searched for and by the words of ``asked``."""
    scored: list[Scored] = []
    for one in evidence:
        language = one.passage.language
        own = set(analyze(asked, language))
        if not own:
            scored += _scored([one])
            continue
        best = max((highlight.score for highlight in one.highlights), default=0.0)
        marked = {(highlight.start, highlight.end) for highlight in one.highlights}
        others = [
            Highlight(sentence.start, sentence.end, sentence.text, _OTHERS * best)
            for sentence in one.passage.sentences
            if (sentence.start, sentence.end) not in marked
        ]
        for highlight in (*one.highlights, *others):
            held = len(own & set(analyze(highlight.text, language))) / len(own)
            score = 0.5 * one.score + 0.5 * highlight.score + _OWN_WORDS * held
            scored.append((score, one, highlight))
    return scored


def _choose(scored: list[Scored]) -> list[tuple[Evidence, Highlight]]:
    scored.sort(key=lambda entry: -entry[0])  # stable: equal scores keep the order of rank
    floor = scored[0][0] * _NEAR_BEST
    chosen: list[tuple[Evidence, Highlight]] = []
    for score, one, highlight in scored:
        if score >= floor and len(chosen) < _MOST and highlight.text not in _texts(chosen):
            chosen.append((one, highlight))
    return chosen


def _with_the_kind_asked_for(
    chosen: list[tuple[Evidence, Highlight]], question: str
) -> list[tuple[Evidence, Highlight]]:
    """Return the sentences, with the neighbour of the first that alone holds such a thing."""
    kind = asked_kind(question)
    if len(chosen) == _MOST or any(holds_kind(kind, one.text, question) for _, one in chosen):
        return chosen
    evidence, best = chosen[0]
    sentences = evidence.passage.sentences
    place = next((i for i, one in enumerate(sentences) if one.start == best.start), None)
    if place is None:
        return chosen
    for near, at in ((place + 1, 1), (place - 1, 0)):
        if 0 <= near < len(sentences) and holds_kind(kind, sentences[near].text, question):
            one = sentences[near]
            added = Highlight(one.start, one.end, one.text, best.score)
            return [*chosen[:at], (evidence, added), *chosen[at:]]
    return chosen


def _texts(chosen: Sequence[tuple[Evidence, Highlight]]) -> set[str]:
    return {highlight.text for _, highlight in chosen}
