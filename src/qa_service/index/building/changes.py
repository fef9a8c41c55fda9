"""What became of the documents between two generations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

Sha256ById = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Changes:
    """Document ids, each list sorted; ``moved`` holds (old id, new id) of files whose bytes are
    the same under another name, and they are in no other list.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    unchanged: int = 0

    @property
    def none(self) -> bool:
        """Tell whether every document is as it was."""
        return not (self.added or self.changed or self.removed or self.moved)


def changes_between(before: Sha256ById, now: Sha256ById) -> Changes:
    """Return what became of documents, each given as its id and the SHA-256 of its bytes.

    A name that is gone and a new one with the same bytes are one move; of several, they are
    paired in order. A copy whose original is still there was added.
    """
    gone: dict[str, list[str]] = defaultdict(list)
    for document_id in sorted(before.keys() - now.keys(), reverse=True):
        gone[before[document_id]].append(document_id)
    added: list[str] = []
    moved: list[tuple[str, str]] = []
    for document_id in sorted(now.keys() - before.keys()):
        same = gone[now[document_id]]
        if same:
            moved.append((same.pop(), document_id))
        else:
            added.append(document_id)
    both = sorted(before.keys() & now.keys())
    changed = [document_id for document_id in both if before[document_id] != now[document_id]]
    return Changes(
        added=tuple(added),
        changed=tuple(changed),
        removed=tuple(sorted(document_id for left in gone.values() for document_id in left)),
        moved=tuple(sorted(moved)),
        unchanged=len(both) - len(changed),
    )
