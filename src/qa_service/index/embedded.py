"""Texts to vectors, each distinct text once, and the proof that none was cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from qa_service.embedding.protocol import Embedder, Matrix
from qa_service.errors import ModelDamaged, WindowExceeded

_SLICE = 16_384  # texts embedded at a time: bounds the memory held at full precision
_NORM_TOLERANCE = 1e-3


@dataclass(slots=True)
class EmbeddedTexts:
    """Groups of texts over one list of distinct texts, in order of first sight.

    ``groups[g][i]`` is the place of group ``g``'s ``i``-th text in ``distinct``; ``matrix`` holds
    a float16 row for each distinct text once they are embedded.
    """

    distinct: list[str]
    groups: tuple[NDArray[np.int64], ...]
    model_tokens: int
    truncated: int
    matrix: NDArray[np.float16] = field(
        default_factory=lambda: np.zeros((0, 0), dtype=np.float16), repr=False
    )

    @classmethod
    def of(cls, groups: Sequence[Sequence[str]], embedder: Embedder) -> EmbeddedTexts:
        """Count the distinct texts of these groups; raises WindowExceeded when one is too long."""
        places: dict[str, int] = {}
        indexed = tuple(
            np.array([places.setdefault(text, len(places)) for text in group], dtype=np.int64)
            for group in groups
        )
        distinct = list(places)
        counts = embedder.count_tokens(distinct)
        window = embedder.identity.window
        over = [place for place, count in enumerate(counts) if count > window]
        if over:
            raise WindowExceeded(
                f"{distinct[over[0]][:60]!r}: {counts[over[0]]} tokens exceed the {window} that "
                f"{embedder.identity.model} reads ({len(over)} such texts)",
                "lower QA_PASSAGE_TOKENS",
            )
        return cls(distinct, indexed, model_tokens=sum(counts), truncated=len(over))

    def vectors(self, group: int) -> NDArray[np.float16]:
        """Return one row for each text of a group, in its order."""
        return self.matrix[self.groups[group]]


def embed_distinct(
    texts: EmbeddedTexts, embedder: Embedder, progress: Callable[[int], None]
) -> None:
    """Fill ``texts.matrix``; ``progress`` hears the model tokens of each finished batch.

    Raises ModelDamaged when the embedder returns anything but unit vectors.
    """
    rows = np.zeros((len(texts.distinct), embedder.identity.dimension), dtype=np.float16)
    for start in range(0, len(rows), _SLICE):
        part = texts.distinct[start : start + _SLICE]
        vectors = embedder.embed(part, progress)
        _check_unit(vectors, (len(part), rows.shape[1]), embedder)
        rows[start : start + len(part)] = vectors
    texts.matrix = rows


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
