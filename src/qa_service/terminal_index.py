"""What the command line shows of builds and generations: lines for people, JSON for machines."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qa_service.index.build import BuildReport
from qa_service.index.building.changes import Changes
from qa_service.index.rollback import Kept, RolledBack
from qa_service.settings import Settings
from qa_service.terminal import print_json

_SHOWN = 5  # names in one line; --json has all


def print_build(report: BuildReport, settings: Settings, *, as_json: bool) -> None:
    """Print what was indexed, what changed, what was left out and why; the last line sums up."""
    if as_json:
        print_json(
            {"index_version": report.version, **_figures(report), "seconds": _rounded(report)}
        )
        return
    _print_left_out(report)
    _print_changes(report)
    _print_copies(report)
    for what, how in zip(("passages", "sentences"), report.searched, strict=False):
        print(f"vectors of {what}: {how}")
    print(f"{settings.index}/{report.version}: {_totals(report)}, {_elapsed(report)}")


def print_plan(report: BuildReport, settings: Settings, *, as_json: bool) -> None:
    """Print what a build would do."""
    if as_json:
        print_json({"live_version": report.version or None, "dry_run": True, **_figures(report)})
        return
    _print_left_out(report)
    _print_changes(report)
    _print_copies(report)
    print(
        f"dry run, nothing was written: {settings.index} would hold {_totals(report)}; "
        f"{report.embedded} texts of {report.model_tokens} tokens would be embedded, "
        f"{report.reused} have their vectors"
    )


def print_up_to_date(version: str, *, as_json: bool) -> None:
    """Print that nothing had to be done."""
    if as_json:
        print_json({"index_version": version, "unchanged": True})
    else:
        print(f"{version} is up to date")


def print_generations(kept: Sequence[Kept], index: Path, *, as_json: bool) -> None:
    """Print every generation that is there, oldest first."""
    if as_json:
        print_json({"index": str(index), "generations": [_generation(each) for each in kept]})
        return
    for each in kept:
        if each.manifest is None:
            print(f"{each.version}  damaged: {each.problem}")
            continue
        counts = each.manifest.counts
        print(
            f"{each.version}  {each.manifest.created}  {counts.documents} documents, "
            f"{counts.passages} passages, {each.manifest.embedder.model}"
            + ("  (live)" if each.live else "")
        )


def print_rollback(done: RolledBack, index: Path, *, as_json: bool) -> None:
    """Print which generation answers now."""
    if as_json:
        print_json(
            {
                "index_version": done.now,
                "before": done.before or None,
                "passed_over": list(done.passed_over),
            }
        )
        return
    for problem in done.passed_over:
        print(f"passed over: {problem}", file=sys.stderr)
    print(f"{index}: {done.now} is live{f' instead of {done.before}' if done.before else ''}")


def _figures(report: BuildReport) -> dict[str, Any]:
    changes = report.changes
    return {
        "documents": report.documents,
        "passages": report.passages,
        "sentences": report.sentences,
        "tokens": report.tokens,
        "truncated": report.truncated,
        "changes": {
            "added": list(changes.added),
            "changed": list(changes.changed),
            "moved": [{"from": old, "to": new} for old, new in changes.moved],
            "removed": list(changes.removed),
            "unchanged": changes.unchanged,
        },
        "from_scratch": report.from_scratch or None,
        "embedded": {"texts": report.embedded, "tokens": report.model_tokens},
        "reused_texts": report.reused,
        "repeated_passages": report.repeated,
        "copies": [
            {"id": c.document_id, "of": c.original_id, "share": round(c.share, 3)}
            for c in report.copies
        ],
        "searched": dict(zip(("passages", "sentences"), report.searched, strict=False)),
        "warnings": list(report.warnings),
        "skipped": [
            {"id": s.id, "code": s.code, "message": s.message, "hint": s.hint}
            for s in report.skipped
        ],
        "failed": [{"code": f.code, "message": f.message, "hint": f.hint} for f in report.failed],
    }


def _rounded(report: BuildReport) -> dict[str, float]:
    return {name: round(value, 3) for name, value in report.seconds.items()}


def _totals(report: BuildReport) -> str:
    return (
        f"{report.documents} documents, {report.passages} passages, {report.sentences} sentences, "
        f"{report.tokens} tokens, {report.truncated} truncated, {len(report.skipped)} skipped, "
        f"{len(report.failed)} failed"
    )


def _elapsed(report: BuildReport) -> str:
    return f"{sum(report.seconds.values()):.1f} s"


def _print_left_out(report: BuildReport) -> None:
    """Print to standard error what is not in the index, or not found as well as the rest; failures
    in full, they lose something."""
    _print_some("skipped", [entry.message for entry in report.skipped])
    for failed in report.failed:
        print(f"not indexed: {failed}", file=sys.stderr)
    for warning in report.warnings:
        print(f"warning: {warning}", file=sys.stderr)


def _print_some(label: str, messages: Sequence[str]) -> None:
    for message in messages[:_SHOWN]:
        print(f"{label}: {message}", file=sys.stderr)
    if len(messages) > _SHOWN:
        print(f"{label}: ... and {len(messages) - _SHOWN} more", file=sys.stderr)


def _print_changes(report: BuildReport) -> None:
    changes = report.changes
    for label, names in _lists(changes):
        if names:
            more = f", ... and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            print(f"{label}: {len(names)} ({', '.join(names[:_SHOWN])}{more})")
    if changes.unchanged:
        print(f"unchanged: {changes.unchanged}")
    if report.from_scratch:
        print(f"built from scratch: {report.from_scratch}")


def _print_copies(report: BuildReport) -> None:
    shown = [f"{c.document_id} repeats {c.original_id} ({c.share:.0%})" for c in report.copies]
    more = f", ... and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    if shown:
        print(f"near-duplicates: {len(shown)} ({', '.join(shown[:_SHOWN])}{more})")
    if report.repeated:
        print(f"repeated passages: {report.repeated}, each retrieved once")


def _lists(changes: Changes) -> list[tuple[str, Sequence[str]]]:
    return [
        ("added", changes.added),
        ("changed", changes.changed),
        ("moved", [f"{old} -> {new}" for old, new in changes.moved]),
        ("removed", changes.removed),
    ]


def _generation(each: Kept) -> dict[str, Any]:
    manifest = each.manifest
    return {
        "version": each.version,
        "live": each.live,
        "created": manifest.created if manifest else None,
        "documents": manifest.counts.documents if manifest else None,
        "passages": manifest.counts.passages if manifest else None,
        "model": manifest.embedder.model if manifest else None,
        "problem": each.problem or None,
    }
