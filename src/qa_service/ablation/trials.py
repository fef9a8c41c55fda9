"""Index and evaluate under each config, one after the other."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from qa_service.ablation.configs import Config
from qa_service.chunking.tokens import TokenCounter
from qa_service.embedding.opening import open_embedder, prepare_embedder
from qa_service.errors import QaServiceError
from qa_service.evaluation.labels import check_labels, labelled_documents, require_sound
from qa_service.evaluation.questions import Question, load_questions
from qa_service.evaluation.results import Evaluation
from qa_service.evaluation.runner import evaluate
from qa_service.evaluation.system import document_texts
from qa_service.index.build import BuildReport, build_index
from qa_service.index.progress import BuildProgress
from qa_service.service import Service


class TrialProgress(BuildProgress, Protocol):
    """Told of each build, and of what cannot be counted."""

    def say(self, what: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Trial:
    """What one config gave. ``index_bytes`` is the size of every file of its index."""

    config: Config
    built: BuildReport
    index_bytes: int
    evaluation: Evaluation

    @property
    def mean_tokens(self) -> float:
        """Return the mean tiktoken tokens of a passage."""
        return self.built.tokens / self.built.passages

    @property
    def index_seconds(self) -> float:
        """Return the seconds from reading to committing; opening the model is not counted."""
        return sum(self.built.seconds.values())


@dataclass(frozen=True, slots=True)
class _Labels:
    """The questions, read once: a file edited meanwhile must not part the configs."""

    path: Path
    questions: Sequence[Question]


def run_trials(
    configs: Sequence[Config], questions_path: Path, progress: TrialProgress
) -> list[Trial]:
    """Return one trial a config, in order; each has a temporary index and an embedder of its own.

    Equal in all but times on every run. Raises EvaluationError for labels that do not stand, and
    what indexing and opening raise, its message naming the config.
    """
    labels = _Labels(questions_path, load_questions(questions_path))
    _require_parts(configs, progress)
    trials: list[Trial] = []
    for number, config in enumerate(configs, start=1):
        progress.say(f"config {number} of {len(configs)}:")
        trials.append(_try(config, labels, progress))
    return trials


def _require_parts(configs: Sequence[Config], progress: TrialProgress) -> None:
    """Open every model and token table once, before the work: what is missing must not show after
    half of it, and what is loaded for the first time must not count as one config's seconds."""
    seen: set[tuple[object, ...]] = set()
    for config in configs:
        settings = config.settings
        model = (settings.model, settings.runtime, settings.precision, settings.cache_dir)
        try:
            TokenCounter(settings.token_encoding).count_many([config.name])
            if model not in seen:
                prepare_embedder(settings, progress.say)
        except QaServiceError as error:
            raise _of(config, error) from error
        seen.add(model)


def _try(config: Config, labels: _Labels, progress: TrialProgress) -> Trial:
    with tempfile.TemporaryDirectory(prefix="qa-service-compare-") as folder:
        settings = config.settings.model_copy(update={"index": Path(folder)})
        try:
            # Its own embedder: what one config's run has warmed or remembered helps no other.
            embedder = open_embedder(settings)
            built = build_index(settings, embedder, progress=progress)
            service = Service.open(settings, embedder=embedder)
            try:
                evaluation = _evaluate(service, labels, progress)
            finally:
                service.close()
        except QaServiceError as error:
            raise _of(config, error) from error
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    return Trial(config, built, size, evaluation)


def _evaluate(service: Service, labels: _Labels, progress: TrialProgress) -> Evaluation:
    texts = document_texts(service, labelled_documents(labels.questions))
    require_sound(labels.path, check_labels(labels.questions, texts))
    progress.stage("asking", len(labels.questions), "questions")
    return evaluate(service, labels.questions, progress=lambda done, total: progress.advance(1))


def _of(config: Config, error: QaServiceError) -> QaServiceError:
    return type(error)(f"config {config.name}: {error.message}", error.hint)
