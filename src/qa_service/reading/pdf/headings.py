"""Headings of a PDF by how they are set: larger than the body, bold, numbered, or bookmarked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from qa_service.reading.pdf.paragraphs import Block
from qa_service.reading.pdf.words import SLANTING

_LARGER = 1.1
_LONGEST = 200
_LONGEST_BOLD = 120
_SHORTEST_BODY = 80
_MOST_LINES = 4
_DEEPEST = 6
_AUTHORS = 4
# Where more of the text than this is set like a heading, it is no heading but a style.
_MOST_SHARE = 0.3

_LETTERS = re.compile(r"[^\W\d_]")
_SENTENCE_END = re.compile(r"[.!…。！,;:，；：、][\"'”’»)\]]*$")
_NUMBERED = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2})*)\.?\s+(?=[^\W\d_a-z])")
# The dots of a table of contents.
_LEADER = re.compile(r"(?:\.\s?){4}")
_CAPTION = re.compile(r"(?:fig(?:ure|\.)?|table|tab\.|abb\.|рис\.|табл\.)\s*\d", re.IGNORECASE)


def heading_levels(
    blocks: Sequence[Block],
    titles: Sequence[int],
    body: float,
    bookmarks: Mapping[str, int],
) -> list[int]:
    """Return each block's heading level, 0 for what is no heading.

    ``titles`` are the indexes of the blocks that make the document's title: level 1. Other
    levels begin at 2: a number (2.1) says its level, then a bookmark of the same text, then the
    rank of the style among the styles of headings.
    """
    styles = {
        index: style
        for index, block in enumerate(blocks)
        if index not in titles and (style := _style(block, body)) is not None
    }
    # Authors and addresses below a title are set like headings, but nowhere else.
    below = _below(blocks, titles)
    elsewhere = {style for index, style in styles.items() if index not in below}
    styles = {i: style for i, style in styles.items() if style[1] or style in elsewhere}
    whole = sum(block.characters for block in blocks)
    shares: dict[tuple[float, bool], int] = {}
    for index, style in styles.items():
        shares[style] = shares.get(style, 0) + blocks[index].characters
    ranked = sorted((s for s, share in shares.items() if share <= _MOST_SHARE * whole))[::-1]
    ranks = {style: rank for rank, style in enumerate(ranked)}
    levels = [0] * len(blocks)
    for index, block in enumerate(blocks):
        if index in titles:
            levels[index] = 1
            continue
        if block.is_table or block.code or len(block.lines) > _MOST_LINES:
            continue
        text = heading_text(block)
        level = 0
        if index in styles and styles[index] in ranks:
            level = 2 + ranks[styles[index]]
        known = bookmarks.get(folded(text))
        if known is not None:
            level = 2 + known
        numbered = _NUMBERED.match(text)
        if numbered and (level or _is_numbered_heading(blocks, index, text)):
            level = 2 + numbered["number"].count(".")
        levels[index] = min(level, _DEEPEST)
    return levels


def _below(blocks: Sequence[Block], titles: Sequence[int]) -> set[int]:
    """Return the indexes of the short blocks right below the title, above the first prose."""
    first = max(titles, default=len(blocks)) + 1
    for stop in range(first, min(first + _AUTHORS, len(blocks))):
        if blocks[stop].characters > _LONGEST:
            return set(range(first, stop))
    return set(range(first, first + _AUTHORS))


def title_blocks(blocks: Sequence[Block], stated: str, body: float) -> list[int]:
    """Return the indexes of the blocks on the first page that make the title, or none.

    They are what the file states as its title, else the largest text, if it is larger than the
    body and not below the middle of what the page holds.
    """
    if not blocks:
        return []
    number = blocks[0].lines[0].page
    first = [i for i, block in enumerate(blocks) if block.lines[0].page == number]
    first = [i for i in first if not blocks[i].is_table and blocks[i].lines[0].turn != SLANTING]
    wanted = folded(stated)
    for i in first:
        if wanted and folded(heading_text(blocks[i])) == wanted:
            return [i]
    for i, following in pairwise(first):
        both = heading_text(blocks[i]) + heading_text(blocks[following])
        if wanted and folded(both) == wanted:
            return [i, following]
    candidates = [
        i
        for i in first[: max(len(first) // 2, 3)]
        if len(_LETTERS.findall(heading_text(blocks[i]))) >= 4
        and len(heading_text(blocks[i])) <= _LONGEST
    ]
    if not candidates or stated:
        return []
    largest = max(candidates, key=lambda i: (blocks[i].size, -i))
    return [largest] if blocks[largest].size >= _LARGER * body else []


def heading_text(block: Block) -> str:
    """Return the block's words on one line."""
    return " ".join(" ".join(line.text for line in block.lines).split())


def folded(text: str) -> str:
    """Return the letters and digits alone, in lower case: what two writings of a title share."""
    return "".join(c for c in text.casefold() if c.isalnum())


def _style(block: Block, body: float) -> tuple[float, bool] | None:
    """Return size and weight if the block is set like a heading, else None."""
    text = heading_text(block)
    if block.is_table or block.code or len(block.lines) > _MOST_LINES or len(text) > _LONGEST:
        return None
    if 2 * len(_LETTERS.findall(text)) < len(text.replace(" ", "")) or len(text) < 3:
        return None
    if _CAPTION.match(text) or _LEADER.search(text) or block.lines[0].turn == SLANTING:
        return None
    if block.size >= _LARGER * body and not text.endswith((",", ";")):
        return block.size, block.bold
    if block.bold and block.size >= 0.9 * body and len(text) <= _LONGEST_BOLD:
        return None if _SENTENCE_END.search(text) else (body, True)
    return None


def _is_numbered_heading(blocks: Sequence[Block], index: int, text: str) -> bool:
    """Tell whether "2.1 Methods" in the body's own style stands alone above prose."""
    if len(text) > 80 or len(blocks[index].lines) > 1 or _SENTENCE_END.search(text):
        return False
    return (
        index + 1 < len(blocks)
        and not blocks[index + 1].is_table
        and blocks[index + 1].characters >= _SHORTEST_BODY
    )
