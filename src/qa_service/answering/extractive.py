"""An answer made of the documents' own sentences: nothing is written that they do not hold."""

from __future__ import annotations

from collections.abc import Sequence

from qa_service.records import Answer, Citation, Evidence, Highlight, Retrieval

MODE = "extractive"
_PASSAGES = 3  # sentences are looked for in the first passages only
_MOST = 3
_NEAR_BEST = 0.93  # a further sentence joins when it scores at least this share of the best


def extractive_answer(retrieval: Retrieval) -> Answer | None:
    """Return the best sentence, and up to two more that are nearly as good; None on abstention.

    Sentences are taken by passage score and sentence score together, and stand in order of rank;
    each is one citation, verbatim at its offsets on both sides.
    """
    if not retrieval.answerable:
        return None
    chosen = _choose(retrieval.evidence[:_PASSAGES])
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


def _choose(evidence: Sequence[Evidence]) -> list[tuple[Evidence, Highlight]]:
    scored = [
        (0.5 * one.score + 0.5 * highlight.score, one, highlight)
        for one in evidence
        for highlight in one.highlights
    ]
    scored.sort(key=lambda entry: -entry[0])  # stable: equal scores keep the order of rank
    floor = scored[0][0] * _NEAR_BEST
    chosen: list[tuple[Evidence, Highlight]] = []
    for score, one, highlight in scored:
        if score >= floor and len(chosen) < _MOST and highlight.text not in _texts(chosen):
            chosen.append((one, highlight))
    return chosen


def _texts(chosen: Sequence[tuple[Evidence, Highlight]]) -> set[str]:
    return {highlight.text for _, highlight in chosen}
