"""Does an export still say what the original says? Sample texts, cosines, and the limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from qa_service.embedding.protocol import Matrix
from qa_service.errors import ModelDamaged

_TEXTS = (
    "a",
    "Yes.",
    "What is the boiling point of water at sea level?",
    "The treaty was signed on 14 March 1997 by both governments and entered into force in May.",
    "Revenue rose 12.5 % to $3,204,118.07 (FY2021: $2,848,104.95), net of one-off costs.",
    "Who wrote the report, when was it published, and what does it recommend to small farms?",
    "def area(radius: float) -> float:\n    return math.pi * radius ** 2  # square metres",
    "Größere Städte müssen über ihre Flüsse hinaus neue Brücken bauen.",
    "Вода закипает при ста градусах, если давление обычное.",
    "水は摂氏百度で沸騰します。圧力が下がると沸点も下がる。",
    "İstanbul'da yağmur yağıyor; naïve café, Ångström, ﬁne ligature, e\u0301 combined.",
    "👩‍🚀 launches 🚀 at dawn 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 \u200b zero width",
    "http://example.org/a?b=c&d=%20 user@example.org #tag C:\\folder\\file.txt",
    "TABLE 4 | 0.12 | 0.98 | n/a | -3.1e-7 || TABLE 5 | 1.00 | 0.50 | --- | +2",
)
_LONG = (
    "The committee met in the old town hall to review the harbour plan, heard eleven speakers, "
    "and asked the engineers for new figures on traffic, noise, cost and the height of the quay. "
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Lowest and mean cosine that a variant must reach on every sample text."""

    lowest: float
    mean: float


LIMITS = {
    # Rounding only: anything below means a wrong graph, not another order of additions.
    "float32": Limits(lowest=0.99999, mean=0.99999),
    # Measured 0.996 and 0.999 for all-MiniLM-L6-v2; neighbouring passages differ by far more.
    "int8": Limits(lowest=0.99, mean=0.998),
}


def sample_texts(tokenize: Callable[[str], list[int]], window: int) -> list[str]:
    """Return varied texts that fit the window, among them one that fills it as far as words can."""
    texts = [text for text in _TEXTS if len(tokenize(text)) <= window]
    words = (_LONG * (window // 20 + 1)).split()
    for share in (2, 1):  # half the window, and all of it
        low, high = 1, len(words)
        while low < high:
            middle = (low + high + 1) // 2
            if len(tokenize(" ".join(words[:middle]))) <= window // share:
                low = middle
            else:
                high = middle - 1
        texts.append(" ".join(words[:low]))
    return texts


def cosines(expected: Matrix, *candidates: Matrix) -> Matrix:
    """Return every candidate row's cosine with its expected row, flat; all rows of unit norm."""
    return np.concatenate([(expected * rows).sum(axis=1) for rows in candidates])


def require_agreement(found: Matrix, variant: str, name: str) -> dict[str, float]:
    """Return the lowest and mean cosine; raises ModelDamaged below the variant's limits."""
    lowest, mean = float(found.min()), float(found.mean())
    limits = LIMITS[variant]
    # Written so that NaN fails too.
    if not (lowest >= limits.lowest and mean >= limits.mean):
        raise ModelDamaged(
            f"{name}: the {variant} export disagrees with the original on {len(found)} sample "
            f"vectors: cosine {lowest:.6f} at worst and {mean:.6f} on average, must be at least "
            f"{limits.lowest} and {limits.mean}",
            "set QA_PRECISION=float32" if variant == "int8" else "choose another model (QA_MODEL)",
        )
    return {"lowest": round(lowest, 6), "mean": round(mean, 6)}
