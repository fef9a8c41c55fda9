from __future__ import annotations

from pathlib import Path

import pytest

from conftest import LIBRARY, write_corpus
from qa_service.ablation import trials as module
from qa_service.ablation.configs import Config
from qa_service.ablation.trials import Trial, run_trials
from qa_service.errors import CorpusNotFound, EvaluationError, ModelNotFound
from qa_service.settings import Settings

from .factories import LABELS, write_labels


class Listener:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, int, str]] = []
        self.said: list[str] = []
        self.advanced = 0

    def say(self, what: str) -> None:
        self.said.append(what)

    def stage(self, name: str, total: int, unit: str) -> None:
        self.stages.append((name, total, unit))

    def advance(self, n: int) -> None:
        self.advanced += n


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "corpus", LIBRARY)


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    return write_labels(tmp_path / "labels.jsonl")


def config(corpus: Path, name: str = "a", **changes: object) -> Config:
    values = {"model": "hashing", "corpus": corpus, "index": Path("/nowhere"), **changes}
    return Config(name, changes, Settings.create(**values))


def run(labels: Path, *configs: Config) -> list[Trial]:
    return run_trials(configs, labels, Listener())


def test_each_config_is_indexed_and_asked_under_its_own_settings(
    corpus: Path, labels: Path
) -> None:
    small, large, bold = run(
        labels,
        config(corpus, "small", passage_tokens=24),
        config(corpus, "large", passage_tokens=200),
        config(corpus, "bold", passage_tokens=200, threshold=0.0),
    )
    assert small.built.passages > large.built.passages
    assert small.mean_tokens < large.mean_tokens
    assert small.mean_tokens == small.built.tokens / small.built.passages
    assert small.index_bytes > 0
    assert small.index_seconds > 0
    assert bold.evaluation.metrics["false_answer"].value == 1
    assert bold.evaluation.metrics["false_abstain"].value == 0
    assert large.evaluation.results[0].ranking == bold.evaluation.results[0].ranking


def test_a_second_run_differs_in_nothing_but_times(corpus: Path, labels: Path) -> None:
    first, second = (run(labels, config(corpus, passage_tokens=40))[0] for _ in range(2))
    assert first.index_bytes == second.index_bytes
    assert first.evaluation.metrics == second.evaluation.metrics
    assert [r.ranking for r in first.evaluation.results] == [
        r.ranking for r in second.evaluation.results
    ]


def test_temporary_indexes_are_gone_afterwards(
    corpus: Path, labels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(module.tempfile, "tempdir", str(place))
    run(labels, config(corpus))
    assert list(place.iterdir()) == []
    assert not Path("/nowhere").exists()


def test_a_missing_model_shows_before_anything_is_indexed(
    corpus: Path, labels: Path, tmp_path: Path
) -> None:
    listener = Listener()
    missing = config(corpus, "gone", model=str(tmp_path / "no-model"), cache_dir=tmp_path)
    with pytest.raises(ModelNotFound, match=r"^config gone: "):
        run_trials([config(corpus), missing], labels, listener)
    assert listener.stages == []


def test_labels_are_read_before_anything_is_indexed(corpus: Path, tmp_path: Path) -> None:
    listener = Listener()
    with pytest.raises(EvaluationError, match="none"):
        run_trials([config(corpus)], tmp_path / "none.jsonl", listener)
    assert listener.stages == []


def test_a_corpus_or_a_label_that_is_amiss_names_the_config(
    corpus: Path, labels: Path, tmp_path: Path
) -> None:
    with pytest.raises(CorpusNotFound, match=r"^config a: .*none"):
        run(labels, config(tmp_path / "none"))
    (corpus / "engines.md").write_text("# Engines\n\nNothing more.\n")
    with pytest.raises(EvaluationError, match=r"^config a: .*labels do not stand"):
        run(labels, config(corpus))


def test_progress_counts_every_question(corpus: Path, labels: Path) -> None:
    listener = Listener()
    run_trials([config(corpus, "b")], labels, listener)
    assert listener.said == ["config 1 of 1:"]
    assert listener.stages[-1] == ("asking", len(LABELS) + 2, "questions")
    assert listener.advanced == sum(total for _, total, _ in listener.stages)
