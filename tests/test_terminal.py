from __future__ import annotations

import pytest

from qa_service.records import Answer, Retrieval, Span
from qa_service.terminal import print_reply

FOUND = Retrieval("Who?", True, 0.9, 0.5, None, (), "gen-000001", 1.0)


def test_what_no_source_backs_is_marked(capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer("It is so. 😀 No. It was.", "generative", (), (Span(0, 9), Span(12, 15)))
    print_reply(FOUND, answer, as_json=False)
    assert capsys.readouterr().out.startswith(
        "It is so. [no source says this] 😀 No. [no source says this] It was.\n"
    )


def test_a_note_is_printed_below_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    print_reply(FOUND, Answer("It is so.", "extractive", (), note="It failed."), as_json=False)
    assert capsys.readouterr().out.startswith("It is so.\n\nIt failed.\n")
