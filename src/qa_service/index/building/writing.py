"""A plan and its vectors to the files of a generation, and the manifest that vouches for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from qa_service.chunking.passages import SPLITTING_VERSION
from qa_service.embedding.protocol import EmbedderIdentity
from qa_service.index.building.context import lexical_text
from qa_service.index.building.plan import Plan
from qa_service.index.building.splitting import chunking_of
from qa_service.index.generation.commit import NewGeneration
from qa_service.index.generation.disk import FileRecord
from qa_service.index.generation.manifest import Manifest, corpus_fingerprint
from qa_service.index.lexical.analysis import ANALYZER_VERSION
from qa_service.index.lexical.bm25 import build_lexical, lexical_files
from qa_service.index.texts.budgets import Budgets, budget_files, build_budgets
from qa_service.index.texts.duplicates import duplicate_files
from qa_service.index.texts.layout import build_layout, layout_files
from qa_service.index.texts.store import STORE_FILE
from qa_service.index.texts.store_writing import write_store
from qa_service.index.vectors.build import Searches, write_vectors
from qa_service.reading.formats import READING_VERSION
from qa_service.settings import Settings


def write_files(generation: NewGeneration, plan: Plan, settings: Settings) -> Searches:
    """Write every file of the generation but its manifest; the plan's texts are embedded.

    Return how the vectors are to be searched.
    """
    write_store(generation.path(STORE_FILE), plan.split)
    generation.adopt(STORE_FILE)
    searches = write_vectors(
        generation, plan.texts.vectors(0), plan.texts.vectors(1), settings.vector_index
    )
    passages = plan.passages
    numbers = [number for number, (_, own) in enumerate(plan.split) for _ in own]
    lexical = build_lexical(
        [lexical_text(passage) for passage in passages],
        [sentence.text for passage in passages for sentence in passage.sentences],
        passage_languages=[passage.language for passage in passages],
        sentence_languages=[passage.language for passage in passages for _ in passage.sentences],
    )
    for files in (
        layout_files(build_layout(passages, numbers)),
        budget_files(_budgets(plan)),
        duplicate_files(plan.duplicates),
        lexical_files(lexical),
    ):
        for name, data in files.items():
            generation.write(name, data)
    return searches


def describe(
    version: str,
    files: Mapping[str, FileRecord],
    plan: Plan,
    settings: Settings,
    identity: EmbedderIdentity,
    searches: Searches,
) -> Manifest:
    """Return the manifest of a generation with these files, made now by these rules."""
    return Manifest(
        version=version,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        files=files,
        corpus_fingerprint=corpus_fingerprint((d.id, d.sha256) for d, _ in plan.split),
        embedder=identity,
        chunking=chunking_of(settings),
        reading_version=READING_VERSION,
        splitting_version=SPLITTING_VERSION,
        analyzer_version=ANALYZER_VERSION,
        counts=plan.counts,
        passage_search=searches.passages,
        sentence_search=searches.sentences,
    )


def _budgets(plan: Plan) -> Budgets:
    count, earlier = plan.counter.count_many, plan.live.earlier
    return earlier.budgets(plan.split, count) if earlier else build_budgets(plan.split, count)
