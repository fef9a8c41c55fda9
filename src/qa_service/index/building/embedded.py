"""Texts to vectors, each distinct text once and none a second time, and the proof that none was
cut."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from qa_service.embedding.protocol import Embedder, Matrix
from qa_service.errors import ModelDamaged, WindowExceeded

_SLICE = 16_384  # texts embedded at a time: bounds the memory held at full precision
_NORM_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class KnownVectors:
    """Vectors of texts that the same model has embedded before.

    ``rows[text]`` is the row of a text's vector in ``parts`` laid end to end, each
    ``(n, dimension)`` float16.
    """

    rows: Mapping[str, int]
    parts: Sequence[NDArray[np.float16]]

    def take(self, rows: NDArray[np.int64], out: NDArray[np.float16]) -> None:
        """Copy the vectors at ``rows`` into ``out``, in order; where a row is -1, nothing."""
        first = 0
        for part in self.parts:
            here = (rows >= first) & (rows < first + len(part))
            out[here] = part[rows[here] - first]
            first += len(part)


NOTHING_KNOWN = KnownVectors({}, ())


@dataclass(slots=True)
class EmbeddedTexts:
    """Groups of texts over one list of distinct texts, in order of first sight.

    ``groups[g][i]`` is the place of group ``g``'s ``i``-th text in ``distinct``; ``matrix`` holds
    a float16 row for each distinct text once they are embedded. ``earlier[d]`` is the row of a
    known vector, -1 for a text still to be embedded; ``new`` are the places of those, and
    ``model_tokens`` is what the embedder will read of them.
    """

    distinct: list[str]
    groups: tuple[NDArray[np.int64], ...]
    earlier: NDArray[np.int64]
    new: NDArray[np.int64]
    model_tokens: int
    truncated: int
    matrix: NDArray[np.float16] = field(
        default_factory=lambda: np.zeros((0, 0), dtype=np.float16), repr=False
    )

    @classmethod
    def of(
        cls,
        groups: Sequence[Sequence[str]],
        embedder: Embedder,
        known: KnownVectors = NOTHING_KNOWN,
    ) -> EmbeddedTexts:
        """Count the distinct texts of these groups; raises WindowExceeded when one is too long.

        A known text is not counted again: it fitted the window of the model that embedded it.
        """
        places: dict[str, int] = {}
        indexed = tuple(
            np.array([places.setdefault(text, len(places)) for text in group], dtype=np.int64)
            for group in groups
        )
        distinct = list(places)
        earlier = np.array([known.rows.get(text, -1) for text in distinct], dtype=np.int64)
        new = np.flatnonzero(earlier < 0).astype(np.int64)
        counts = embedder.count_tokens([distinct[place] for place in new]) if len(new) else []
        window = embedder.identity.window
        over = [place for place, count in enumerate(counts) if count > window]
        if over:
            raise WindowExceeded(
                f"{distinct[new[over[0]]][:60]!r}: {counts[over[0]]} tokens exceed the {window} "
                f"that {embedder.identity.model} reads ({len(over)} such texts)",
                "lower QA_PASSAGE_TOKENS",
            )
        return cls(distinct, indexed, earlier, new, model_tokens=sum(counts), truncated=len(over))

    def vectors(self, group: int) -> NDArray[np.float16]:
        """Return one row for each text of a group, in its order."""
        return self.matrix[self.groups[group]]


def embed_distinct(
    texts: EmbeddedTexts,
    embedder: Embedder,
    progress: Callable[[int], None],
    known: KnownVectors = NOTHING_KNOWN,
) -> None:
    """Fill ``texts.matrix``; ``progress`` hears the model tokens of each finished batch.

    ``known`` is what ``texts`` was counted with. Raises ModelDamaged when the embedder returns
    anything but unit vectors.
    """
    rows = np.zeros((len(texts.distinct), embedder.identity.dimension), dtype=np.float16)
    known.take(texts.earlier, rows)
    for start in range(0, len(texts.new), _SLICE):
        places = texts.new[start : start + _SLICE]
        vectors = _embed([texts.distinct[place] for place in places], embedder, progress)
        _check_unit(vectors, (len(places), rows.shape[1]), embedder)
        rows[places] = vectors
    texts.matrix = rows


def _embed(texts: list[str], embedder: Embedder, progress: Callable[[int], None]) -> Matrix:
    if len(texts) > 1:
        return embedder.embed(texts, progress)
    # An embedder may treat a text alone as a question, in another way than many: a vector must not
    # depend on whether other texts were new in the same build.
    vectors = embedder.embed(texts * 2)[:1]
    progress(embedder.count_tokens(texts)[0])
    return vectors


def _check_unit(vectors: Matrix, shape: tuple[int, int], embedder: Embedder) -> None:
    if vectors.shape == shape:
        norms = np.linalg.norm(vectors, axis=1)
        if bool(np.all(np.abs(norms - 1) < _NORM_TOLERANCE)):  # false for a NaN, too
            return
    raise ModelDamaged(
        f"{embedder.identity.model} ({embedder.identity.variant}): returned something other than "
        f"{shape[0]} unit vectors of {shape[1]} dimensions",
        "choose another model with QA_MODEL, or export this one again",
    )
