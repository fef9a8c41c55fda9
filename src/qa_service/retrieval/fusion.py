"""One explainable score: a convex combination of normalised features.

Each feature is min-max normalised over the question's candidates and the score is their weighted
sum, weights adding up to 1 (Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid
Retrieval", 2023: it keeps the size of score gaps, which reciprocal rank fusion throws away).
A lexical feature's range is never taken as narrower than half of what a passage holding every
term of the question would score: one shared common word must not weigh as much as a full match.
The weights are data, in ``fusion.json``, with the command that refits them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from qa_service.records import Feature
from qa_service.retrieval.features import FEATURES, FeatureTable

_FULL_MATCH = 0.4  # a term found once weighs about 0.8 of its idf: half of a full match
_LEXICAL = np.array(["bm25" in name or name == "word_pairs" for name in FEATURES], np.float32)


@dataclass(frozen=True, slots=True)
class FusionWeights:
    """One weight a feature, in the order of ``FEATURES``, adding up to 1."""

    values: tuple[float, ...]

    @classmethod
    def of(cls, weights: Mapping[str, float]) -> FusionWeights:
        """Return weights scaled to add up to 1; raises ValueError unless every feature has one."""
        if set(weights) != set(FEATURES):
            raise ValueError(f"weights for {sorted(weights)}, features are {sorted(FEATURES)}")
        total = sum(weights.values())
        if total <= 0 or min(weights.values()) < 0:
            raise ValueError("weights must not be negative, and must not all be zero")
        return cls(tuple(weights[name] / total for name in FEATURES))


@cache
def default_weights() -> FusionWeights:
    """Return the fitted weights that this package ships."""
    text = resources.files("qa_service.retrieval").joinpath("fusion.json").read_text("utf-8")
    return FusionWeights.of(json.loads(text)["weights"])


def normalise(table: FeatureTable) -> NDArray[np.float32]:
    """Return each column scaled to 0..1 over its rows; a constant column becomes 0.

    Lexical columns are divided by at least ``_FULL_MATCH`` of the question's total idf. With one
    candidate alone there is nothing to compare: what it has, above zero, counts in full.
    """
    if len(table.rows) == 1:
        return (table.values > 0).astype(np.float32)
    low = table.values.min(axis=0)
    width = np.maximum(table.values.max(axis=0) - low, _LEXICAL * _FULL_MATCH * table.total_idf)
    scaled = (table.values - low) / np.where(width > 0, width, 1)
    return np.asarray(scaled, dtype=np.float32)


def fuse(table: FeatureTable, weights: FusionWeights) -> NDArray[np.float32]:
    """Return ``(n,)`` scores between 0 and 1 for the table's rows."""
    # Not a matrix product: BLAS raises false alarms ("invalid value") on operands this narrow.
    scores = (normalise(table) * np.array(weights.values, dtype=np.float32)).sum(axis=1)
    return np.asarray(scores, dtype=np.float32)


def explain(table: FeatureTable, weights: FusionWeights, place: int) -> dict[str, Feature]:
    """Return each feature of the row at ``place``: raw value, normalised value, weight."""
    normalised = normalise(table)
    return {
        name: Feature(
            value=float(table.values[place, column]),
            normalised=float(normalised[place, column]),
            weight=weights.values[column],
        )
        for column, name in enumerate(FEATURES)
    }
