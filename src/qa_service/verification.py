"""``verify``: the index holds what it promises, and the labels stand in its documents."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qa_service.chunking.tokens import TokenCounter
from qa_service.evaluation.labels import check_labels, labelled_documents
from qa_service.evaluation.questions import load_questions
from qa_service.index.reader import open_index
from qa_service.index.vectors.choice import in_words
from qa_service.index.verify import verify_index
from qa_service.settings import Settings


@dataclass(frozen=True, slots=True)
class Verified:
    """What was checked and every problem found, in words; sound when there is none.

    ``searched`` says how the vectors of passages and of sentences are searched, and why so.
    ``labels`` is the number of labelled questions checked; 0 where none belong to this index.
    """

    version: str
    documents: int
    passages: int
    sentences: int
    truncated: int
    labels: int
    searched: tuple[str, str]
    problems: tuple[str, ...]

    @property
    def sound(self) -> bool:
        return not self.problems


def verify_all(settings: Settings, questions: Path | None) -> Verified:
    """Check the live index of ``settings`` and, where given, the labels in ``questions``.

    Labels are checked when the index holds at least one document they name: a label file of
    another corpus says nothing about this one. Raises the IndexErrors, and EvaluationError for a
    label file that cannot be read.
    """
    with open_index(settings.index) as index:
        encoding = index.manifest.chunking.token_encoding
    found = verify_index(settings.index, count=TokenCounter(encoding).count_many)
    checked, label_problems = _labels(settings.index, questions)
    counts = found.counts
    return Verified(
        version=found.version,
        documents=counts.documents,
        passages=counts.passages,
        sentences=counts.sentences,
        truncated=counts.truncated,
        labels=checked,
        searched=(
            in_words(found.manifest.passage_search),
            in_words(found.manifest.sentence_search),
        ),
        problems=(*found.problems, *label_problems),
    )


def _labels(index_dir: Path, path: Path | None) -> tuple[int, list[str]]:
    if path is None:
        return 0, []
    questions = load_questions(path)
    with open_index(index_dir) as index:
        wanted = labelled_documents(questions)
        held = {info.id for info in index.documents()} & wanted
        if not held:
            return 0, []
        texts = {document_id: index.document(document_id).text for document_id in held}
    problems = check_labels(questions, texts)
    return len(questions), [f"{path}:{p.line}: {p.message}; {p.hint}" for p in problems]
