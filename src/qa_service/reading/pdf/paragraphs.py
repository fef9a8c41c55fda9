"""Lines into blocks: paragraphs, lists and tables, also where they go on in the next column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from statistics import median

from qa_service.reading.pdf.lines import Line
from qa_service.reading.pdf.words import SLANTING

_TERMINAL = re.compile(r"[.!?:;…。！？：；؟۔][\"'”’»)\]]*$")
_BULLET = re.compile(r"[•◦▪‣●○■□✓✔➢–—*·-]\s")
_ITEM = re.compile(r"(?:\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})[.)]|\[\d{1,3}\])\s")
_LOWER_START = re.compile(r"(?:[^\W\d_]{2}|[^\W\d_][\s'’])")
_HYPHENATED = re.compile(r"[^\W\d_][-\u00ad\u2010]$")
_WIDE = re.compile(r"[\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff]")
_CAPTION = re.compile(r"(?:fig(?:ure|\.)?|table|tab\.|abb\.|рис\.|табл\.)\s*\d", re.IGNORECASE)
# So many blocks (footnotes, captions, tables) may lie between the halves of a paragraph.
_LOOK_BACK = 10
_PAIRS_FOR_LEADING = 3


class Joint(Enum):
    """How a line goes on in the next."""

    SPACE = " "
    BREAK = "\n"
    DIVIDE = "\n\n"


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together; ``joints`` stand between them, one less."""

    lines: tuple[Line, ...]
    joints: tuple[Joint, ...] = ()
    code: bool = False

    @property
    def size(self) -> float:
        return max(self.lines, key=lambda line: len(line.text)).size

    @property
    def bold(self) -> bool:
        return all(line.bold for line in self.lines)

    @property
    def is_table(self) -> bool:
        return self.lines[0].row

    @property
    def characters(self) -> int:
        return sum(len(line.text) for line in self.lines)

    def followed_by(self, other: Block, joint: Joint) -> Block:
        """Return both as one block."""
        return Block(self.lines + other.lines, (*self.joints, joint, *other.joints))


def blocks_of(lines: Sequence[Line], *, code: bool) -> list[Block]:
    """Return the blocks of one region; every line is in exactly one, in order.

    ``code`` says that lines of characters all equally wide are listings, kept line by line.
    """
    if not lines:
        return []
    leading = _leading(lines)
    first, joints = 0, list[Joint]()
    blocks: list[Block] = []
    for i in range(1, len(lines)):
        if code and (lines[i - 1].fixed or lines[i].fixed):
            joint = _listing_joint(lines[i - 1], lines[i])
        else:
            joint = _joint(lines, first, i - 1, leading)
        if joint is Joint.DIVIDE:
            blocks.append(Block(tuple(lines[first:i]), tuple(joints), code and lines[first].fixed))
            first, joints = i, []
        else:
            joints.append(joint)
    return [*blocks, Block(tuple(lines[first:]), tuple(joints), code and lines[first].fixed)]


def joined(regions: Sequence[Sequence[Block]], body: float) -> list[Block]:
    """Return the blocks of all regions in order, paragraphs that go on in a later one made whole.

    Footnotes, captions and tables between the two parts come after the whole paragraph.
    """
    blocks: list[Block] = []
    for region in regions:
        for i, block in enumerate(region):
            at = _begun(blocks, block, first=i == 0, body=body)
            if at is None:
                blocks.append(block)
            else:
                blocks[at] = blocks[at].followed_by(block, Joint.SPACE)
    return blocks


def _begun(blocks: list[Block], block: Block, *, first: bool, body: float) -> int | None:
    """Return the index of the paragraph that ``block`` goes on with, or None."""
    if block.is_table or block.code or block.lines[0].turn == SLANTING:
        return None
    opening = block.lines[0].text
    lower = _LOWER_START.match(opening) is not None and opening[0].islower()
    if not lower and not (first and len(block.lines) > 1 and not _is_indented(block)):
        return None
    if _CAPTION.match(opening) or _BULLET.match(opening) or _ITEM.match(opening):
        return None
    for back in range(1, min(_LOOK_BACK, len(blocks)) + 1):
        earlier = blocks[-back]
        text = earlier.lines[-1].text
        if (
            earlier.is_table
            or earlier.code
            or earlier.size < 0.95 * block.size
            or _CAPTION.match(earlier.lines[0].text)
        ):
            continue
        if (
            earlier.size > 1.05 * block.size
            or earlier.bold != block.bold
            or earlier.lines[-1].turn != block.lines[0].turn
            or block.lines[0].page - earlier.lines[-1].page > 1
            or _TERMINAL.search(text)
        ):
            return None
        whole = len(earlier.lines) > 1 or len(text) >= 40
        full = _is_full(earlier) or _HYPHENATED.search(text) is not None
        return len(blocks) - back if whole and full and block.size >= 0.8 * body else None
    return None


def _is_indented(block: Block) -> bool:
    first, second = block.lines[:2]
    return abs(_lead(first, second)) > 0.8 * first.size


def _is_full(block: Block) -> bool:
    """Tell whether the block's last line reaches about as far as the one before."""
    if len(block.lines) < 2:
        return True
    before, last = block.lines[-2:]
    short = before.box[2] - last.box[2]
    if last.right_to_left:
        short = last.box[0] - before.box[0]
    return short <= 0.15 * (before.box[2] - before.box[0])


def _lead(line: Line, other: Line) -> float:
    """Return how much further in than the other the line begins."""
    if line.right_to_left:
        return other.box[2] - line.box[2]
    return line.box[0] - other.box[0]


def _leading(lines: Sequence[Line]) -> dict[float, float]:
    """Return the usual distance of lines by font size, where there are enough to tell."""
    distances: dict[float, list[float]] = {}
    for line, following in pairwise(lines):
        distance = following.middle - line.middle
        if line.size == following.size and 0.5 * line.size < distance < 2.6 * line.size:
            distances.setdefault(line.size, []).append(distance)
    return {
        size: median(found) for size, found in distances.items() if len(found) >= _PAIRS_FOR_LEADING
    }


def _joint(lines: Sequence[Line], first: int, i: int, leading: dict[float, float]) -> Joint:
    """Return how line ``i`` of a block that begins with line ``first`` goes on in the next."""
    line, following = lines[i], lines[i + 1]
    if line.row or following.row:
        return Joint.BREAK if line.row and following.row else Joint.DIVIDE
    size = max(line.size, following.size, 1.0)
    if abs(line.size - following.size) > 0.12 * size:
        return Joint.DIVIDE
    distance = following.middle - line.middle
    if not 0.3 * size < distance <= 1.22 * leading.get(line.size, 1.35 * size):
        return Joint.DIVIDE
    room = _room(lines, i)
    terminal = _TERMINAL.search(line.text) is not None
    short = room > _first_word(following) + 0.5 * size
    if line.bold != following.bold and (short or terminal):
        return Joint.DIVIDE
    if _BULLET.match(following.text):
        return Joint.BREAK
    lead = _lead(following, line)
    if _ITEM.match(following.text) and (short or terminal or lead < -0.5 * size):
        return Joint.BREAK
    if _is_centred(line, following) or _HYPHENATED.search(line.text):
        return Joint.SPACE
    joint = _by_edges(lines[first : min(i, first + 1) + 1], lead / size, short, terminal)
    if joint is Joint.BREAK and following.text[:1].islower():
        # Wrapped prose leaves no third of its line blank; items of a list do.
        return Joint.BREAK if room > 0.35 * (line.box[2] - line.box[0] + room) else Joint.SPACE
    return joint


def _listing_joint(line: Line, following: Line) -> Joint:
    distance = following.middle - line.middle
    together = line.fixed and following.fixed and line.size == following.size
    return Joint.BREAK if together and 0 < distance <= 2 * line.size else Joint.DIVIDE


def _by_edges(opening: Sequence[Line], lead: float, short: bool, terminal: bool) -> Joint:
    """Return the joint that indents, short lines and punctuation speak for.

    ``opening`` holds the block's first one or two lines; ``lead`` is in font sizes.
    """
    text = opening[0].text
    is_item = _BULLET.match(text) is not None or _ITEM.match(text) is not None
    if lead > 0.8 and not is_item and (short or terminal):
        return Joint.DIVIDE
    if lead < -0.8 and len(opening) > 1:
        hanging = _lead(opening[1], opening[0]) > 0.8 * opening[0].size
        if hanging or short or terminal:
            return Joint.DIVIDE
    if not short:
        return Joint.SPACE
    return Joint.DIVIDE if terminal else Joint.BREAK


def _room(lines: Sequence[Line], i: int) -> float:
    """Return how much further the lines around line ``i`` reach than it does, in points."""
    line = lines[i]
    near = [
        other
        for other in lines[max(i - 3, 0) : i + 4]
        if not other.row and abs(other.size - line.size) <= 0.12 * max(line.size, 1.0)
    ]
    if line.right_to_left:
        return line.box[0] - min(other.box[0] for other in near)
    return max(other.box[2] for other in near) - line.box[2]


def _first_word(line: Line) -> float:
    """Return the width of the line's first word in points."""
    word = line.text.split(maxsplit=1)[0]
    if _WIDE.match(word):
        return line.size
    return (line.box[2] - line.box[0]) * (len(word) + 1) / (len(line.text) + 1)


def _is_centred(line: Line, following: Line) -> bool:
    """Tell whether two lines of clearly different width have one axis."""
    left = following.box[0] - line.box[0]
    right = line.box[2] - following.box[2]
    return abs(left) > 0.8 * line.size and abs(left - right) <= 0.5 * line.size
