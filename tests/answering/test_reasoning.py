from __future__ import annotations

import pytest

from qa_service.answering.reasoning import without_reasoning


def said(text: str, size: int) -> str:
    return "".join(without_reasoning(text[at : at + size] for at in range(0, len(text), size)))


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize(
    ("reply", "left"),
    [
        ("It is so.", "It is so."),
        ("<think>Who? Watt </b>.</think>It is so.", "It is so."),
        ("\n<thinking>Who?</thinking>\nIt is so.", "\nIt is so."),
        ("<think>Who?", ""),
        ("<thi", "<thi"),
        ("It is <think>so</think>.", "It is <think>so</think>."),
        ("<b>It</b> is so.", "<b>It</b> is so."),
        ("", ""),
    ],
)
def test_thoughts_at_the_beginning_are_left_out_however_they_are_cut(
    reply: str, left: str, size: int
) -> None:
    assert said(reply, size) == left


def test_text_goes_out_as_soon_as_it_is_certain() -> None:
    pieces = iter(["<", "b", "more"])
    reply = without_reasoning(pieces)
    assert next(reply) == "<b"
    assert next(pieces) == "more"
