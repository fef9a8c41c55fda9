"""The HTML report's list of questions: labels in context, ranked passages, marked spans."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from itertools import pairwise

from qa_service.evaluation.comparison import Comparison
from qa_service.evaluation.questions import EvidenceSpan
from qa_service.evaluation.results import Evaluation, QuestionResult, Quote, RankedPassage
from qa_service.evaluation.tables import CHANGES, changes, rank_text
from qa_service.records import Span

PASSAGES = 10
PASSAGES_OF_MANY = 3
MANY = 400
"""With more questions than this the page would take minutes to open: it then shows fewer passages,
and only of questions that fail."""
_CONTEXT = 160

Texts = Callable[[str], str]


def question_list(evaluation: Evaluation, comparison: Comparison | None, texts: Texts) -> str:
    """Return every question as a fold-out entry, in the order of the label file."""
    many = len(evaluation.results) > MANY
    kinds: dict[str, str] = {}
    if comparison is not None:
        for name in CHANGES:
            kinds.update((change.id, name) for change in changes(comparison, name))
    note = (
        f'<p class="soft">Of {len(evaluation.results)} questions, those that fail are shown with '
        f"{PASSAGES_OF_MANY} passages each, the others without; report.json holds them all.</p>"
        if many
        else ""
    )
    key = (
        '<p class="soft">Marks: <mark class="gold">labelled</mark> <mark class="seen">highlighted '
        'by the service</mark> <mark class="gold seen">both</mark></p>'
    )
    entries = []
    for result in evaluation.results:
        depth = PASSAGES if not many else 0 if result.passed else PASSAGES_OF_MANY
        change = kinds.get(result.question.id, "")
        entries.append(_entry(result, change, depth, texts))
    return note + key + "\n".join(entries)


def _entry(result: QuestionResult, change: str, depth: int, texts: Texts) -> str:
    question = result.question
    rank = rank_text(result) if question.answerable else ""
    tags = [question.id, question.category]
    tags += ["pinned"] if question.pinned else []
    tags += [change] if change else []
    passed = "yes" if result.passed else "no"
    colour = "good" if result.passed else "bad"
    summary = (
        f'<summary><span class="outcome {colour}">{result.outcome}</span>'
        f'<span class="asked">{escape(question.question)} '
        f'<span class="tag">{escape(" · ".join(tags))}</span></span>'
        f'<span class="figure">{rank}</span>'
        f'<span class="figure" title="confidence">{result.confidence:.2f}</span></summary>'
    )
    verdict = "answered" if result.answered else "not answered"
    reason = f": {result.reason}" if result.reason else ""
    parts = [
        f'<p class="soft">{verdict} at confidence {result.confidence:.4f}, threshold '
        f"{result.threshold:.4f}{escape(reason)}</p>"
    ]
    if question.evidence:
        parts.append("<h3>Labelled evidence</h3>")
        parts += [_labelled(entry, texts) for entry in question.evidence]
    if depth and result.quotes:
        parts.append("<h3>Answer</h3>")
        parts += [_quoted(quote, question.evidence, texts) for quote in result.quotes]
    shown = result.ranking[:depth]
    if shown:
        parts.append(f"<h3>Passages, best first: {len(shown)} of {len(result.ranking)}</h3>")
        parts += [
            _passage(number, passage, question.evidence, texts)
            for number, passage in enumerate(shown, start=1)
        ]
    elif not result.ranking:
        parts.append("<p>No passage was retrieved.</p>")
    return (
        f'<details class="question" id="q-{escape(question.id)}" '
        f'data-category="{escape(question.category)}" data-outcome="{result.outcome}" '
        f'data-passed="{passed}" data-change="{change}">{summary}'
        f'<div class="body">{"".join(parts)}</div></details>'
    )


def _labelled(entry: EvidenceSpan, texts: Texts) -> str:
    text = texts(entry.document)
    first, last = max(0, entry.start - _CONTEXT), min(len(text), entry.end + _CONTEXT)
    before, after = text[first : entry.start], text[entry.end : last]
    if first:
        before = "…" + before[before.find(" ") + 1 :]
    if last < len(text):
        after = after[: after.rfind(" ") + 1 or len(after)] + "…"
    return (
        f'<blockquote><span class="where">{escape(entry.document)}, {entry.start} to {entry.end}'
        f'</span>{escape(before)}<mark class="gold">{escape(entry.quote)}</mark>{escape(after)}'
        "</blockquote>"
    )


def _quoted(quote: Quote, evidence: Sequence[EvidenceSpan], texts: Texts) -> str:
    spans = _labelled_spans(evidence, quote.document_id)
    said = ", labelled" if quote.labelled else ""
    return (
        f'<blockquote><span class="where">{escape(quote.document_id)}, {quote.start} to {quote.end}'
        f"{said}</span>"
        f"{marked(texts(quote.document_id), quote.start, quote.end, {'gold': spans})}</blockquote>"
    )


def _passage(
    number: int, passage: RankedPassage, evidence: Sequence[EvidenceSpan], texts: Texts
) -> str:
    spans = {
        "gold": _labelled_spans(evidence, passage.document_id),
        "seen": passage.highlights,
    }
    holds = " holds" if passage.relevant else ""
    said = ", holds evidence" if passage.relevant else ""
    return (
        f'<div class="passage{holds}"><span class="where">{number}. '
        f"{escape(passage.document_id)}, {passage.start} to {passage.end}, "
        f"{passage.tokens} tokens, score {passage.score:.4f}{said}</span>"
        f"{marked(texts(passage.document_id), passage.start, passage.end, spans)}</div>"
    )


def _labelled_spans(evidence: Sequence[EvidenceSpan], document_id: str) -> list[Span]:
    return [Span(entry.start, entry.end) for entry in evidence if entry.document == document_id]


def marked(text: str, start: int, end: int, kinds: Mapping[str, Sequence[Span]]) -> str:
    """Return ``text[start:end]`` escaped, with each kind of span marked by the class of that name.

    Spans may overlap and may leave the stretch: the text is cut at every end of a span, and each
    piece carries the classes of the spans that cover it.
    """
    spans = [(kind, span) for kind, some in kinds.items() for span in some]
    edges = {start, end}
    for _, span in spans:
        edges |= {min(max(edge, start), end) for edge in (span.start, span.end)}
    pieces: list[str] = []
    for first, last in pairwise(sorted(edges)):
        found = {kind for kind, span in spans if span.start <= first and last <= span.end}
        piece = escape(text[first:last])
        classes = " ".join(sorted(found))
        pieces.append(f'<mark class="{classes}">{piece}</mark>' if found else piece)
    return "".join(pieces)
