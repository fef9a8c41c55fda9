"""Rows of figures as a Markdown table on standard output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def print_table(rows: Sequence[Mapping[str, str | float]]) -> None:
    """Print rows that share their keys; numbers with one decimal."""
    names = list(rows[0])
    print("| " + " | ".join(names) + " |")
    print("|" + "|".join(" --- " for _ in names) + "|")
    for row in rows:
        print("| " + " | ".join(_cell(row[name]) for name in names) + " |")


def _cell(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.1f}"
