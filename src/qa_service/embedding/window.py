"""The promise that no text is ever truncated, kept in one place."""

from __future__ import annotations

from collections.abc import Sequence

from qa_service.errors import WindowExceeded

SHOWN_CHARACTERS = 60


def require_within_window(
    texts: Sequence[str], counts: Sequence[int], window: int, setting: str = "QA_MODEL"
) -> None:
    """Return when every text fits; raises WindowExceeded naming the first that does not.

    ``counts[i]`` is the length of ``texts[i]`` in model tokens, special tokens included;
    ``setting`` is the one that names the model.
    """
    for text, count in zip(texts, counts, strict=True):
        if count > window:
            start = text[:SHOWN_CHARACTERS]
            raise WindowExceeded(
                f"text beginning {start!r} has {count} model tokens, more than the model's "
                f"window of {window}",
                f"split or shorten the text, or choose a model with a longer window ({setting})",
            )
