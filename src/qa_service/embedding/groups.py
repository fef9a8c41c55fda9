"""How finely activations are scaled to int8 before they meet int8 weights."""

from __future__ import annotations

FINE_GROUP = 32
EMBEDDING_GROUP = 64
"""How many activations share one int8 scale. Beside groups of 32, those of 64 embed a fifth more
tokens a second in an index build; the mean cosine to float32 is 0.9991 instead of 0.9993, and 1,500
questions found their passages as often, to 0.2 %. Scores of pairs bear less: they stay at 32."""
