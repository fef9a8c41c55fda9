"""The evaluation as TREC run and qrels files, for outside scorers such as trec_eval.

Run: ``qid Q0 docid rank score tag``. Qrels: ``qid 0 docid rel``. A docid is a passage id in which
white space, control characters and ``%`` are percent-encoded, since the columns part at spaces.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from qa_service.evaluation.questions import Question
from qa_service.evaluation.results import Evaluation, RankedPassage
from qa_service.evaluation.spans import contains
from qa_service.records import passage_id

TAG = "qa-service"
_UNSAFE = re.compile(r"[\s%\x00-\x20\x7f-\xa0]")


def render_run(evaluation: Evaluation) -> str:
    """Return the rankings of every question, in TREC run format."""
    lines: list[str] = []
    for result in evaluation.results:
        scores = _falling([passage.score for passage in result.ranking])
        for rank, (passage, score) in enumerate(zip(result.ranking, scores, strict=True), start=1):
            lines.append(f"{result.question.id} Q0 {docid(passage.id)} {rank} {score:.9g} {TAG}\n")
    return "".join(lines)


def render_qrels(evaluation: Evaluation) -> str:
    """Return the passages that hold evidence, for every answerable question, in qrels format.

    A need that no retrieved passage meets appears as the evidence span's own id, so that its
    question still counts, as a miss.
    """
    lines: list[str] = []
    for result in evaluation.results:
        relevant = [docid(passage.id) for passage in result.ranking if passage.relevant]
        relevant += [docid(i) for i in _unmet(result.question, result.ranking)]
        lines += [f"{result.question.id} 0 {name} 1\n" for name in dict.fromkeys(relevant)]
    return "".join(lines)


def docid(identity: str) -> str:
    """Return an id without white space; distinct ids stay distinct."""
    return _UNSAFE.sub(
        lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8")), identity
    )


def _unmet(question: Question, ranking: Sequence[RankedPassage]) -> list[str]:
    held = [(passage.document_id, passage.start, passage.end) for passage in ranking]
    unmet: list[str] = []
    for need in question.needs:
        places = [(entry.document, entry.start, entry.end) for entry in need]
        if not any(contains(passage, place) for passage in held for place in places):
            unmet.append(passage_id(*places[0]))
    return unmet


def _falling(scores: Sequence[float]) -> list[float]:
    """Return the scores in single precision, ties lowered by the least step.

    trec_eval ignores the rank column: it sorts by score, as a float, and breaks ties its own way.
    """
    falling: list[float] = []
    ceiling = np.float32(np.inf)
    for score in scores:
        ceiling = min(np.float32(score), np.nextafter(ceiling, np.float32(-np.inf)))
        falling.append(float(ceiling))
    return falling
