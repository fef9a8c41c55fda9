from __future__ import annotations

from tests.reading.pdf_parts import run

from qa_service.reading.pdf.lines import lines_of
from qa_service.reading.pdf.runs import Run


def texts(*runs: Run) -> list[str]:
    return [line.text for line in lines_of(runs, 1, 0)]


def test_runs_at_one_height_are_a_line_from_left_to_right() -> None:
    assert texts(run("world", 105, 101), run("below", 50, 130), run("Hello", 50, 100)) == [
        "Hello world",
        "below",
    ]


def test_words_read_from_right_to_left_are_put_together_so() -> None:
    right = run("שלום", 200, 100, right_to_left=True)
    left = run("עולם", 150, 100, right_to_left=True)
    assert texts(left, right) == ["שלום עולם"]


def test_a_raised_number_stays_in_its_line_and_the_full_stop_at_it() -> None:
    runs = run("rivers", 50, 100), run("12", 80, 98, size=6), run(".", 86, 100)
    assert texts(*runs) == ["rivers 12."]


def test_the_box_holds_all_runs_of_the_line() -> None:
    (line,) = lines_of([run("Hello", 50, 100), run("world", 105, 101)], 3, 1)
    assert line.box == (50, 100, 130, 112)
    assert (line.page, line.turn) == (3, 1)


def test_three_rows_with_gaps_below_each_other_are_a_table() -> None:
    rows = [("Year", "Ships"), ("1961", "1,204"), ("1962", "99")]
    runs = [
        run(cell, x, 100 + 14 * i)
        for i, row in enumerate(rows)
        for x, cell in zip((50, 150), row, strict=True)
    ]
    assert texts(*runs) == ["Year | Ships", "1961 | 1,204", "1962 | 99"]
    assert all(line.row for line in lines_of(runs, 1, 0))
    assert texts(*runs[:4]) == ["Year Ships", "1961 1,204"]


def test_gaps_that_do_not_agree_make_no_table() -> None:
    rows = [(50, "a long first cell", 200), (50, "short", 90), (50, "a first cell", 300)]
    runs = [
        r
        for i, (x, cell, other) in enumerate(rows)
        for r in (run(cell, x, 100 + 14 * i), run("more text", other, 100 + 14 * i))
    ]
    assert not any(line.row for line in lines_of(runs, 1, 0))


def test_an_empty_region_has_no_lines() -> None:
    assert lines_of([], 1, 0) == []
