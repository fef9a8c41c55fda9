"""Documents to a generation: read, split, embed, write, commit; only what changed is made anew."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from qa_service.embedding.model_languages import language_warning, unknown_languages
from qa_service.embedding.protocol import Embedder
from qa_service.errors import DocumentError
from qa_service.index.building.changes import Changes
from qa_service.index.building.document_copies import DocumentCopy
from qa_service.index.building.embedded import embed_distinct
from qa_service.index.building.plan import Plan, planned
from qa_service.index.building.writing import describe, write_files
from qa_service.index.generation import disk
from qa_service.index.generation.commit import locked, next_generation
from qa_service.index.progress import BuildProgress, Clock
from qa_service.index.vectors.choice import in_words
from qa_service.reading.walk import Skipped
from qa_service.settings import Settings


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What was built, or would be. ``tokens`` counts tiktoken tokens of all passages;
    ``embedded`` is how many texts the embedder had to read, ``model_tokens`` their tokens,
    ``reused`` the texts whose vectors were there; ``truncated`` the texts that did not fit its
    window (0, by counting).

    ``version`` is the live generation afterwards: the new one if ``written``. ``changes`` are
    against the one before; where nothing of that one could be used, ``from_scratch`` says why.
    ``skipped`` are files of no supported format and blank ones; ``failed`` documents that could
    not be read and were left out because the settings allow it. ``warnings`` are lines about what
    was indexed and will be found less well than it might be. ``copies`` are documents that repeat
    another one; ``repeated`` counts the passages that say what one before them says. ``searched``
    says how the vectors of passages and of sentences are searched, and why so.
    """

    version: str
    documents: int
    passages: int
    sentences: int
    tokens: int
    model_tokens: int
    truncated: int
    skipped: tuple[Skipped, ...]
    failed: tuple[DocumentError, ...]
    seconds: Mapping[str, float]
    written: bool = True
    changes: Changes = field(default_factory=Changes)
    from_scratch: str = ""
    embedded: int = 0
    reused: int = 0
    warnings: tuple[str, ...] = ()
    copies: tuple[DocumentCopy, ...] = ()
    repeated: int = 0
    searched: tuple[str, ...] = ()


def build_index(
    settings: Settings,
    embedder: Embedder,
    *,
    progress: BuildProgress | None = None,
    full: bool = False,
    only_if_changed: bool = False,
) -> BuildReport:
    """Build ``settings.corpus`` into a new generation of ``settings.index`` and make it live.

    What the live generation holds of unchanged documents is taken over, and the vectors of texts
    that it holds, unless ``full``; the result is the same. The same corpus, settings and embedder
    give the same bytes, ``created`` and the generation's number aside. With ``only_if_changed``
    nothing is written where the live generation is what would be built.

    Raises CorpusNotFound, CorpusEmpty, the DocumentError of a document that cannot be read (unless
    ``settings.skip_unreadable``), IndexLocked, IndexWriteFailed and the embedder's errors; the
    live generation is then what it was.
    """
    clock = Clock(progress)
    with ExitStack() as held:
        # A second writer is refused at once; a corpus that cannot be read leaves no folder behind.
        is_there = disk.is_there(settings.index)
        if is_there:
            held.enter_context(locked(settings.index))
        plan = held.enter_context(planned(settings, embedder, clock, full=full))
        if only_if_changed and plan.changes_nothing:
            return _report(plan, plan.live.version, embedder, clock, written=False)
        if not is_there:
            held.enter_context(locked(settings.index))
        with next_generation(settings.index, keep=settings.keep_generations) as generation:
            with clock.stage("embedding", plan.texts.model_tokens, "tokens"):
                embed_distinct(plan.texts, embedder, clock.advance, plan.known)
            with clock.stage("writing", 1, "index"):
                searches = write_files(generation, plan, settings)
                generation.commit(
                    lambda files: describe(
                        generation.version, files, plan, settings, embedder.identity, searches
                    )
                )
                clock.advance(1)
        report = _report(plan, generation.version, embedder, clock, written=True)
        return replace(report, searched=tuple(map(in_words, searches)))


def plan_build(
    settings: Settings,
    embedder: Embedder,
    *,
    progress: BuildProgress | None = None,
    full: bool = False,
) -> BuildReport:
    """Return what ``build_index`` would report, without embedding, locking or writing anything.

    Raises as ``build_index`` does, of what concerns the corpus.
    """
    clock = Clock(progress)
    with planned(settings, embedder, clock, full=full) as plan:
        return _report(plan, plan.live.version, embedder, clock, written=False)


def _report(
    plan: Plan, version: str, embedder: Embedder, clock: Clock, *, written: bool
) -> BuildReport:
    counts, texts, model = plan.counts, plan.texts, embedder.identity.model
    unknown = unknown_languages(model, (document.language for document, _ in plan.split))
    return BuildReport(
        version=version,
        documents=counts.documents,
        passages=counts.passages,
        sentences=counts.sentences,
        tokens=counts.tokens,
        model_tokens=texts.model_tokens,
        truncated=counts.truncated,
        skipped=plan.corpus.skipped,
        failed=plan.corpus.failed,
        seconds=clock.seconds,
        written=written,
        changes=plan.changes,
        from_scratch=plan.live.from_scratch,
        embedded=len(texts.new),
        reused=len(texts.distinct) - len(texts.new),
        copies=plan.copies,
        repeated=len(plan.duplicates.copies),
        warnings=(language_warning(model, unknown),) if unknown else (),
    )
