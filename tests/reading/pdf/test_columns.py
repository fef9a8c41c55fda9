from __future__ import annotations

from collections.abc import Sequence

from tests.reading.pdf_parts import run

from qa_service.reading.pdf.columns import reading_order
from qa_service.reading.pdf.runs import Run

FULL = "a line of prose that fills its column"


def column(x: float, y: float, name: str, lines: int, leading: float = 12) -> list[Run]:
    return [run(f"{name}{i} {FULL}", x, y + leading * i) for i in range(lines)]


def read(runs: Sequence[Run]) -> list[str]:
    """The first word of every run, in reading order, with a bar between regions."""
    words: list[str] = []
    for region in reading_order(runs):
        ordered = sorted(region, key=lambda r: (r.y0, r.x0))
        words += ["|"] * bool(words) + [r.text.split()[0] for r in ordered]
    return words


def names(name: str, count: int, first: int = 0) -> list[str]:
    return [f"{name}{i}" for i in range(first, first + count)]


def test_two_columns_are_read_one_after_the_other_whatever_the_order_of_the_file() -> None:
    runs = column(50, 100, "L", 5) + column(320, 100, "R", 5)
    for order in (runs, runs[::-1], sorted(runs, key=lambda r: r.y0)):
        assert read(order) == [*names("L", 5), "|", *names("R", 5)]


def test_three_columns_of_unequal_length() -> None:
    runs = column(50, 100, "A", 6) + column(270, 100, "B", 6) + column(490, 100, "C", 3)
    assert read(runs) == [*names("A", 6), "|", *names("B", 6), "|", *names("C", 3)]


def test_the_last_two_lines_of_equal_columns_are_columns_too() -> None:
    runs = column(50, 100, "L", 2) + column(320, 100, "R", 2)
    assert read(runs) == [*names("L", 2), "|", *names("R", 2)]


def test_what_crosses_the_gutter_divides_the_page_into_bands() -> None:
    title = run("T " + "title " * 15, 50, 60)
    wide = run("W " + "caption " * 12, 50, 180)
    runs = [title, *column(50, 100, "L", 5), *column(320, 100, "R", 5), wide]
    runs += column(50, 210, "M", 4) + column(320, 210, "S", 4)
    assert read(runs) == [
        *["T", "|", *names("L", 5), "|", *names("R", 5), "|", "W", "|"],
        *[*names("M", 4), "|", *names("S", 4)],
    ]


def test_blank_space_across_both_columns_does_not_divide_them() -> None:
    runs = column(50, 100, "L", 4) + column(50, 200, "L", 4)
    runs += column(320, 100, "R", 4) + column(320, 200, "R", 4)
    assert read(runs) == [*names("L", 4), *names("L", 4), "|", *names("R", 4), *names("R", 4)]


def test_a_longer_left_column_is_read_to_its_end_first() -> None:
    runs = column(50, 100, "L", 4) + column(50, 170, "M", 4) + column(320, 100, "R", 4)
    assert read(runs) == [*names("L", 4), *names("M", 4), "|", *names("R", 4)]


def test_a_heading_of_the_full_width_below_the_columns_comes_after_both() -> None:
    runs = [*column(50, 100, "L", 4), *column(320, 100, "R", 4), run("Heading", 50, 190)]
    runs += [run("W " + "wide " * 20, 50, 210)]
    assert read(runs) == [*names("L", 4), "|", *names("R", 4), "|", "Heading", "W"]


def test_a_sidebar_is_read_apart_from_the_text_beside_it() -> None:
    beside = [run(f"S{i} short lines", 420, 104 + 9.5 * i, size=8) for i in range(6)]
    main = [run(f"L{i} {FULL} and a little more of it", 50, 100 + 12 * i) for i in range(5)]
    assert read([*main, *beside]) == [*names("L", 5), "|", *names("S", 6)]


def test_a_table_is_not_taken_for_columns() -> None:
    rows = [
        ("Lindholm harbour", "1953"),
        ("Riga", "1964, by the province"),
        ("The fish market of Lindholm", "1971"),
        ("Pier four", "1953 and later"),
    ]
    runs = [
        run(cell, x, 100 + 14 * i)
        for i, row in enumerate(rows)
        for x, cell in zip((50, 320), row, strict=True)
    ]
    assert len(reading_order(runs)) == 1


def test_lines_that_run_into_the_next_column_are_divided_where_many_are() -> None:
    runs = []
    for i in range(6):
        left, right = f"L{i} {FULL}", f"R{i} {FULL}"
        at = 50 + 5.0 * len(left)
        whole = run(f"{left} {right}", 50, 100 + 12 * i)
        gaps = ((len(left), at, 300.0),)
        runs.append(
            Run(**{f: getattr(whole, f) for f in whole.__slots__ if f != "gaps"}, gaps=gaps)
        )
    runs += column(300, 180, "S", 6)
    assert read(runs) == [*names("L", 6), "|", *names("R", 6), *names("S", 6)]


def test_columns_of_a_right_to_left_script_begin_on_the_right() -> None:
    runs = [
        run(f"{name}{i} {FULL}", x, 100 + 12 * i, right_to_left=True)
        for name, x in (("L", 50), ("R", 320))
        for i in range(5)
    ]
    assert read(runs) == [*names("R", 5), "|", *names("L", 5)]


def test_no_run_is_lost_and_none_is_doubled() -> None:
    runs = column(50, 100, "L", 7) + column(260, 90, "R", 9) + column(120, 150, "X", 3)
    found = [r.text for region in reading_order(runs) for r in region]
    assert sorted(found) == sorted(r.text for r in runs)
    assert reading_order([]) == []
