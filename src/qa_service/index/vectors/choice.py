"""Which kind of vector index serves so many vectors, and how to say so."""

from __future__ import annotations

from typing import Literal

from qa_service.index.generation.manifest import Manifest, VectorSearch

Choice = Literal["auto", "flat", "ivf"]

FLAT_ROWS = 50_000
"""So many vectors are compared one by one in about two milliseconds."""


def choose(rows: int, choice: Choice) -> tuple[str, str]:
    """Return the kind of index for so many vectors, ``flat`` or ``ivf``, and why, in words."""
    if choice != "auto":
        return choice, f"set by QA_VECTOR_INDEX={choice}"
    if rows <= FLAT_ROWS:
        return "flat", f"{rows:,} vectors, not above {FLAT_ROWS:,}"
    return "ivf", f"{rows:,} vectors, above {FLAT_ROWS:,}"


def searched_as_chosen(manifest: Manifest, choice: Choice) -> bool:
    """Return whether a generation is searched as this choice would have it searched."""
    counts = manifest.counts
    return (manifest.passage_search.kind, manifest.sentence_search.kind) == (
        choose(counts.passages, choice)[0],
        choose(counts.sentences, choice)[0],
    )


def in_words(search: VectorSearch) -> str:
    """Return one line on how vectors are searched, and why so."""
    if search.kind == "flat":
        return f"flat, every vector compared ({search.why})"
    return (
        f"ivf, {search.probes} of {search.lists} lists looked into, recall@10 "
        f"{search.recall_per_mille / 1000:.3f} beside exact search ({search.why})"
    )
