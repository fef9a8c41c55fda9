from __future__ import annotations

import time

import pytest

from qa_service.reading.text.links import without_addresses


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("See [the docs](https://example.org/a_(b)) first.", "See the docs first."),
        ('A [b](c "A title") d ![a boat](boat.png).', "A b d a boat."),
        ("[![a badge](https://b.org/x.svg)](https://b.org) Text", "a badge Text"),
        ("**[Bold](x)** and [two](y), [three](z)", "**Bold** and two, three"),
        ("![](picture.png)", ""),
        ("handlers[name](event) and a](b)", "handlers[name](event) and a](b)"),
        ("[open](never closed", "[open](never closed"),
        ("[a] (b)", "[a] (b)"),
    ],
)
def test_links_and_pictures_become_what_they_say(text: str, said: str) -> None:
    assert without_addresses(text) == said


@pytest.mark.parametrize(
    "unit", ["[", "[a](", "](", "[](", "![", "[a](b(", '[a](b "', "[a](b (", "[a](" + "x" * 50]
)
def test_what_never_ends_takes_linear_time(unit: str) -> None:
    text = unit * (200_000 // len(unit)) + "]("
    started = time.process_time()
    assert without_addresses(text).endswith("](")
    assert time.process_time() - started < 5  # by the square, minutes
