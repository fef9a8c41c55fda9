"""The generations that are kept, and the way back to an earlier one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qa_service.errors import IndexCorrupt, IndexError_, IndexMissing, InvalidRequest
from qa_service.index.generation.commit import (
    generation_names,
    generation_number,
    locked,
    make_live,
)
from qa_service.index.generation.manifest import Manifest, is_version
from qa_service.index.generation.opening import current_version, open_generation
from qa_service.index.reader import open_version


@dataclass(frozen=True, slots=True)
class Kept:
    """A generation in the folder; ``manifest`` is None where it is not whole, ``problem`` says
    what is wrong with it, as far as its manifest tells.
    """

    version: str
    live: bool
    manifest: Manifest | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class RolledBack:
    """Which generation was live, which one is now, and those passed over because of damage."""

    before: str
    now: str
    passed_over: tuple[str, ...]


def kept_generations(index_dir: Path) -> list[Kept]:
    """Return every generation in the folder, oldest first; raises IndexMissing without an index."""
    live = _live(index_dir)
    kept: list[Kept] = []
    for version in generation_names(index_dir):
        try:
            manifest = open_generation(index_dir, version).manifest
        except IndexError_ as error:
            kept.append(Kept(version, version == live, None, error.message))
        else:
            kept.append(Kept(version, version == live, manifest))
    return kept


def roll_back(index_dir: Path, to: str | None = None) -> RolledBack:
    """Make an earlier generation the live one: ``to``, or the newest sound one before the live one.

    Every file of it is verified before CURRENT is replaced in one step, so that the index is the
    one or the other at every moment; a running server follows. ``to`` may also name a newer one
    that is still there, which is how a rollback is undone. Until the next build, that is: it goes
    on from the generation that is live then, under a new number, and removes the newer ones.

    Raises IndexMissing when there is nothing to go back to, InvalidRequest for a name that is none,
    IndexCorrupt or IndexMismatch when ``to`` cannot be opened, IndexLocked and IndexWriteFailed.
    """
    if to is not None and not is_version(to):
        raise InvalidRequest(
            f"--to {to}: no name of a generation",
            "name one like gen-000012; `qa-service rollback --list` shows them",
        )
    _live(index_dir)  # no index: no lock file is made in its place
    with locked(index_dir):
        live = _live(index_dir)
        names = generation_names(index_dir)
        if to is not None:
            _require_there(index_dir, to, live, names)
            open_version(index_dir, to).close()
            passed_over: list[str] = []
        else:
            to, passed_over = _newest_sound(index_dir, live, names)
        make_live(index_dir, to)
        return RolledBack(live, to, tuple(passed_over))


def _live(index_dir: Path) -> str:
    """Return the live generation's name, "" where CURRENT is damaged; raises IndexMissing."""
    try:
        return current_version(index_dir)
    except IndexCorrupt:
        return ""


def _require_there(index_dir: Path, version: str, live: str, names: list[str]) -> None:
    if version == live:
        raise InvalidRequest(f"{version} is the live generation already", "nothing to do")
    if version not in names:
        raise IndexMissing(
            f"{index_dir}: holds no {version}", f"it holds {', '.join(names)}; choose one of them"
        )


def _newest_sound(index_dir: Path, live: str, names: list[str]) -> tuple[str, list[str]]:
    """Return the newest generation before the live one that opens, and what is wrong with those
    passed over; any generation, where it is not known which was live."""
    earlier = [
        name for name in names if not live or generation_number(name) < generation_number(live)
    ]
    damaged: list[str] = []
    for version in reversed(earlier):
        try:
            open_version(index_dir, version).close()
        except IndexError_ as error:
            damaged.append(error.message)
        else:
            return version, damaged
    newer = [name for name in names if name not in earlier and name != live]
    ways = [f"`qa-service rollback --to {newer[-1]}` goes forward again"] if newer else []
    ways.append("QA_KEEP_GENERATIONS keeps more of them from the next build on")
    why = f" ({'; '.join(damaged)})" if damaged else ""
    raise IndexMissing(
        f"{index_dir}: no sound generation before {live or 'the damaged one'} is kept{why}",
        "; ".join(ways),
    )
