"""A reply without the thoughts that some models write down before it."""

from __future__ import annotations

from collections.abc import Iterator

_OPENINGS = ("<think>", "<thinking>", "<reasoning>", "<thought>")


def without_reasoning(pieces: Iterator[str]) -> Iterator[str]:
    """Yield a reply's pieces without a block like ``<think>...</think>`` at its beginning.

    Text goes out as soon as it cannot open a block. A block that is never closed leaves nothing.
    """
    waiting = ""
    for piece in pieces:
        waiting += piece
        begun = waiting.lstrip()
        if any(one.startswith(begun) for one in _OPENINGS):
            continue  # perhaps an opening, or nothing but white space so far
        opening = next((one for one in _OPENINGS if begun.startswith(one)), None)
        if opening is None:
            break
        _, closed, rest = begun.partition(opening.replace("<", "</"))
        if closed:
            waiting = rest
            break
    else:
        if not waiting.lstrip().startswith(_OPENINGS):
            yield waiting
        return
    yield waiting
    yield from pieces
