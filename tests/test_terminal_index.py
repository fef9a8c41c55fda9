"""What is printed of builds and generations: short for people, everything for machines."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from qa_service.errors import DocumentUndecodable
from qa_service.index.build import BuildReport
from qa_service.index.building.changes import Changes
from qa_service.index.building.document_copies import DocumentCopy
from qa_service.index.rollback import RolledBack
from qa_service.reading.walk import Skipped
from qa_service.settings import Settings
from qa_service.terminal_index import print_build, print_plan, print_rollback

MANY = tuple(f"{number:02d}.txt" for number in range(17))
REPORT = BuildReport(
    version="gen-000007",
    documents=18,
    passages=40,
    sentences=90,
    tokens=4000,
    model_tokens=700,
    truncated=0,
    skipped=tuple(Skipped(name, "unsupported_format", f"{name}: no", "") for name in MANY),
    failed=(DocumentUndecodable("bad.txt: not UTF-8", "write it anew"),),
    seconds={"reading": 0.5, "writing": 1.25},
    changes=Changes(added=MANY, changed=("c.txt",), moved=(("x.txt", "y.txt"),), unchanged=3),
    from_scratch="asked for",
    embedded=12,
    reused=118,
    warnings=("3 documents in ru",),
)
SETTINGS = Settings.create(index=Path("index"))


def test_long_lists_are_cut_and_the_last_line_sums_up(capsys: pytest.CaptureFixture[str]) -> None:
    print_build(REPORT, SETTINGS, as_json=False)
    out, err = capsys.readouterr()
    added, changed, moved, unchanged, scratch, last = out.splitlines()
    assert added == "added: 17 (00.txt, 01.txt, 02.txt, 03.txt, 04.txt, ... and 12 more)"
    assert changed == "changed: 1 (c.txt)"
    assert moved == "moved: 1 (x.txt -> y.txt)"
    assert unchanged == "unchanged: 3"
    assert scratch == "built from scratch: asked for"
    assert last == (
        "index/gen-000007: 18 documents, 40 passages, 90 sentences, 4000 tokens, 0 truncated, "
        "17 skipped, 1 failed, 1.8 s"
    )
    assert err.splitlines() == [
        *(f"skipped: {name}: no" for name in MANY[:5]),
        "skipped: ... and 12 more",
        "not indexed: bad.txt: not UTF-8; write it anew",
        "warning: 3 documents in ru",
    ]


def test_json_has_every_name_and_reason(capsys: pytest.CaptureFixture[str]) -> None:
    print_build(REPORT, SETTINGS, as_json=True)
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert err == ""
    assert found["changes"] == {
        "added": list(MANY),
        "changed": ["c.txt"],
        "moved": [{"from": "x.txt", "to": "y.txt"}],
        "removed": [],
        "unchanged": 3,
    }
    assert len(found["skipped"]) == 17
    assert found["failed"] == [
        {
            "code": "document_undecodable",
            "message": "bad.txt: not UTF-8",
            "hint": "write it anew",
        }
    ]
    assert found["embedded"] == {"texts": 12, "tokens": 700}
    assert found["from_scratch"] == "asked for"
    assert found["warnings"] == ["3 documents in ru"]


def test_a_plan_says_that_nothing_was_written(capsys: pytest.CaptureFixture[str]) -> None:
    print_plan(REPORT, SETTINGS, as_json=False)
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("dry run, nothing was written: index would hold 18 documents")
    assert "12 texts of 700 tokens would be embedded, 118 have their vectors" in last
    print_plan(REPORT, SETTINGS, as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert found["dry_run"] is True
    assert "index_version" not in found


def test_a_rollback_names_what_was_passed_over(capsys: pytest.CaptureFixture[str]) -> None:
    done = RolledBack("gen-000009", "gen-000007", ("gen-000008: damaged",))
    print_rollback(done, Path("index"), as_json=False)
    out, err = capsys.readouterr()
    assert out == "index: gen-000007 is live instead of gen-000009\n"
    assert err == "passed over: gen-000008: damaged\n"


def test_copies_and_repeated_passages_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    copies = tuple(DocumentCopy(name, "original.md", 0.876) for name in MANY)
    report = dataclasses.replace(REPORT, copies=copies, repeated=41)
    print_build(report, SETTINGS, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[-3].startswith("near-duplicates: 17 (00.txt repeats original.md (88%), 01.txt")
    assert lines[-3].endswith("... and 12 more)")
    assert lines[-2] == "repeated passages: 41, each retrieved once"
    print_plan(report, SETTINGS, as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert found["repeated_passages"] == 41
    assert found["copies"][16] == {"id": "16.txt", "of": "original.md", "share": 0.876}
