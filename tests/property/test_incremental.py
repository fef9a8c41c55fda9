"""Whatever happens to a corpus between builds, the next generation is what a fresh build makes."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from qa_service.embedding.hashing import HashingEmbedder
from qa_service.embedding.protocol import Matrix, Progress
from qa_service.errors import IndexError_
from qa_service.index.build import BuildReport, build_index, plan_build
from qa_service.index.building.context import embedding_text
from qa_service.index.generation.opening import current_version
from qa_service.index.reader import open_index
from qa_service.index.rollback import roll_back
from qa_service.settings import Settings

FRONT = "---\nyear: 2021\nrating: 4.50\ntags: [steam, coal]\n---\n"
TEXTS = [
    "A steam engine turns the pressure of steam into motion.",
    "James Watt added a separate condenser. It saved much coal.",
    "Учёный изучал домашних птиц. 新しい蒸気機関が走る。",
    "The Volga is 3,531 kilometres long; Café 😀 naïve.",
    "# Rivers\n\nThe Danube rises in the Black Forest.\n\n## Lengths\n\n```\nx = 1\n```",
    FRONT + "# Engines\n\nCompound engines let the steam expand in several cylinders, one after "
    "another, and ships used them until turbines took their place everywhere in the world.",
]
# On three pages of one folder it is the site's own line; on fewer it is text.
SITE_LINE = "Home | Products | Contact"
NAMES = ["a.txt", "b.txt", "ö.txt", "deep/c.txt", "deep/d.md"]
name_of = st.sampled_from(NAMES)
text_of = st.builds(
    lambda head, parts: "\n\n".join([*head, *parts]),
    st.sampled_from([[], [SITE_LINE]]),
    st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3, unique=True),
)
choice_of = st.sampled_from(
    [{}, {"passage_tokens": 16}, {"passage_tokens": 24}, {"sentence_characters": 40}]
)


class Recorder(HashingEmbedder):
    """Remembers what it was given to embed."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        self.texts.extend(texts)
        return super().embed(texts, progress)


def content(index: Path) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The bytes of each file of the live generation, and what its manifest says beside its name."""
    folder = index / current_version(index)
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    manifest = json.loads(files.pop("manifest.json"))
    for changing in ("version", "created", "manifest_sha256"):
        del manifest[changing]
    return files, manifest


def embedded_texts(index: Path) -> set[str]:
    """Every text that the live generation holds a vector of."""
    with open_index(index) as opened:
        passages = opened.passages(range(opened.passage_count))
        sentences = {sentence.text for passage in passages for sentence in passage.sentences}
        return sentences | {embedding_text(passage) for passage in passages}


class Corpus(RuleBasedStateMachine):
    """A corpus that people work on, and the index that follows it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.corpus = self.folder / "corpus"
        self.choices: dict[str, int] = {}
        self.usable = False  # whether the live generation was built by the settings in force

    def files(self) -> list[Path]:
        return sorted(path for path in self.corpus.rglob("*") if path.is_file())

    def write(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8", newline="")

    def settings(self, index: str) -> Settings:
        values = {"passage_tokens": 32, **self.choices}
        return Settings.create(
            corpus=self.corpus, index=self.folder / index, model="hashing", **values
        )

    @initialize(text=text_of)
    def first(self, text: str) -> None:
        self.write(self.corpus / "a.txt", text)

    @rule(name=name_of, text=text_of)
    def add_or_edit(self, name: str, text: str) -> None:
        self.write(self.corpus / name, text)

    @rule(pick=st.integers(0, 9), tail=st.sampled_from(TEXTS[:4]))
    def extend(self, pick: int, tail: str) -> None:
        files = self.files()
        path = files[pick % len(files)]
        self.write(path, path.read_text("utf-8") + "\n" + tail)

    @rule(pick=st.integers(0, 9), name=name_of)
    def move(self, pick: int, name: str) -> None:
        files = self.files()
        (self.corpus / name).parent.mkdir(exist_ok=True)
        files[pick % len(files)].replace(self.corpus / name)

    @rule(pick=st.integers(0, 9), name=name_of)
    def duplicate(self, pick: int, name: str) -> None:
        files = self.files()
        path = files[pick % len(files)]
        if path != self.corpus / name:
            (self.corpus / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(path, self.corpus / name)

    @precondition(lambda self: len(self.files()) > 1)
    @rule(pick=st.integers(0, 9))
    def delete(self, pick: int) -> None:
        files = self.files()
        files[pick % len(files)].unlink()

    @rule(pick=st.integers(0, 9), seconds=st.integers(0, 2**31))
    def touch(self, pick: int, seconds: int) -> None:
        files = self.files()
        os.utime(files[pick % len(files)], (seconds, seconds))

    @rule(choices=choice_of)
    def change_settings(self, choices: dict[str, int]) -> None:
        self.usable = self.usable and self.choices == choices
        self.choices = choices

    @precondition(lambda self: self.usable)
    @rule(pick=st.integers(0, 99), place=st.integers(0, 10**9), bit=st.integers(0, 7))
    def damage(self, pick: int, place: int, bit: int) -> None:
        index = self.folder / "index"
        files = sorted((index / current_version(index)).iterdir())
        path = files[pick % len(files)]
        data = bytearray(path.read_bytes())
        data[place % len(data)] ^= 1 << bit
        path.write_bytes(data)
        self.usable = False

    @precondition(lambda self: (self.folder / "index").exists())
    @rule()
    def go_back(self) -> None:
        try:
            roll_back(self.folder / "index")
        except IndexError_:
            return  # nothing sound to go back to
        self.usable = False  # it may have been built by other settings, or may not

    @rule(full=st.booleans())
    def index(self, full: bool) -> None:
        choices = self.settings("index")
        known = embedded_texts(choices.index) if self.usable else set()
        plan = plan_build(choices, HashingEmbedder(), full=full)
        embedder = Recorder()
        report = build_index(choices, embedder, full=full)
        self.check_the_report(report, plan, len(set(embedder.texts)))
        if self.usable and not full:
            assert not report.from_scratch
            assert not known & set(embedder.texts)
        self.usable = True

        fresh = self.settings("fresh")
        shutil.rmtree(fresh.index, ignore_errors=True)
        build_index(fresh, HashingEmbedder())
        (ours, manifest), (wanted, wanted_manifest) = content(choices.index), content(fresh.index)
        assert manifest == wanted_manifest
        assert ours == wanted

    def check_the_report(self, report: BuildReport, plan: BuildReport, embedded: int) -> None:
        for each in (report, plan):
            changes = each.changes
            new = len(changes.added) + len(changes.changed) + len(changes.moved)
            assert new + changes.unchanged == each.documents == len(self.files())
            assert each.embedded == embedded
        assert plan.changes == report.changes
        assert plan.model_tokens == report.model_tokens

    def teardown(self) -> None:
        shutil.rmtree(self.folder)


TestCorpus = Corpus.TestCase
TestCorpus.settings = settings(max_examples=15, stateful_step_count=14, deadline=None)
